"""Logins at stores' servers: who one is there, kept between programs in a file that its owner alone reads."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from imlkit.errors import StoreUnavailableError
from imlkit.user_folders import settings_folder

__all__ = ["Login", "Logins"]


@dataclass(frozen=True, slots=True)
class Login:
    """A login at a server.

    Attributes:
        name: of the user.
        token: by which the server knows them.
        until: when that ends, in seconds since 1970.
    """

    name: str
    token: str
    until: float


class Logins:
    """The logins of this user of this machine, by server.

    Args:
        path: the file; None for ``logins.json`` in the folder ``imlkit`` of the user's settings.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path if path is not None else settings_folder() / "logins.json"

    def get(self, url: str) -> Login | None:
        """Return the login at a server, if there is one."""
        said: Any = self._read().get(url)
        with contextlib.suppress(TypeError, KeyError, ValueError):
            return Login(str(said["name"]), str(said["token"]), float(said["until"]))
        return None

    def keep(self, url: str, login: Login) -> None:
        """Keep a login at a server. Raises StoreUnavailableError where it cannot be written."""
        with self._changing() as logins:
            logins[url] = asdict(login)

    def forget(self, url: str) -> bool:
        """Forget a login; return whether there was one."""
        if url not in self._read():
            return False
        with self._changing() as logins:
            logins.pop(url, None)
        return True

    def _read(self) -> dict[str, Any]:
        try:
            said = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return said if isinstance(said, dict) else {}

    @contextlib.contextmanager
    def _changing(self) -> Any:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(f"{self.path}.lock", mode=0o600, timeout=10):
                logins = self._read()
                yield logins
                made = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}")
                with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    json.dump(logins, file, indent=1)
                made.replace(self.path)
        except OSError as error:
            raise StoreUnavailableError(
                f"the login cannot be kept in {str(self.path)!r} ({error.strerror or error}): "
                "check that folder"
            ) from error
