"""The commands for who runs a study."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from imlkit import ImlkitError, Store, data_store
from imlkit.apps.study.export import export_study
from imlkit.apps.study.participants import Participants
from imlkit.errors import CommandError
from imlkit.location import data_folder, resolved_location

__all__ = ["main"]

FOLDERS = ("sqlite:", "tinydb:")


def main(words: Sequence[str]) -> int:
    """Do what the command line says; return the exit status."""
    asked = _parser().parse_args(words)
    try:
        with_store = Participants(_store(asked.store))
        if asked.command == "export":
            return export_study(with_store, Path(asked.folder))
        return _remove(with_store, asked.code)
    except (ImlkitError, OSError) as error:
        print(f"study: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="study", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="write all that participants did into a new folder")
    export.add_argument("folder", metavar="FOLDER", help="a folder that does not exist yet, or is empty")
    remove = commands.add_parser("remove", help="remove everything of a participant who asked for it")
    remove.add_argument("code", metavar="CODE", help="the participant's code, such as 7KQ2-M9XA-RT4B")
    for command in (export, remove):
        command.add_argument(
            "--store",
            metavar="LOCATION",
            default="study",
            help="where the study is kept: a folder, or a server's address (default: study, as the app does)",
        )
    return parser


def _store(location: str) -> Store:
    resolved = resolved_location(location)
    if resolved.startswith(FOLDERS) and not data_folder(resolved).exists():
        raise CommandError(
            f"there is no store in {str(data_folder(resolved))!r}: name the study's with --store, such as "
            "--store imlkit-data/study, or the address of its server"
        )
    return data_store(location)


def _remove(people: Participants, code: str) -> int:
    participant = people.called(code)
    if participant is None:
        raise CommandError(f"nobody in this study has the code {code!r}: look it up in participants.csv")
    participant.erase()
    print(f"Everything of {participant.code} has been removed. Copies and exports made before still have it.")
    return 0
