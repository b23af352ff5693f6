"""A server whose disk is full says so, loses nothing it acknowledged, and works again when there is space."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import requests

from imlkit.errors import StoreFullError
from imlkit.stores.remote import RemoteStore
from tests.stores.server_process import ServerProcess, server_process


@pytest.fixture
def disk_megabytes() -> int:
    return 4


@pytest.fixture
def server(small_disk: Path) -> Iterator[ServerProcess]:
    with server_process("--data", str(small_disk / "data")) as server:
        yield server


def filled(write: Callable[[int], object]) -> None:
    """Write until no space is left."""
    n = 0
    while True:
        write(n)
        n += 1


@pytest.mark.slow
def test_documents_acknowledged_before_a_disk_was_full_are_kept(
    server: ServerProcess, small_disk: Path
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500_000))
    store = RemoteStore(server.url)
    things = store.collection("things")
    seen: list[str] = []
    things.changes.subscribe(lambda change: seen.extend(change.ids))
    acknowledged: list[str] = []
    with pytest.raises(StoreFullError, match="no space is left"):
        filled(lambda n: acknowledged.append(things.create({"n": n, "x": np.full(5_000, n)})["id"]))
    body = {"collection": "things", "documents": [{"id": "large", "fields": {"text": "x" * 600_000}}]}
    answer = requests.post(f"{server.url}/v1/create", json=body, timeout=10)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["error"]) == (507, StoreFullError.__name__)
    # What is there can be read, by who asks now and after a server that was killed.
    assert [each["id"] for each in things.find(select=[])] == acknowledged
    server.kill()
    server.start()
    assert [each["id"] for each in things.find(select=[])] == acknowledged
    ballast.unlink()
    acknowledged.append(things.create({"n": -1, "x": np.zeros(5_000)})["id"])
    assert [each["id"] for each in things.find(select=[])] == acknowledged
    assert seen[: len(acknowledged) - 1] == acknowledged[:-1]
    store.close()


@pytest.mark.slow
def test_an_asset_too_large_for_the_disk_leaves_the_space_to_others(
    server: ServerProcess, small_disk: Path
) -> None:
    store = RemoteStore(server.url)
    things = store.collection("things")
    small = store.assets.put(b"small")
    large = np.random.default_rng(1).bytes(6 << 20)
    with pytest.raises(StoreFullError, match="no space is left"):
        store.assets.put(large)
    # What came of it is gone again: whoever is working here goes on.
    assert list((small_disk / "data" / "uploads").iterdir()) == []
    things.create({"n": 1, "x": np.zeros(20_000)})
    half = large[: 1 << 20]
    assert store.assets.put(half).id == hashlib.sha256(half).hexdigest()
    assert {each.id for each in store.assets} == {small.id, hashlib.sha256(half).hexdigest()}
    with store.assets.open(small.id) as file:
        assert file.read() == b"small"
    store.close()


@pytest.mark.slow
def test_an_asset_that_comes_whole_but_cannot_be_kept_is_kept_when_there_is_space(
    server: ServerProcess, small_disk: Path
) -> None:
    store = RemoteStore(server.url)
    content = np.random.default_rng(2).bytes(2_200_000)
    # The upload fits, and the asset beside it does not.
    with pytest.raises(StoreFullError, match="no space is left"):
        store.assets.put(content)
    assert list(store.assets) == []
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    kept = store.assets.put(content)
    with store.assets.open(kept.id) as file:
        assert file.read() == content
    store.close()
