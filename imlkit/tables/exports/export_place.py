"""Where an exported page lies: written beside, then put in place as a whole."""

from __future__ import annotations

import contextlib
import errno
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from imlkit.errors import DataError, StoreFullError, StoreUnavailableError

from .exported_page import MARK

__all__ = ["DATA", "PAGE", "SAMPLES", "beside", "check_folder", "is_page", "put_in_place", "written"]

PAGE = "index.html"
DATA = "data"
SAMPLES = "samples"


def check_folder(target: Path) -> None:
    """Raise DataError unless a page can be put into a folder: what is not one of ours stays."""
    if not target.exists():
        return
    if not target.is_dir():
        raise DataError(f"{str(target)!r} is a file: give the name of a folder, or use export_file.")
    names = {entry.name for entry in target.iterdir()}
    if names and (names - {PAGE, DATA, SAMPLES} or not is_page(target / PAGE)):
        raise DataError(
            f"The folder {str(target)!r} holds something else than an exported page: nothing is "
            "overwritten. Give the name of a new folder."
        )


def is_page(path: Path) -> bool:
    """Whether a file is a page of imlkit's."""
    try:
        with path.open("rb") as file:
            return MARK.encode() in file.read(500)
    except OSError:
        return False


@contextlib.contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A path beside another, of which nothing is left at the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    place = target.parent / f".{target.name[:40]}.{secrets.token_hex(6)}"
    try:
        yield place
    finally:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)


def put_in_place(place: Path, target: Path) -> None:
    """Put a folder in the place of another, which stays where that fails."""
    if not target.exists():
        place.rename(target)
        return
    with beside(target) as old:
        target.rename(old)
        try:
            place.rename(target)
        except BaseException:
            old.rename(target)
            raise


@contextlib.contextmanager
def written(target: Path) -> Iterator[None]:
    """Say in words why something could not be written."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFullError(
                f"No space is left for {str(target)!r}: free some, or export elsewhere. What was there is "
                "as it was."
            ) from error
        raise StoreUnavailableError(
            f"{str(target)!r} cannot be written ({error.strerror}): check its permissions, or export "
            "elsewhere."
        ) from error
