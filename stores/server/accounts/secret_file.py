"""The secret with which a server signs: made once, read by its owner alone."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from imlkit.errors import CommandError

__all__ = ["secret_of"]

_BYTES: Final = 32


def secret_of(path: Path) -> bytes:
    """Return the secret in a file, which is made if it is not there.

    Servers that share a database need the same one: a login at one of them then holds at all.

    Raises:
        CommandError: it cannot be read or made, or others may read it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            _make(path)
        with path.open("rb") as file:
            others = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077
            kept = file.read(4096).strip()
    except OSError as error:
        raise CommandError(
            f"the server's secret {str(path)!r} cannot be had ({error.strerror}): check its folder"
        ) from error
    if others and os.name == "posix":
        raise CommandError(
            f"others may read the server's secret: chmod 600 {str(path)!r}, or remove the file for a new one "
            "(everyone has to log in again then)"
        )
    if len(kept) < _BYTES:
        raise CommandError(
            f"{str(path)!r} holds no secret of a server: remove the file, and a new one is made"
        )
    return kept


def _make(path: Path) -> None:
    if path.exists():
        return
    # Whole before it has its name: of two servers that begin at once, both read the same.
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    file = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, secrets.token_urlsafe(_BYTES).encode("ascii"))
        os.fsync(file)
        os.link(made, path)
    finally:
        os.close(file)
        made.unlink()
