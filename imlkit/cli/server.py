"""The server that answers with apps, until it is told to stop."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import logging
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import panel as pn
from panel.io.application import Application
from panel.io.server import get_server
from tornado.ioloop import IOLoop

from ..errors import CommandError
from .browser import open_page
from .closed_connections import quieten
from .closed_pages import CHECK_MS, NEVER_CONNECTED_MS, ClosedPages
from .port import chosen_port
from .refused_pages import explain
from .script import AppScript

if TYPE_CHECKING:
    from .login.accounts import Accounts
    from .login.door import Door

__all__ = ["run"]

MESSAGE_BYTES = 200 * 1024 * 1024
"""The largest message a page may send: what a person uploads at once."""
KEEP_ALIVE_MS = 15_000
"""How often a page is asked whether it is there: proxies cut a connection after a silent minute."""
LOST = "The connection to the app is lost. Reload this page once it runs again; what was stored is safe."
SWITCH_SECONDS = 0.0005
"""How long a training may compute before a waiting page gets its turn: a tenth of Python's own, which
halves what a click waits while a training runs."""
TRIES = 10
"""How often to look for another free port when the one found is taken by then."""
FAREWELL_SECONDS = 2.0
"""How long stopping may take before the process ends as it is."""


def run(
    routes: Mapping[str, Path],
    address: str,
    port: int | None,
    show: bool,
    accounts: Accounts | None = None,
    origins: Sequence[str] = (),
    process: int | None = None,
) -> int:
    """Serve scripts until SIGINT or SIGTERM, and end the process.

    Args:
        routes: each app's route, such as ``/sketch``, and its script.
        address: where to listen.
        port: the port; None takes 5006 or the next free one.
        show: whether to open the first app in the browser.
        accounts: with which people log in; None lets everybody in.
        origins: further names under which pages are opened, such as a proxy's.
        process: the number of this process; None where it is the only one.

    Raises:
        CommandError: the port is taken.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    # A page that names a part it was sent before says nothing wrong.
    warnings.filterwarnings("ignore", "reference already known")
    quieten()
    explain()
    sys.setswitchinterval(SWITCH_SECONDS)
    pn.config.notifications = True
    pn.config.disconnect_notification = LOST
    names = _names(address)
    door = _door(accounts, process) if accounts is not None or process is not None else None
    server, port = _server(routes, address, port, names, origins, door)
    loop = server.io_loop
    _stop_on_signals(loop)
    server.start()
    ClosedPages(server).start()
    if door is not None and door.logins is not None:
        loop.add_callback(door.logins.keep)
    if process is None:
        _announce(routes, names, address, port, everybody=accounts is None)
    if show:
        loop.add_callback(open_page, f"http://{names[0]}:{port}{next(iter(routes))}")
    loop.start()
    _close_stores()
    _leave()
    return 0


def _server(
    routes: Mapping[str, Path],
    address: str,
    wanted: int | None,
    names: list[str],
    origins: Sequence[str],
    door: Door | None,
) -> tuple[Any, int]:
    for _ in range(TRIES):
        port = chosen_port(address, wanted)
        try:
            server = get_server(
                {route: _application(script) for route, script in routes.items()},
                port=port,
                address=address,
                # Panel's own list of apps fetches its letters and pictures from elsewhere.
                index=str(Path(__file__).with_name("index.html")),
                websocket_origin=[*(f"{name}:{port}" for name in names), *origins],
                websocket_max_message_size=MESSAGE_BYTES,
                # Tornado would otherwise cut messages at half of that.
                http_server_kwargs={"max_buffer_size": MESSAGE_BYTES + 1024 * 1024},
                keep_alive_milliseconds=KEEP_ALIVE_MS,
                check_unused_sessions_milliseconds=CHECK_MS,
                unused_session_lifetime_milliseconds=NEVER_CONNECTED_MS,
                **(_guarded(door) if door is not None else {}),
            )
        except OSError as error:
            # Another program may have taken it since it was found free: there are others.
            if wanted or error.errno != errno.EADDRINUSE:
                raise CommandError(
                    f"port {port} cannot be used ({error.strerror}): give another with --port"
                ) from error
        else:
            return server, port
    raise CommandError("every port that was free was taken at once: give one with --port")


def _door(accounts: Accounts | None, process: int | None) -> Door:
    # Most apps let everybody in, and need not wait for what asks.
    from .login.door import LOGIN, LOGOUT, Door
    from .login.logins import Logins

    logins = Logins(accounts, f"{LOGIN}?again=1", LOGOUT) if accounts is not None else None
    return Door(logins, process)


def _guarded(door: Door) -> dict[str, Any]:
    if door.logins is None:
        return {"auth_provider": door}
    return {
        "auth_provider": door,
        # What a page knows of its request stands in the page, where scripts could read it.
        "exclude_headers": ["Authorization", "Cookie"],
        "exclude_cookies": [door.cookie],
        "xsrf_cookie_name": "imlkit_form",
        "xsrf_cookie_kwargs": {"httponly": True, "samesite": "Lax"},
    }


def _application(script: Path) -> Any:
    build: Any = Application
    return build(AppScript(script))


def _names(address: str) -> list[str]:
    """Return the names under which pages at an address may be opened, the plainest first."""
    loopback = ["127.0.0.1", "localhost"]
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return [address.lower(), *(name for name in loopback if name != address.lower())]
    if number.is_unspecified:
        return [*loopback, *_own_names()]
    # Bokeh refuses pages whose address is an IPv6 number: they are opened by name.
    if number.version == 6:
        return ["localhost"] if number.is_loopback else [socket.gethostname().lower(), "localhost"]
    return [str(number), *(name for name in loopback if name != str(number))]


def _own_names() -> list[str]:
    """Return what this machine is called on its networks."""
    host = socket.gethostname().lower()
    found = [host]
    with contextlib.suppress(OSError):
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, socket.AF_INET)]
    # Connecting a datagram socket sends nothing; it tells which address leads out.
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        found.append(probe.getsockname()[0])
    return [name for name in dict.fromkeys(found) if not name.startswith("127.")]


def _announce(routes: Mapping[str, Path], names: list[str], address: str, port: int, everybody: bool) -> None:
    for route, script in routes.items():
        print(f"{script.name} is at http://{names[0]}:{port}{route}")
        if address in ("0.0.0.0", "::"):
            for name in names[2:]:
                print(f"{' ' * len(script.name)}    or http://{name}:{port}{route}")
    if address in ("0.0.0.0", "::"):
        whom = "Everyone who" if everybody else "Everyone who has an account in the store and"
        print(f"{whom} can reach this machine can use it.")
    print("Ctrl-C stops it.", flush=True)


def _stop_on_signals(loop: IOLoop) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        loop.add_callback_from_signal(loop.stop)
        # A page whose code holds the loop, or a second Ctrl-C, must not keep the process.
        for other in (signal.SIGINT, signal.SIGTERM):
            signal.signal(other, lambda *_: _leave())
        farewell = threading.Timer(FAREWELL_SECONDS, _leave)
        farewell.daemon = True
        farewell.start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def _close_stores() -> None:
    # Work that is cut short by this has nobody left to tell.
    logging.disable()
    threading.excepthook = lambda _: None
    location = sys.modules.get("imlkit.location")
    for store in location.open_stores() if location is not None else ():
        with contextlib.suppress(Exception):
            store.close()


def _leave() -> None:
    """End the process now, without waiting for threads: what stores have written is already safe."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(0)
