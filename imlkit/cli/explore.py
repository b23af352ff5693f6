"""``imlkit explore``: look through a folder of images or any table."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

from ..errors import CommandError, ImlkitError
from ..folder_walk import walk_ahead
from .browser import has_screen
from .demo import script_of
from .serve import serve

__all__ = ["explore"]

APP = "imlkit.apps.explore"


def explore(path: str, id: str | None, address: str, port: int | None, show: bool | None) -> int:
    """Serve a page on which a folder of images or a table is looked through.

    Args:
        path: the folder or file.
        id: the column that names each row; None finds one.
        address: where to listen.
        port: the port; None takes 5006 or the next free one.
        show: whether to open it in the browser; None where there is a screen.

    Raises:
        CommandError: there is nothing at the path, or it cannot be served.
    """
    place = Path(path).absolute()
    if not place.exists():
        raise CommandError(
            f"there is nothing at {path!r}: give a folder of images, or a table's file or folder"
        )
    script = script_of(APP)
    if script is None:
        raise CommandError("the script that explores is missing: install imlkit again")
    os.environ["IMLKIT_EXPLORE"] = str(place)
    os.environ["IMLKIT_EXPLORE_ID"] = id or ""
    # While Panel loads, the files are looked through as well; what is wrong with them the page says.
    # Python's threads take turns: beside Panel's, one that walks through files would hardly get on.
    walk_ahead(place)
    threading.Thread(target=_open, args=(place, id), daemon=True).start()
    return serve([script], address, port, None, has_screen() if show is None else show)


def _open(place: Path, id: str | None) -> None:
    from ..tables.sources.opened import opened

    with contextlib.suppress(ImlkitError):
        opened(place, id)
