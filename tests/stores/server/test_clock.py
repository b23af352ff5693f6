"""Clocks that jump by a day, back or forth, harm nothing."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import requests

from imlkit.errors import StoreUnavailableError, TooManyTriesError
from imlkit.stores.postgresql import PostgreSQLStore
from imlkit.stores.remote import RemoteStore
from imlkit.stores.server.accounts.tries import Tries
from imlkit.stores.server.upload_folder import UploadFolder
from imlkit.stores.sqlite import SQLiteStore
from tests.stores.serving import served

DAY = 86_400.0
CONTENT = bytes(range(256)) * 1_000


class Clock:
    """The machine's clock, set otherwise."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._seconds, self._nanoseconds = time.time, time.time_ns
        self.ahead = 0.0
        monkeypatch.setattr(time, "time", lambda: self._seconds() + self.ahead)
        monkeypatch.setattr(time, "time_ns", lambda: self._nanoseconds() + int(self.ahead * 1e9))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RemoteStore]:
    with served(SQLiteStore(tmp_path / "data"), tmp_path / "uploads") as url:
        store = RemoteStore(url)
        yield store
        store.close()


def test_documents_stay_in_the_order_of_their_creation_and_apart(store: RemoteStore, clock: Clock) -> None:
    things = store.collection("things")
    seen: list[str] = []
    things.changes.subscribe(lambda change: seen.extend(change.ids))
    ids = []
    for clock.ahead in (0.0, DAY, -DAY, 0.0):
        ids += [things.create({})["id"] for _ in range(20)]
    assert len(set(ids)) == 80
    assert [document["id"] for document in things.find()] == ids
    assert [document["id"] for document in things.iterate(batch=7)] == ids
    end = time.monotonic() + 10
    while len(seen) < 80 and time.monotonic() < end:
        time.sleep(0.01)
    assert seen == ids


@pytest.mark.parametrize("ahead", [2 * DAY, -2 * DAY])
def test_an_upload_on_its_way_while_the_clock_jumps_becomes_whole(
    store: RemoteStore, clock: Clock, tmp_path: Path, ahead: float
) -> None:
    id = hashlib.sha256(CONTENT).hexdigest()
    requests.put(f"{store.location}/v1/uploads/{id}", data=CONTENT[:1_000], timeout=10).raise_for_status()
    clock.ahead = ahead
    # Another server on the same folder, or this one started again, looks for what was broken off.
    UploadFolder(tmp_path / "uploads", 1 << 30)
    kept = store.assets.put(CONTENT)
    with store.assets.open(kept.id) as file:
        assert file.read() == CONTENT


def test_uploads_of_a_day_that_is_yet_to_come_are_not_kept_for_ever(tmp_path: Path) -> None:
    (tmp_path / "left").write_bytes(b"half")
    (tmp_path / "new").write_bytes(b"half")
    os.utime(tmp_path / "left", (time.time() + 30 * DAY,) * 2)
    UploadFolder(tmp_path, 1 << 30)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.parametrize("ahead", [DAY, -DAY])
def test_nobody_is_kept_from_logging_in_for_longer_than_a_minute(clock: Clock, ahead: float) -> None:
    tries = Tries()
    for _ in range(10):
        tries.check("ada", "127.0.0.1")
        tries.failed("ada", "127.0.0.1")
    with pytest.raises(TooManyTriesError, match="wait a minute"):
        tries.check("ada", "127.0.0.1")
    clock.ahead = ahead
    tries.check("ada", "127.0.0.1")
    # And it is counted as before from then on.
    for _ in range(10):
        tries.failed("ada", "127.0.0.1")
    with pytest.raises(TooManyTriesError):
        tries.check("ada", "127.0.0.1")


@pytest.mark.slow
def test_an_asset_on_its_way_while_the_clock_of_the_database_is_set_is_whole_or_not_there(
    location: str,
) -> None:
    store = PostgreSQLStore(location)

    class Coming(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if 2 << 20 <= self.tell() < 3 << 20:
                with psycopg.connect(location) as connection:
                    connection.execute("UPDATE imlkit.pieces SET added = now() - interval '2 days'")
                # Who opens a store looks for what was broken off.
                PostgreSQLStore(location).close()
            return super().read(size)

    with pytest.raises(StoreUnavailableError, match="send it again"):
        store.assets.put(Coming(bytes(5 << 20)))
    assert list(store.assets) == []
    kept = store.assets.put(bytes(5 << 20))
    with store.assets.open(kept.id) as file:
        assert file.read() == bytes(5 << 20)
    store.close()
