"""``imlkit store migrate``: copy all of a store into another one."""

from __future__ import annotations

import argparse
import sys
from typing import Any

__all__ = ["add_to"]


def add_to(commands: Any) -> None:
    """Add the command to those of ``imlkit store``."""
    migrate = commands.add_parser(
        "migrate",
        help="copy all of a store into another one, of any kind",
        description="Copy all documents and assets of a store into another one, of any kind, and check that "
        "they are there. A copy that was broken off goes on with the same command.",
        allow_abbrev=False,
    )
    migrate.add_argument("source", metavar="FROM", help="a folder or any other location")
    migrate.add_argument("target", metavar="TO", help="a folder or any other location")
    migrate.set_defaults(command=_migrate)


def _migrate(asked: argparse.Namespace) -> int:
    from imlkit.errors import CommandError

    from ..operations.migrate import migrate
    from .place import opened, private
    from .progress import telling

    if asked.data is not None or asked.database is not None:
        raise CommandError("“migrate” takes two places, FROM and TO: leave --data and --database out")
    with (
        opened(asked.source, must_exist=True) as source,
        private(asked.target),
        opened(asked.target) as target,
        telling() as progress,
    ):
        try:
            done = migrate(source, target, progress)
        except KeyboardInterrupt:
            progress.end()
            print("Broken off. Go on with the same command.", file=sys.stderr)
            raise
    print(
        f"{sum(done.documents.values()):,} documents of {len(done.documents):,} collections and "
        f"{done.assets:,} assets ({done.size:,} bytes) are copied and checked."
    )
    for name in done.left_out:
        print(f"Left out: {name!r}, which a server keeps for itself.")
    return 0
