"""The TinyDB store keeps the contract, in files that a person can read."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imlkit.errors import StoreError, StoreLockedError, StoreUnavailableError, StoreVersionError
from imlkit.store import Change
from imlkit.stores.tinydb import TinyDBStore
from tests.contracts.store_contract import StoreContract

from .processes import Started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


class TestTinyDBStore(StoreContract):
    @pytest.fixture
    def store(self, folder: Path) -> Iterator[TinyDBStore]:
        store = TinyDBStore(folder)
        yield store
        store.close()


def _attachments(folder: Path) -> list[str]:
    return sorted(path.suffix for path in (folder / "attachments").iterdir())


def test_a_person_can_read_the_files(folder: Path) -> None:
    store = TinyDBStore(folder)
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    store.collection("drawings").create(
        {"id": "a", "y": "日本", "n": 1.5, "x": np.ones(3), "thumbnail": image}
    )
    store.close()
    text = (folder / "store.json").read_text()
    assert '"y":"日本"' in text
    (kept,) = json.loads(text)["collections"]["drawings"].values()
    assert (kept["id"], kept["y"], kept["n"]) == ("a", "日本", 1.5)
    assert np.array_equal(np.asarray(Image.open(folder / "attachments" / kept["thumbnail"]["$image"])), image)
    assert np.array_equal(np.load(folder / "attachments" / kept["x"]["$array"]), np.ones(3))


def test_a_new_document_changes_one_line(folder: Path) -> None:
    store = TinyDBStore(folder)
    things = store.collection("things")
    things.create([{"n": n} for n in range(5)])
    before = (folder / "store.json").read_text().splitlines()
    things.patch(things.find()[2]["id"], {"n": 20})
    after = (folder / "store.json").read_text().splitlines()
    assert len(after) == len(before)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    store.close()


def test_everything_is_there_after_reopening_in_the_same_order(folder: Path) -> None:
    store = TinyDBStore(folder)
    things = store.collection("things")
    things.create([{"n": n, "x": np.full(2, n)} for n in range(12)])
    things.remove({"n": 3})
    things.create({"n": 12})
    before = things.find(select=["n"])
    asset = store.assets.put(b"weights", "application/x")
    store.close()
    again = TinyDBStore(f"tinydb:{folder}")
    assert again.collection("things").find(select=["n"]) == before
    assert np.array_equal(again.collection("things").find({"n": 4})[0]["x"], np.full(2, 4))
    assert again.collections() == ["things"]
    assert list(again.assets) == [asset]
    again.close()


def test_a_person_may_edit_the_file(folder: Path) -> None:
    store = TinyDBStore(folder)
    store.collection("things").create({"id": "a", "y": "cat"})
    store.close()
    data = json.loads((folder / "store.json").read_text())
    data["collections"]["things"]["7"] = {"y": "added by hand"}
    (folder / "store.json").write_text(json.dumps(data, indent=4))
    again = TinyDBStore(folder)
    things = again.collection("things")
    assert things.find() == [{"id": "a", "y": "cat"}, {"id": "7", "y": "added by hand"}]
    things.patch("7", {"n": 1})
    things.create({"id": "b"})
    again.close()
    third = TinyDBStore(folder)
    assert third.collection("things").find() == [
        {"id": "a", "y": "cat"},
        {"id": "7", "y": "added by hand", "n": 1},
        {"id": "b"},
    ]
    third.close()


def test_files_go_with_the_last_document_that_refers_to_them(folder: Path) -> None:
    store = TinyDBStore(folder)
    things, others = store.collection("things"), store.collection("others")
    image, array = np.zeros((4, 4, 3), np.uint8), np.ones(3)
    a = things.create({"x": array, "thumbnail": image})["id"]
    b = others.create({"thumbnail": image})["id"]
    assert _attachments(folder) == [".npy", ".png"]
    things.remove(a)
    assert _attachments(folder) == [".png"]
    store.close()
    again = TinyDBStore(folder)
    again.collection("others").patch(b, {"thumbnail": None})
    assert _attachments(folder) == []
    again.close()


def test_two_at_once_are_refused_with_the_remedy(folder: Path, tmp_path: Path) -> None:
    started = Started()
    store = TinyDBStore(folder)
    store.collection("things").create({"n": 1})
    other = started.python(
        """
        from imlkit.errors import StoreLockedError
        try:
            TinyDBStore(folder)
        except StoreLockedError as error:
            print(error, flush=True)
        sys.stdin.readline()
        print(TinyDBStore(folder).collection("things").count(), flush=True)
        """,
        folder,
    )
    said = other.line()
    assert str(folder) in said
    assert "close the other app" in said
    with pytest.raises(StoreLockedError):
        TinyDBStore(folder)
    store.close()
    other.say("now")
    assert other.line() == "1"
    other.finish()
    started.end()


def test_a_failed_write_changes_nothing(folder: Path) -> None:
    store = TinyDBStore(folder)
    things = store.collection("things")
    things.create({"id": "a", "n": 1, "inner": {"m": 1}})
    told: list[Change] = []
    things.changes.subscribe(told.append)
    before = (folder / "store.json").read_bytes()
    # A folder in the place of the temporary file fails every write.
    (folder / "store.json.partial").mkdir()
    attempts: list[Callable[[], object]] = [
        lambda: things.create({"id": "b", "x": np.ones(3)}),
        lambda: things.patch("a", {"n": 2, "x": np.ones(3)}),
        lambda: things.update("a", {"n": 2}),
        lambda: things.remove("a"),
    ]
    for attempt in attempts:
        with pytest.raises(StoreUnavailableError, match="choose another"):
            attempt()
        assert things.find() == [{"id": "a", "n": 1, "inner": {"m": 1}}]
    assert told == []
    assert _attachments(folder) == []
    assert (folder / "store.json").read_bytes() == before
    (folder / "store.json.partial").rmdir()
    things.create({"id": "b", "x": np.ones(3)})
    store.close()
    again = TinyDBStore(folder)
    assert [document["id"] for document in again.collection("things").find()] == ["a", "b"]
    again.close()


def test_killed_while_writing_it_keeps_what_it_acknowledged(folder: Path) -> None:
    started = Started()
    starter = started.python(
        """
        import os, signal
        for line in sys.stdin:
            writer = os.fork()
            if writer == 0:
                things = TinyDBStore(folder).collection("things")
                print(os.getpid(), flush=True)
                while True:
                    print(things.create({"x": np.ones(10), "y": "cat"})["id"], flush=True)
            os.waitpid(writer, 0)
            print("dead", flush=True)
        """,
        folder,
    )
    acknowledged: list[str] = []
    for _ in range(5):
        starter.say("write")
        writer = int(starter.line())
        acknowledged += [starter.line() for _ in range(3)]
        os.kill(writer, signal.SIGKILL)
        acknowledged += iter(starter.line, "dead")
    starter.finish()
    started.end()
    store = TinyDBStore(folder)
    found = store.collection("things").find()
    assert set(acknowledged) <= {document["id"] for document in found}
    assert all(np.array_equal(document["x"], np.ones(10)) for document in found)
    store.close()


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b'{"imlkit": 2, "new": true}', StoreVersionError, "newer imlkit"),
        (b"", StoreUnavailableError, "damaged"),
        (b'{"imlkit": 1, "coll', StoreUnavailableError, "damaged"),
        (b"[]", StoreUnavailableError, "damaged"),
        (b'{"imlkit": 1, "collections": {"d": {"1": 5}}}', StoreUnavailableError, "no dictionary"),
        (b'{"imlkit": 1, "collections": {"d": {"x": {}}}}', StoreUnavailableError, "no number"),
        (
            b'{"imlkit": 1, "collections": {"d": {"1": {"id": "a"}, "2": {"id": "a"}}}}',
            StoreUnavailableError,
            "another",
        ),
        (
            b'{"imlkit": 1, "collections": {"d": {"1": {"at": {"$date": "soon"}}}}}',
            StoreUnavailableError,
            "store.json",
        ),
    ],
    ids=range(8),
)
def test_a_file_that_is_newer_or_damaged_is_left_as_it_is(
    folder: Path, content: bytes, kind: type[StoreError], said: str
) -> None:
    folder.mkdir()
    (folder / "store.json").write_bytes(content)
    for _ in range(2):
        with pytest.raises(kind, match=said):
            TinyDBStore(folder)
    assert (folder / "store.json").read_bytes() == content


def test_a_reference_that_climbs_out_of_the_folder_is_refused(folder: Path) -> None:
    folder.mkdir()
    (folder.parent / "secret.bin").write_bytes(b"secret")
    (folder / "store.json").write_text(
        '{"imlkit": 1, "collections": {"d": {"1": {"id": "a", "x": {"$bytes": "../../secret.bin"}}}}}'
    )
    store = TinyDBStore(folder)
    with pytest.raises(StoreUnavailableError, match="no attachment's name"):
        store.collection("d").find()
    assert store.collection("d").get("a", select=["y"]) == {"id": "a"}
    store.close()


def test_a_missing_file_is_named(folder: Path) -> None:
    store = TinyDBStore(folder)
    store.collection("d").create({"id": "a", "x": np.ones(3)})
    (file,) = (folder / "attachments").iterdir()
    file.unlink()
    with pytest.raises(StoreUnavailableError, match=file.name):
        store.collection("d").get("a")
    assert store.collection("d").remove("a") == ["a"]
    store.close()
