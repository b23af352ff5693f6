"""``imlkit serve``: check what was asked, then serve it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import CommandError
from .loading import load_parts
from .port import chosen_port

__all__ = ["serve"]


def serve(scripts: Sequence[str | Path], address: str, port: int | None, data: str | None, show: bool) -> int:
    """Serve scripts until the process is told to stop.

    Args:
        scripts: the scripts, each at an address made of its name.
        address: where to listen.
        port: the port; None takes 5006 or the next free one.
        data: the folder that relative store folders are in; None leaves it to the scripts.
        show: whether to open the first app in the browser.

    Raises:
        CommandError: a script is missing or broken, the port is taken, the data folder unusable.
    """
    routes = _routes([_script(Path(script)) for script in scripts])
    if data is not None:
        os.environ["IMLKIT_DATA"] = str(_data_folder(Path(data)))
    chosen_port(address, port)
    # Panel takes most of a second to load: whatever can be refused was refused before.
    load_parts(needs_material=any(b"imlkit" in script.read_bytes() for script in routes.values()))
    from .server import run

    return run(routes, address, port, show)


def _script(path: Path) -> Path:
    if not path.exists():
        raise CommandError(
            f"there is no script {str(path)!r}: check the path, or write one with imlkit new app NAME"
        )
    if path.is_dir() or path.suffix != ".py":
        raise CommandError(f"{str(path)!r} is not a Python script: give a file that ends in .py")
    try:
        compile(path.read_bytes(), path.name, "exec", dont_inherit=True)
    except OSError as error:
        raise CommandError(
            f"{str(path)!r} cannot be read ({error.strerror}): check its permissions"
        ) from error
    except (SyntaxError, ValueError) as error:
        line = f" on line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        words = error.msg if isinstance(error, SyntaxError) else str(error)
        raise CommandError(
            f"{str(path)!r} is not valid Python{line} ({words}): correct it and serve again"
        ) from error
    return path.resolve()


def _routes(scripts: Sequence[Path]) -> dict[str, Path]:
    routes: dict[str, Path] = {}
    for script in scripts:
        route = "/" + (re.sub(r"[^\w-]+", "-", script.stem, flags=re.ASCII).strip("-") or "app")
        if routes.setdefault(route, script) != script:
            raise CommandError(
                f"{str(routes[route])!r} and {str(script)!r} would both be at {route}: rename one of them"
            )
    return routes


def _data_folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise CommandError(f"--data {str(path)!r} is a file: name a folder") from error
    except OSError as error:
        raise CommandError(
            f"the data folder {str(path)!r} cannot be made ({error.strerror}): name another with --data"
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise CommandError(f"the data folder {str(path)!r} cannot be written: name another with --data")
    return path.resolve()
