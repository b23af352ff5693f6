"""The folder that the files named in a table lie in, and that no path leads out of."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

from imlkit.errors import DataError

__all__ = ["file_in"]

ADDRESS = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+:")


def file_in(root: Path | None, path: str, named: Callable[[str], bool]) -> Path:
    """Return the file that a table names.

    Args:
        root: the folder that relative paths start from; None where there is none.
        path: relative, or absolute.
        named: whether the table itself holds an absolute path: only then is it followed out of
            the root.

    Raises:
        DataError: it leads out of the folder, by links too, is an address elsewhere, or there is
            no such file.
    """
    if ADDRESS.match(path) and not PureWindowsPath(path).drive:
        raise DataError(f"“{path:.200}” is an address: only files on this machine are shown.")
    if root is None and not Path(path).is_absolute():
        raise DataError(
            f"“{path:.200}” starts from an unknown folder: name it with Table(…, root=…), or give "
            "whole paths."
        )
    try:
        file = (Path(path) if root is None else root / path).resolve()
        within = root is not None and file.is_relative_to(root.resolve())
        there = file.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(f"“{path:.200}” is no path of a file: {error}") from error
    if not within and not (Path(path).is_absolute() and named(path)):
        raise DataError(
            f"“{path:.200}” leads out of the folder {str(root)!r}: only what lies in it is shown. "
            "Give a root that holds all files with Table(…, root=…)."
        )
    if not there:
        raise DataError(f"There is no file “{path:.200}”: it was moved or removed.")
    return file
