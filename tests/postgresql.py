"""A PostgreSQL server for tests, which lives as long as they do."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa
import pytest

__all__ = ["loaded", "postgresql_server", "stopped"]

UNPRIVILEGED = ("postgres", "nobody")
"""Whom the server runs as where the tests run as root, which it refuses."""
SETTINGS = {
    # Reached through its folder alone, by whoever may enter that.
    "listen_addresses": "",
    # Nothing of this is to outlive the tests.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
TYPES: list[tuple[Callable[[pa.DataType], bool], str]] = [
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "bigint"),
    (pa.types.is_float32, "real"),
    (pa.types.is_float64, "double precision"),
    (pa.types.is_string, "text"),
    (lambda type: pa.types.is_timestamp(type) and type.tz is None, "timestamp"),
    (pa.types.is_timestamp, "timestamptz"),
    (pa.types.is_date, "date"),
]
"""What Arrow's types are to PostgreSQL."""


@contextlib.contextmanager
def postgresql_server(locale: str = "C.UTF-8") -> Iterator[dict[str, str]]:
    """Start a PostgreSQL server of one's own, and stop it at the end.

    Args:
        locale: by which the server orders texts and tells capitals.

    Returns:
        What its clients connect with: ``host`` (the folder of its socket), ``user`` and ``database``.

    Skips the test where PostgreSQL is not installed; with ``CI=true`` it fails.
    """
    if _programs() is None:
        _missing(
            "PostgreSQL is not installed: install it (on Debian and Ubuntu: apt-get install postgresql)."
        )
    folder = Path(tempfile.mkdtemp(prefix="imlkit-postgresql-"))
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    try:
        _run(
            "initdb",
            folder,
            "--username=tester",
            "--auth=trust",
            "--encoding=UTF8",
            f"--locale={locale}",
            "--no-sync",
        )
        settings = SETTINGS | {"unix_socket_directories": str(folder)}
        (folder / "data" / "postgresql.auto.conf").write_text(
            "".join(f"{k} = '{v}'\n" for k, v in settings.items())
        )
        _start(folder)
        try:
            yield {"host": str(folder), "user": "tester", "database": "postgres"}
        finally:
            _run("pg_ctl", folder, "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def stopped(server: Mapping[str, str]) -> Iterator[None]:
    """Keep a server stopped for as long as the block lasts, as when its machine is started anew.

    Args:
        server: what :func:`postgresql_server` gave.
    """
    folder = Path(server["host"])
    _run("pg_ctl", folder, "stop", "--wait", "--mode=fast")
    yield
    _start(folder)


def _start(folder: Path) -> None:
    _run("pg_ctl", folder, "start", "--wait", f"--log={folder / 'log'}")


def _run(program: str, folder: Path, *arguments: str) -> None:
    programs, account = _programs(), _account()
    assert programs is not None
    with (folder / program).open("w+") as said:
        # To a file: a pipe would be held open by the server and never end.
        done = subprocess.run(
            [programs / program, "-D", folder / "data", *arguments],
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            timeout=60,
        )
    if done.returncode:
        texts = (file.read_text() for file in (folder / program, folder / "log") if file.exists())
        raise RuntimeError(f"{program} failed: {' '.join(texts)}")


def loaded(connection: Any, name: str, rows: pa.Table) -> Any:
    """Put an Arrow table on the server; return it as an Ibis table."""
    from psycopg import sql

    columns = [(sql.Identifier(field.name), sql.SQL(_type(field.type))) for field in rows.schema]
    table = sql.Identifier(name)
    with connection.con.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TABLE {} ({})").format(
                table, sql.SQL(", ").join(sql.SQL("{} {}").format(*column) for column in columns)
            )
        )
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
            for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
                copy.write_row(row)
    return connection.table(name)


def _type(type: pa.DataType) -> str:
    return next(name for fits, name in TYPES if fits(type))


def _programs() -> Path | None:
    """The folder of the newest server's programs, which Debian does not put on the PATH."""
    folders = [Path(found).resolve().parent for name in ("initdb",) if (found := shutil.which(name))]
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(versions, key=lambda bin: float(bin.parent.name), reverse=True)
    return next((one for one in folders if (one / "initdb").exists() and (one / "pg_ctl").exists()), None)


def _account() -> pwd.struct_passwd | None:
    if os.getuid() != 0:
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return next(accounts[name] for name in UNPRIVILEGED if name in accounts)


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
