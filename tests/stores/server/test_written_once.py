"""A write that is sent again is the same write: it is done once, and answered alike."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from imlkit.documents import encode
from imlkit.errors import NotFoundError
from imlkit.store import Change
from imlkit.stores.kept_answers import KEPT, KeptAnswers
from imlkit.stores.postgresql import PostgreSQLStore
from imlkit.stores.server.accounts.audit import AuditLog
from imlkit.stores.server.accounts.guarded_collection import OWNER, GuardedCollection
from imlkit.stores.server.accounts.rules import EVERYTHING, Rights
from imlkit.stores.server.accounts.visitor import Visitor
from imlkit.stores.shared_log import SharedStore
from imlkit.stores.sqlite import SQLiteStore
from imlkit.stores.stored import StoredCollection
from tests.stores.serving import served

OWN = Rights("all", "all", "own", "own")


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SharedStore]:
    if request.param == "SQLite":
        store: Any = SQLiteStore(tmp_path / "data")
    else:
        store = PostgreSQLStore(request.getfixturevalue("location"))
    yield store
    store.close()


@pytest.fixture
def things(store: SharedStore) -> StoredCollection:
    return store.collection("things")


def _patch(
    things: StoredCollection | GuardedCollection,
    ids: list[str],
    write: str,
    must_exist: bool = False,
    **fields: Any,
) -> list[str]:
    return things.change(ids, encode(fields), keep_others=True, must_exist=must_exist, write=write)


def test_a_patch_sent_again_leaves_what_another_wrote_since(things: StoredCollection) -> None:
    things.create({"id": "a", "y": "cat"})
    assert _patch(things, ["a", "missing"], "w1", y="dog") == ["a"]
    things.patch("a", {"y": "fox"})
    assert _patch(things, ["a", "missing"], "w1", y="dog") == ["a"]
    assert things.get("a")["y"] == "fox"
    assert _patch(things, ["a"], "w2", y="dog") == ["a"]
    assert things.get("a")["y"] == "dog"


def test_a_removal_sent_again_leaves_what_was_created_since(things: StoredCollection) -> None:
    things.create([{"id": "a", "n": 1}, {"id": "b", "n": 1}])
    assert things.remove({"n": 1}, write="w1") == ["a", "b"]
    things.create({"id": "c", "n": 1})
    assert things.remove({"n": 1}, write="w1") == ["a", "b"]
    assert things.remove("c", write="w2") == ["c"]
    things.create({"id": "c", "n": 2})
    assert things.remove("c", write="w2") == ["c"]
    assert [each["id"] for each in things.find()] == ["c"]


def test_who_follows_is_told_once_of_a_write_sent_twice(things: StoredCollection) -> None:
    things.create({"id": "a"})
    seen: list[Change] = []
    things.changes.subscribe(seen.append)
    for _ in range(3):
        _patch(things, ["a"], "w", n=1)
    things.patch("a", {"n": 2})
    assert seen == [Change("updated", "things", ("a",))] * 2


def test_a_write_that_failed_is_tried_anew(things: StoredCollection) -> None:
    with pytest.raises(NotFoundError):
        _patch(things, ["a"], "w", must_exist=True, n=1)
    things.create({"id": "a"})
    assert _patch(things, ["a"], "w", must_exist=True, n=1) == ["a"]
    assert things.get("a") == {"id": "a", "n": 1}


def test_a_creation_sent_again_leaves_what_others_did_since(things: StoredCollection) -> None:
    documents = [encode({"n": n}) for n in range(3)]
    ids = [each.id for each in documents]
    things.keep(documents)
    things.patch(ids[0], {"n": 10})
    things.remove(ids[1])
    things.keep(documents, again=True)
    assert things.find() == [{"id": ids[0], "n": 10}, {"id": ids[2], "n": 2}]
    new = encode({"n": 4})
    things.keep([new], again=True)
    assert things.get(new.id) == {"id": new.id, "n": 4}


def test_two_that_do_the_same_write_at_once_do_it_once(things: StoredCollection, store: SharedStore) -> None:
    from concurrent.futures import ThreadPoolExecutor

    things.create([{"id": str(n), "n": 0} for n in range(5)])
    changes = store.log.last()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: _patch(things, ["0", "1"], f"w{n % 2}", n=n), range(16)))
    assert answers == [["0", "1"]] * 16
    assert store.log.last() == changes + 2


def test_answers_are_kept_for_thirty_days_and_not_forever(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "data")
    clock = itertools.chain([0.0, KEPT - 1, KEPT + 1], itertools.repeat(3 * KEPT))
    store._answers = KeptAnswers(lambda: next(clock))
    things = store.collection("things")
    things.create({"id": "a", "n": 0})
    for n in range(3):
        _patch(things, ["a"], f"w{n}", n=n)
    assert [things.answered(f"w{n}") for n in range(3)] == [["a"]] * 3
    for n in range(3, 501):
        _patch(things, ["a"], f"w{n}", n=n)
    assert [things.answered(f"w{n}") for n in (0, 1, 2, 3)] == [None, None, None, ["a"]]
    store.close()


def test_answers_of_a_database_are_forgotten_after_thirty_days(location: str) -> None:
    for write in ("old", "new"):
        store = PostgreSQLStore(location)
        things = store.collection("things")
        things.put({"id": "a"})
        _patch(things, ["a"], write, n=1)
        if write == "old":
            with psycopg.connect(location) as connection:
                connection.execute("UPDATE imlkit.writes SET at = now() - interval '31 days'")
        else:
            assert (things.answered("old"), things.answered("new")) == (None, ["a"])
        store.close()


def test_a_folder_made_before_is_opened_and_remembers_from_then_on(tmp_path: Path) -> None:
    SQLiteStore(tmp_path / "data").close()
    connection = sqlite3.connect(tmp_path / "data" / "store.sqlite")
    connection.execute("DROP TABLE writes")
    connection.close()
    store = SQLiteStore(tmp_path / "data")
    things = store.collection("things")
    things.create({"id": "a"})
    _patch(things, ["a"], "w", n=1)
    assert things.answered("w") == ["a"]
    store.close()


def test_nobody_is_answered_another_s_write(things: StoredCollection) -> None:
    ann, bob = (
        GuardedCollection(things, EVERYTHING, Visitor(name, "editor", "here", AuditLog(None)))
        for name in ("ann", "bob")
    )
    ann.keep([encode({"id": "a"})])
    assert _patch(ann, ["a"], "w", n=1) == ["a"]
    assert _patch(bob, ["b"], "w", n=2) == []
    assert _patch(ann, ["b"], "w", n=3) == ["a"]


def test_who_may_remove_their_own_alone_is_answered_the_same_again(things: StoredCollection) -> None:
    mine = GuardedCollection(things, OWN, Visitor("ann", "annotator", "here", AuditLog(None)))
    mine.keep([encode({"id": "a"})])
    assert things.get("a")[OWNER] == "ann"
    assert mine.remove("a", write="w") == ["a"]
    assert mine.remove("a", write="w") == ["a"]
    with pytest.raises(NotFoundError):
        mine.remove("a", write="w2")


def test_the_names_of_writes_are_short_and_plain(tmp_path: Path) -> None:
    with served(SQLiteStore(tmp_path / "data"), tmp_path / "uploads") as url:

        def patched(write: Any) -> int:
            body = {"collection": "things", "ids": ["a"], "fields": {}, "write": write}
            return requests.post(f"{url}/v1/patch", json=body, timeout=10).status_code

        assert [patched(write) for write in ("a" * 64, "A-1_b", None)] == [200, 200, 200]
        assert [patched(write) for write in ("", "a" * 65, "a:b", "a\n", "\x00", 1)] == [422] * 6
