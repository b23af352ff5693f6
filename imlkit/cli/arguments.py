"""What may be written after ``imlkit``."""

from __future__ import annotations

import argparse
from typing import NoReturn

__all__ = ["parser"]

PORT = "the port to answer on (default: 5006, or the next free one)"
ADDRESS = "the address to listen on (default: 127.0.0.1, this machine alone)"


class Parser(argparse.ArgumentParser):
    """A parser whose errors take one line."""

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
    demo.add_argument("--port", type=_port, help=PORT)
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
    serve.add_argument("--port", type=_port, help=PORT)
    serve.add_argument("--address", default="127.0.0.1", help=ADDRESS)
    serve.add_argument("--open", action="store_true", help="open the app in the browser")
    serve.add_argument(
        "--data", metavar="FOLDER", help="where relative store folders are kept (default: the current folder)"
    )
    serve.set_defaults(command=_serve)


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


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 0 (any free one) to 65535")


def _demo(asked: argparse.Namespace) -> int:
    from . import demo

    if asked.name is None:
        return demo.list_demos()
    return demo.serve_demo(asked.name, asked.address, asked.port, asked.data, asked.open)


def _serve(asked: argparse.Namespace) -> int:
    from .serve import serve

    return serve(asked.scripts, asked.address, asked.port, asked.data, asked.open)


def _new(asked: argparse.Namespace) -> int:
    from .new_app import write_app

    return write_app(asked.name)
