"""Databases of a PostgreSQL server of the tests' own."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgresql import postgresql_server

NAMES = (f"store_{n}" for n in itertools.count())


@pytest.fixture(scope="session")
def database() -> Iterator[Callable[[], str]]:
    """Makes a new database; gives its location."""
    with postgresql_server() as server:

        def made() -> str:
            name = next(NAMES)
            with psycopg.connect(
                host=server["host"], user=server["user"], dbname="postgres", autocommit=True
            ) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            return f"postgresql://{server['user']}@/{name}?host={server['host']}"

        yield made


@pytest.fixture
def location(database: Callable[[], str]) -> str:
    return database()


@pytest.fixture(autouse=True)
def queue_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where writes wait that a test makes while a server is away: each test's own folder."""
    folder = tmp_path / "queue"
    monkeypatch.setenv("IMLKIT_QUEUE", str(folder))
    return folder


@pytest.fixture
def disk_megabytes() -> int:
    """How large the small disk is."""
    return 2


@pytest.fixture
def small_disk(tmp_path: Path, disk_megabytes: int) -> Iterator[Path]:
    """A disk of its own that is soon full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={disk_megabytes}m", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("mounting a small disk takes rights")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)
