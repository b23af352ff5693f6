"""``imlkit store compact``: give back the space that a store needs no more."""

from __future__ import annotations

import argparse
from typing import Any

from .place import add_place

__all__ = ["add_to"]


def add_to(commands: Any) -> None:
    """Add the command to those of ``imlkit store``."""
    compact = commands.add_parser(
        "compact",
        help="give back the space that a store needs no more",
        description="Give back the space that a store needs no more, and forget attachments that no document "
        "refers to and uploads that were broken off. The store may be in use; what is written into an SQLite "
        "folder waits meanwhile, for half a minute at most.",
        allow_abbrev=False,
    )
    compact.add_argument(
        "place", nargs="?", metavar="PLACE", help="the store: a folder or any other location"
    )
    add_place(compact)
    compact.set_defaults(command=_compact)


def _compact(asked: argparse.Namespace) -> int:
    from ..operations.compact import compact
    from .place import opened, place_of

    with opened(place_of(asked), must_exist=True) as store:
        done = compact(store)
    if done.forgotten:
        print(f"Forgotten: {done.forgotten:,} attachments and uploads that nothing refers to.")
    print(f"Before: {done.before:,} bytes. After: {done.after:,} bytes.")
    return 0
