"""The command line: ``imlkit demo``, ``imlkit serve`` and ``imlkit new app``.

Only what a command needs is loaded, so that ``imlkit --help`` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .. import __version__
from ..errors import ImlkitError
from .arguments import parser

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, or 2 where it was asked for something impossible.

    Args:
        arguments: the words after ``imlkit``; None takes those of the process.
    """
    reader = parser(__version__)
    asked = reader.parse_args(arguments)
    if asked.command is None:
        reader.print_help(sys.stderr)
        return 2
    try:
        return int(asked.command(asked))
    except ImlkitError as error:
        print(f"imlkit: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
