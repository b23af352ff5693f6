"""What a disk refuses, said in words that tell what to do."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imlkit.errors import ImlkitError, StoreFullError, StoreUnavailableError

__all__ = ["disk_errors", "full", "is_full", "is_no_space", "made_folder", "unavailable"]

_NO_SPACE = (
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG}
)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn operating-system errors inside the block into errors of the store in this folder."""
    try:
        yield
    except ImlkitError:
        raise
    except OSError as error:
        if is_no_space(error):
            raise full(folder) from error
        raise unavailable(folder, error.strerror or str(error)) from error


def full(folder: Path) -> StoreFullError:
    """Return the error for a disk without space."""
    return StoreFullError(
        f"no space is left for the store in {str(folder)!r}: free some disk space and try again; "
        "what was stored before is unharmed"
    )


def is_no_space(error: OSError) -> bool:
    """Return whether an error says that no space is left."""
    return error.errno in _NO_SPACE


def is_full(folder: Path) -> bool:
    """Return whether so little space is left that a write may have failed for it."""
    try:
        return shutil.disk_usage(folder).free < 1 << 20
    except OSError:
        return False


def unavailable(folder: Path, reason: str) -> StoreUnavailableError:
    """Return the error for a folder that cannot be read or written."""
    return StoreUnavailableError(
        f"the store in {str(folder)!r} cannot be read or written ({reason}): "
        "check that the folder belongs to you and may be written, or choose another"
    )


def made_folder(folder: Path) -> Path:
    """Return a folder that exists and may be written, made if need be.

    Raises:
        StoreUnavailableError: it is a file, or may not be made or written.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise unavailable(folder, "no permission to write there")
    return folder
