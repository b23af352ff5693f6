"""What may be written after ``imlkit store``.

Each command is a file beside this one, whose ``add_to`` gives it its parser.
"""

from __future__ import annotations

import argparse

from . import backup, compact, login, migrate, restore, serve_arguments, user
from .place import add_place

__all__ = ["add_arguments"]

_COMMANDS = (backup, restore, migrate, compact, user, login)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the parser of ``imlkit store`` its arguments and commands."""
    add_place(parser, None)
    serve_arguments.add_to(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in _COMMANDS:
        command.add_to(commands)
