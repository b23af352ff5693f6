"""What may be written after ``imlkit store`` where it serves one."""

from __future__ import annotations

import argparse

from imlkit.cli.port import port_number
from imlkit.errors import CommandError

__all__ = ["FIRST_PORT", "add_to"]

FIRST_PORT = 8090


def add_to(parser: argparse.ArgumentParser) -> None:
    """Let a parser serve a store."""
    parser.add_argument(
        "--port",
        type=port_number,
        help=f"the port to answer on (default: {FIRST_PORT}, or the next free one)",
    )
    parser.add_argument("--address", help="the address to listen on (default: 127.0.0.1, this machine alone)")
    parser.add_argument(
        "--config", metavar="FILE", help="settings in TOML; what is said here counts more (docs/stores.md)"
    )
    parser.add_argument(
        "--accounts",
        action="store_true",
        default=None,
        help="let only users in who log in, as at any address but this machine's own (needed behind a proxy)",
    )
    parser.add_argument(
        "--log",
        choices=("text", "json"),
        help="tell of requests that failed or were slow in words, or of all as JSON (default: text)",
    )
    parser.set_defaults(command=_serve)


def _serve(asked: argparse.Namespace) -> int:
    try:
        from ..server.settings import Settings
        from .serve import serve_store

        settings = Settings() if asked.config is None else Settings.read(asked.config)
        return serve_store(
            settings.overruled(
                data=asked.data,
                database=asked.database,
                address=asked.address,
                port=asked.port,
                accounts=asked.accounts,
                log=asked.log,
            ),
            FIRST_PORT,
        )
    except ImportError as error:
        raise CommandError(
            f"the server of stores needs a package that is not installed ({error.name}): "
            f"pip install 'imlkit[server{',postgresql' if asked.database is not None else ''}]'"
        ) from error
