"""Writing all of a store into one file."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from imlkit.errors import CommandError, ImlkitError, NotFoundError, StoreFullError, StoreUnavailableError
from imlkit.store import Store

from ..disk import is_no_space
from .archive_format import Manifest
from .archive_writer import ArchiveWriter
from .moment import moment_of
from .progress import Report, silent

__all__ = ["backup"]


def backup(store: Store, path: Path, *, replace: bool = False, report: Report = silent) -> Manifest:
    """Write all documents and assets of a store into one file, which appears whole or not at all.

    The documents are those of one moment, where the store can show itself so (SQLite, PostgreSQL), whoever
    writes meanwhile. Assets are read after them, so that those are there to which they refer.

    Args:
        store: the store.
        path: where to write; only its owner may read it.
        replace: whether a file that is there may be replaced.
        report: told how far it has come.

    Returns:
        What the file says of itself.

    Raises:
        CommandError: there is a file already, or none can be made there.
        StoreFullError: no space is left.
        StoreError: an asset is damaged.
        DocumentError: a document is damaged.
    """
    if not replace and os.path.lexists(path):
        raise _taken(path)
    with _appearing(path, replace) as file, ArchiveWriter(file) as archive:
        with moment_of(store) as moment:
            for name, count in moment.collections().items():
                what = f"{name!r:.60}: writing documents"
                report(what, 0, count)
                for done in archive.add_documents(name, moment.pages(name)):
                    report(what, done, count)
        _add_assets(store, archive, report)
        return archive.finish()


def _add_assets(store: Store, archive: ArchiveWriter, report: Report) -> None:
    assets = list(store.assets)
    total, done = sum(asset.size for asset in assets), 0
    for asset in assets:
        report("assets: writing bytes", done, total)
        # An asset that somebody removes meanwhile is not to be in the backup.
        with contextlib.suppress(NotFoundError):
            content = store.assets.open(asset.id)
            with content:
                archive.add_asset(asset, content)
        done += asset.size
    report("assets: writing bytes", done, total)


@contextmanager
def _appearing(path: Path, replace: bool) -> Iterator[BinaryIO]:
    """Give a file to write, which takes its name at the end of the block, unless that raises."""
    folder = path.parent
    partial: Path | None = None
    try:
        # Such a file is its owner's alone from the beginning.
        handle, name = tempfile.mkstemp(".partial", f".{path.name[:100]}.", folder)
        partial = Path(name)
        with open(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(partial, path, replace)
        _sync(folder)
    except ImlkitError:
        raise
    except OSError as error:
        if is_no_space(error):
            raise StoreFullError(
                f"no space is left in {str(folder)!r} for the backup: free some, or write it elsewhere; "
                "nothing of it was left there"
            ) from error
        if partial is None or error.filename is not None:
            raise CommandError(
                f"the backup {str(path)!r} cannot be written ({error.strerror}): choose another place"
            ) from error
        raise StoreUnavailableError(f"the backup {str(path)!r} could not be written: {error}") from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)


def _name(partial: Path, path: Path, replace: bool) -> None:
    if replace:
        os.replace(partial, path)
        return
    try:
        # Unlike a rename, a link never takes the place of a file that came meanwhile.
        os.link(partial, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError:
        # Not every file system has links.
        if os.path.lexists(path):
            raise _taken(path) from None
        os.rename(partial, path)


def _sync(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _taken(path: Path) -> CommandError:
    return CommandError(f"{str(path)!r} is there already: choose another name, or write over it with --force")
