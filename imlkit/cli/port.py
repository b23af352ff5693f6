"""Finding a port to answer on."""

from __future__ import annotations

import argparse
import errno
import socket

from ..errors import CommandError

__all__ = ["chosen_port", "port_number"]

FIRST = 5006
TRIES = 100


def chosen_port(address: str, wanted: int | None, first: int = FIRST) -> int:
    """Return the port to use at an address.

    Args:
        address: where to listen.
        wanted: the port asked for (0 for any free one); None takes the first free one.
        first: from where on.

    Raises:
        CommandError: the wanted port is taken, or the address is not one of this machine.
    """
    if wanted is not None:
        port = _bound(address, wanted)
        if port is None:
            raise CommandError(
                f"port {wanted} is taken: stop what uses it, or give another --port (0 finds a free one)"
            )
        return port
    for candidate in range(first, first + TRIES):
        if _bound(address, candidate) is not None:
            return candidate
    raise CommandError(
        f"the ports from {first} to {first + TRIES - 1} are all taken: give another with --port"
    )


def _bound(address: str, port: int) -> int | None:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            address or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise CommandError(
            f"there is no address {address!r}: "
            "give 127.0.0.1 for this machine alone, or 0.0.0.0 for its network"
        ) from error
    with socket.socket(family, kind, protocol) as probe:
        # As the server will do it: a port whose last server has just stopped is free.
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise CommandError(
                    f"{address!r} is not an address of this machine: "
                    "give 127.0.0.1, or 0.0.0.0 for its network"
                ) from error
            if error.errno == errno.EACCES:
                raise CommandError(
                    f"port {port} needs an administrator: give one from 1024 with --port"
                ) from error
            return None
        return int(probe.getsockname()[1])


def port_number(text: str) -> int:
    """Return the port that a command line names. Raises argparse.ArgumentTypeError where it is none."""
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 0 (any free one) to 65535")
