"""``imlkit new app``: a script to begin from."""

from __future__ import annotations

import importlib.util
import keyword
import re
import sys
from importlib import resources
from pathlib import Path

from ..errors import CommandError

__all__ = ["write_app"]


def write_app(name: str) -> int:
    """Write an app's script into the current folder and say how to run it.

    Args:
        name: what to call it: letters, digits, ``-`` and ``_``, beginning with a letter.

    Raises:
        CommandError: the name cannot be used, or a file of that name exists.
    """
    stem = name.removesuffix(".py")
    _check_spelling(stem)
    path = Path(f"{stem}.py")
    taken = CommandError(f"{path} exists already and is left as it is: choose another name")
    if path.exists():
        raise taken
    _check_hides_nothing(stem)
    title = stem.replace("-", " ").replace("_", " ").strip()
    template = resources.files(__package__).joinpath("template.py").read_text(encoding="utf-8")
    script = template.replace("My app", title[:1].upper() + title[1:]).replace("my-app", stem)
    try:
        # "x" refuses to overwrite even what appeared this moment.
        with path.open("x", encoding="utf-8") as file:
            file.write(script)
    except FileExistsError as error:
        raise taken from error
    except OSError as error:
        raise CommandError(
            f"{path} cannot be written here ({error.strerror}): go to a folder of yours"
        ) from error
    print(f"Wrote {path}. Run it with:\n\n    imlkit serve {path} --open\n")
    return 0


def _check_spelling(stem: str) -> None:
    if not re.fullmatch(r"[a-z][\w-]*", stem, flags=re.ASCII | re.IGNORECASE) or len(stem) > 100:
        raise CommandError(
            f"an app cannot be called {stem!r}: use letters, digits, - and _, "
            "beginning with a letter, such as my-app"
        )


def _check_hides_nothing(stem: str) -> None:
    # The script's folder comes first when it imports: its name must not hide what it needs.
    if (
        stem in sys.stdlib_module_names
        or keyword.iskeyword(stem)
        or importlib.util.find_spec(stem) is not None
    ):
        raise CommandError(f"the name {stem!r} would hide the Python package of that name: choose another")
