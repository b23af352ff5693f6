"""``imlkit store backup``: write all of a store into one file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .place import add_place

__all__ = ["add_to"]


def add_to(commands: Any) -> None:
    """Add the command to those of ``imlkit store``."""
    backup = commands.add_parser(
        "backup",
        help="write all of a store into one file",
        description="Write all documents and assets of a store into one file, while it may be in use. "
        "The file holds everything, the users' password hashes too: only its owner may read it.",
        allow_abbrev=False,
    )
    backup.add_argument("place", nargs="?", metavar="PLACE", help="the store: a folder or any other location")
    backup.add_argument("file", metavar="FILE", help="the file to write, such as lab.imlkit.zip")
    add_place(backup)
    backup.add_argument("--force", action="store_true", help="write over the file if it is there")
    backup.set_defaults(command=_backup)


def _backup(asked: argparse.Namespace) -> int:
    from ..operations.backup import backup
    from .place import opened, place_of
    from .progress import telling

    path = Path(asked.file).expanduser()
    with opened(place_of(asked), must_exist=True) as store, telling() as progress:
        manifest = backup(store, path, replace=asked.force, report=progress)
    documents = sum(kept.count for kept in manifest.collections)
    print(
        f"{path}: {documents:,} documents of {len(manifest.collections):,} collections and "
        f"{manifest.assets.count:,} assets, {path.stat().st_size:,} bytes."
    )
    return 0
