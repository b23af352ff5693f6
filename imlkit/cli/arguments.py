"""What may be written after ``imlkit``."""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn

from .port import port_number

__all__ = ["parser"]

PORT = "the port to answer on (default: 5006, or the next free one)"
ADDRESS = "the address to listen on (default: 127.0.0.1, this machine alone)"


ADDED = {"imlkit store": "store"}
"""Parsers of commands whose arguments come from an entry point of the group ``imlkit.commands``."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors take one line."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse; a command that is a package of its own adds its arguments only now."""
        if self.prog in ADDED:
            self._add_from(ADDED[self.prog])
        return super().parse_known_args(args, namespace)

    def _add_from(self, name: str) -> None:
        from ..registry import found

        entry = found("imlkit.commands").get(name)
        if entry is None:
            self.error("its part of imlkit is missing: install imlkit again")
        entry.load()(self)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} ({self.prog} --help shows how)\n")


def parser(version: str) -> argparse.ArgumentParser:
    """Return the parser of the whole command line; ``command`` of its result runs what was asked.

    Args:
        version: what ``--version`` prints.
    """
    whole = Parser(
        prog="imlkit",
        description="Interactive machine learning apps, in pure Python.",
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"imlkit {version}")
    whole.set_defaults(command=None)
    commands = whole.add_subparsers(title="commands", metavar="COMMAND")
    _add_demo(commands)
    _add_serve(commands)
    _add_explore(commands)
    _add_store(commands)
    _add_new(commands)
    return whole


def _add_demo(commands: argparse._SubParsersAction[Parser]) -> None:
    demo = commands.add_parser(
        "demo",
        help="list the demos, or start one",
        description="List the demos, or start one and open it in the browser.",
        allow_abbrev=False,
    )
    demo.add_argument("name", nargs="?", metavar="NAME", help="the demo to start; without it, all are listed")
    demo.add_argument("--port", type=port_number, help=PORT)
    demo.add_argument("--address", default="127.0.0.1", help=ADDRESS)
    demo.add_argument(
        "--open",
        action=argparse.BooleanOptionalAction,
        help="open the demo in the browser (default: where there is a screen)",
    )
    demo.add_argument("--data", metavar="FOLDER", help="where its data is kept (default: imlkit-data)")
    demo.set_defaults(command=_demo)


def _add_serve(commands: argparse._SubParsersAction[Parser]) -> None:
    serve = commands.add_parser(
        "serve",
        help="serve the app that a script makes",
        description="Serve the app that a script makes. Each page that is opened runs the script anew.",
        allow_abbrev=False,
    )
    serve.add_argument("scripts", nargs="+", metavar="SCRIPT", help="a Python script, or several")
    serve.add_argument("--port", type=port_number, help=PORT)
    serve.add_argument("--address", default="127.0.0.1", help=ADDRESS)
    serve.add_argument("--open", action="store_true", help="open the app in the browser")
    serve.add_argument(
        "--data", metavar="FOLDER", help="where relative store folders are kept (default: the current folder)"
    )
    serve.add_argument(
        "--store",
        metavar="URL",
        help="the server whose store relative store folders are instead (imlkit store); where it has "
        "accounts, people log in first",
    )
    serve.add_argument(
        "--processes",
        type=_count,
        default=1,
        metavar="N",
        help="how many processes, on as many ports from --port on, behind a proxy (default: 1)",
    )
    serve.add_argument(
        "--origin",
        action="append",
        default=[],
        type=_origin,
        metavar="HOST[:PORT]",
        help="a name under which a proxy shows the pages; may be given several times",
    )
    serve.set_defaults(command=_serve)


def _add_explore(commands: argparse._SubParsersAction[Parser]) -> None:
    explore = commands.add_parser(
        "explore",
        help="look through a folder of images or any table",
        description="Look through a folder of images, or a table in Parquet, CSV, TSV or JSON: filter, "
        "group, select. Nothing is copied or changed.",
        allow_abbrev=False,
    )
    explore.add_argument("path", metavar="PATH", help="the folder or file")
    explore.add_argument("--id", metavar="COLUMN", help="the column that names each row (default: id)")
    explore.add_argument("--port", type=port_number, help=PORT)
    explore.add_argument("--address", default="127.0.0.1", help=ADDRESS)
    explore.add_argument(
        "--open",
        action=argparse.BooleanOptionalAction,
        help="open the page in the browser (default: where there is a screen)",
    )
    explore.set_defaults(command=_explore)


def _add_store(commands: argparse._SubParsersAction[Parser]) -> None:
    commands.add_parser(
        "store",
        help="serve a store to other programs, and look after one",
        description="Serve a store over HTTP, for several programs to work on at once: "
        'data_store("http://127.0.0.1:8090") opens it. Or do one of the commands.',
        allow_abbrev=False,
    )


def _add_new(commands: argparse._SubParsersAction[Parser]) -> None:
    new = commands.add_parser(
        "new",
        help="write a new app to begin from",
        description="Write a new app to begin from.",
        allow_abbrev=False,
    )
    kinds = new.add_subparsers(metavar="app", required=True, dest="kind")
    app = kinds.add_parser("app", help="write a script that runs", allow_abbrev=False)
    app.add_argument("name", metavar="NAME", help="what to call it: imlkit new app birds writes birds.py")
    app.set_defaults(command=_new)


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 64:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of processes: give one from 1 to 64")


def _origin(text: str) -> str:
    if re.fullmatch(r"[\w.-]+(:[1-9]\d{0,4})?", text, re.ASCII):
        return text.lower()
    raise argparse.ArgumentTypeError(
        f"{text!r} is no name of a server: write it as it stands in the browser's address, without "
        "https://, such as apps.example.org or apps.example.org:8443"
    )


def _demo(asked: argparse.Namespace) -> int:
    from . import demo

    if asked.name is None:
        return demo.list_demos()
    return demo.serve_demo(asked.name, asked.address, asked.port, asked.data, asked.open)


def _serve(asked: argparse.Namespace) -> int:
    from .serve import serve

    return serve(
        asked.scripts,
        asked.address,
        asked.port,
        asked.data,
        asked.open,
        store=asked.store,
        origins=asked.origin,
        processes=asked.processes,
    )


def _explore(asked: argparse.Namespace) -> int:
    from .explore import explore

    return explore(asked.path, asked.id, asked.address, asked.port, asked.open)


def _new(asked: argparse.Namespace) -> int:
    from .new_app import write_app

    return write_app(asked.name)
