"""``imlkit serve``: check what was asked, then serve it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CommandError
from .loading import load_parts
from .port import chosen_port
from .processes import (
    LOGIN_VARIABLE,
    PROCESS_VARIABLE,
    Processes,
    chosen_ports,
    command,
    end_with_parent,
)

if TYPE_CHECKING:
    from .login.accounts import Accounts

__all__ = ["serve"]


def serve(
    scripts: Sequence[str | Path],
    address: str,
    port: int | None,
    data: str | None,
    show: bool,
    store: str | None = None,
    origins: Sequence[str] = (),
    processes: int = 1,
) -> int:
    """Serve scripts until the process is told to stop.

    Args:
        scripts: the scripts, each at an address made of its name.
        address: where to listen.
        port: the port; None takes 5006 or the next free one.
        data: the folder that relative store folders are in; None leaves it to the scripts.
        show: whether to open the first app in the browser.
        store: the server of the store that relative folders are instead; None for none.
        origins: further names under which pages are opened, such as a proxy's.
        processes: how many, each on a port of its own.

    Raises:
        CommandError: a script is missing or broken, the port is taken, the data folder unusable, or the
            store's server away.
    """
    checked = [_script(Path(script)) for script in scripts]
    routes = _routes(checked)
    if data is not None:
        os.environ["IMLKIT_DATA"] = str(_data_folder(Path(data)))
    accounts = _accounts(store) if store is not None else None
    if processes != 1:
        if show:
            raise CommandError("--open opens the page of one process: open the proxy's address instead")
        words = command(checked, address, store, origins)
        ports = chosen_ports(address, port, processes)
        login = {LOGIN_VARIABLE: "1" if accounts is not None else "0"}
        return Processes(words, routes, ports, address, login).run()
    process = os.environ.get(PROCESS_VARIABLE)
    if process is not None:
        end_with_parent()
    chosen_port(address, port)
    # Panel takes most of a second to load: whatever can be refused was refused before.
    load_parts(needs_material=any(b"imlkit" in script.read_bytes() for script in routes.values()))
    from .server import run

    return run(routes, address, port, show, accounts, origins, None if process is None else int(process))


def _accounts(store: str) -> Accounts | None:
    """Let relative locations name a server's store; return its accounts, if it asks who comes."""
    from ..location import ask_for_login, resolved_location
    from .login.accounts import Accounts

    if not store.startswith(("http://", "https://")):
        raise CommandError(
            f"--store {store!r} is no address of a store's server: write http://host:port, or keep the "
            "data in a folder with --data"
        )
    location = resolved_location(store)
    accounts = Accounts(location)
    told = os.environ.get(LOGIN_VARIABLE)
    if not (told == "1" if told is not None else accounts.needed()):
        os.environ["IMLKIT_STORE"] = location
        return None
    ask_for_login(location)
    os.environ["IMLKIT_STORE"] = location
    return accounts


def _script(path: Path) -> Path:
    if not path.exists():
        raise CommandError(
            f"there is no script {str(path)!r}: check the path, or write one with imlkit new app NAME"
        )
    if path.is_dir() or path.suffix != ".py":
        raise CommandError(f"{str(path)!r} is not a Python script: give a file that ends in .py")
    try:
        compile(path.read_bytes(), path.name, "exec", dont_inherit=True)
    except OSError as error:
        raise CommandError(
            f"{str(path)!r} cannot be read ({error.strerror}): check its permissions"
        ) from error
    except (SyntaxError, ValueError) as error:
        line = f" on line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        words = error.msg if isinstance(error, SyntaxError) else str(error)
        raise CommandError(
            f"{str(path)!r} is not valid Python{line} ({words}): correct it and serve again"
        ) from error
    return path.resolve()


def _routes(scripts: Sequence[Path]) -> dict[str, Path]:
    routes: dict[str, Path] = {}
    for script in scripts:
        route = "/" + (re.sub(r"[^\w-]+", "-", script.stem, flags=re.ASCII).strip("-") or "app")
        if routes.setdefault(route, script) != script:
            raise CommandError(
                f"{str(routes[route])!r} and {str(script)!r} would both be at {route}: rename one of them"
            )
    return routes


def _data_folder(path: Path) -> Path:
    # One letter would be a disk of Windows.
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", str(path)):
        raise CommandError(
            f"--data {str(path)!r} is no folder: name a folder, in which each script keeps what it keeps"
        )
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise CommandError(f"--data {str(path)!r} is a file: name a folder") from error
    except OSError as error:
        raise CommandError(
            f"the data folder {str(path)!r} cannot be made ({error.strerror}): name another with --data"
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise CommandError(f"the data folder {str(path)!r} cannot be written: name another with --data")
    return path.resolve()
