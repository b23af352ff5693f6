"""``imlkit store restore``: put what is in a backup into a store."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from .place import add_place

__all__ = ["add_to"]


def add_to(commands: Any) -> None:
    """Add the command to those of ``imlkit store``."""
    restore = commands.add_parser(
        "restore",
        help="put what is in a backup into an empty store",
        description="Put what is in a backup into an empty store of any kind, once all of the backup was "
        "found to be sound.",
        allow_abbrev=False,
    )
    restore.add_argument("file", metavar="FILE", help="what “imlkit store backup” has written")
    restore.add_argument(
        "place", nargs="?", metavar="PLACE", help="the store: a folder or any other location"
    )
    add_place(restore)
    restore.add_argument(
        "--merge",
        action="store_true",
        help="restore into a store that holds documents: those that are there, the same, are passed over; if "
        "one is there with other content, nothing is done",
    )
    restore.set_defaults(command=_restore)


def _restore(asked: argparse.Namespace) -> int:
    from ..operations.archive import opened_archive
    from ..operations.restore import check_empty, restore
    from .place import exists, opened, place_of, private
    from .progress import telling

    location = place_of(asked)
    with telling() as progress, opened_archive(Path(asked.file).expanduser()) as archive:
        if exists(location) and not asked.merge:
            with opened(location) as store:
                check_empty(store)
        # Where nothing is yet, nothing is made for a backup that is damaged.
        archive.check(progress)
        with private(location), opened(location) as store:
            try:
                done = restore(archive, store, merge=asked.merge, report=progress)
            except KeyboardInterrupt:
                progress.end()
                print("Broken off. Go on with the same command and --merge.", file=sys.stderr)
                raise
    print(f"{sum(done.documents.values()):,} documents and {done.assets:,} assets are restored.")
    for name in done.left_out:
        print(f"Left out: {name!r}, which a server keeps for itself.")
    return 0
