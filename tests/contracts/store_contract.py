"""What any store must do.

A test module subclasses the contract and gives it an empty ``store``, of any package::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self):
            store = MyStore("my:place")
            yield store
            store.close()
"""

from __future__ import annotations

import hashlib
import io
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import numpy as np
import pytest

from imlkit.errors import (
    DocumentError,
    DuplicateIdError,
    NotFoundError,
    QueryError,
    StoreUnavailableError,
)
from imlkit.query import escaped
from imlkit.store import Change, Collection, Store

from .query_contract import QueryContract

TEXTS = [
    "",
    "cat",
    'it"s',
    "it's; DROP TABLE documents; --",
    "100 % _ \\ /",
    "nul\x00inside",
    "\x00",
    "\x01",
    "\x01\x01\x02",
    "line\nbreak\ttab",
    "日本語 🙂",
    "<script>alert(1)</script>",
    "long" * 2_500,
    "$eq",
    "9e999",
    "%41",
]
NAMES = [
    "a b",
    'say "hi"',
    "it's",
    "$price",
    "price$",
    "a.b",
    "back\\slash",
    "100%",
    "%41",
    "漢字🙂",
    "",
    "[0]",
    "\n",
]


class StoreContract(QueryContract):
    """The tests of documents, changes and assets; those of queries are inherited."""

    at_once: ClassVar = True
    """Whether changes are told before a write returns when nobody else writes; else soon after."""

    def told(self, seen: list[Any], expected: list[Any]) -> None:
        """Assert that this, and no more, was told."""
        end = time.monotonic() + (0 if self.at_once else 10)
        while len(seen) < len(expected) and time.monotonic() < end:
            time.sleep(0.005)
        assert seen == expected

    @pytest.fixture
    def things(self, store: Store) -> Collection:
        return store.collection("things")

    # Documents

    def test_a_new_document_gets_an_id_and_is_found_by_it(self, things: Collection) -> None:
        kept = things.create({"y": "cat"})
        assert isinstance(kept["id"], str)
        assert kept["id"]
        assert things.get(kept["id"]) == {"id": kept["id"], "y": "cat"}

    def test_the_given_dictionary_is_left_as_it_was(self, things: Collection) -> None:
        given = {"y": "cat", "tags": ("a", "b")}
        things.create(given)
        assert given == {"y": "cat", "tags": ("a", "b")}

    def test_every_kind_of_value_comes_back(self, things: Collection) -> None:
        moment = datetime(2026, 1, 31, 12, 30, 15, 123456, UTC)
        values = {
            "none": None,
            "true": True,
            "false": False,
            "whole": -(2**63),
            "large": 2**63 - 1,
            "float": 0.1,
            "tiny": 5e-324,
            "negative zero": -0.0,
            "infinite": math.inf,
            "low": -math.inf,
            "moment": moment,
            "bytes": b"\x00\xff raw",
            "list": [1, "two", [3.0, None], {"four": True}],
            "nested": {"deep": {"deeper": {"moment": moment, "list": []}}, "empty": {}},
        }
        kept = things.get(things.create(values)["id"])
        del kept["id"]
        assert kept == values
        assert {name: type(value) for name, value in kept.items()} == {
            name: type(value) for name, value in values.items()
        }
        assert math.copysign(1, kept["negative zero"]) == -1
        assert list(kept) == list(values)

    def test_nan_comes_back_as_nan(self, things: Collection) -> None:
        kept = things.get(things.create({"loss": math.nan, "losses": [1.0, math.nan]})["id"])
        assert math.isnan(kept["loss"])
        assert math.isnan(kept["losses"][1])

    @pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
    def test_text_of_any_kind_is_kept_whole_and_found_again(self, things: Collection, text: str) -> None:
        things.create({"y": "other"})
        kept = things.create({"y": text, "inner": {"text": text}, "list": [text]})
        expected = [{"id": kept["id"], "y": text, "inner": {"text": text}, "list": [text]}]
        assert things.find({"y": text}) == expected
        assert things.find({"inner.text": {"$in": [text]}}) == expected
        assert things.distinct("y") == {"other": 1, text: 1}

    @pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
    def test_fields_of_any_name_are_kept_found_sorted_and_counted(
        self, things: Collection, name: str
    ) -> None:
        things.create([{name: 2, "inner": {name: 2}}, {name: 1, "inner": {name: 1}}, {"other": 3}])
        path = escaped(name)
        assert [found[name] for found in things.find({path: {"$gte": 2}})] == [2]
        assert things.count({f"inner.{path}": 1}) == 1
        assert things.count({path: {"$exists": False}}) == 1
        assert [found.get(name) for found in things.find(sort={path: 1})] == [1, 2, None]
        assert things.distinct(path) == {2: 1, 1: 1}
        assert [set(found) - {"id"} for found in things.find(select=[name])] == [{name}, {name}, set()]

    def test_numpy_scalars_become_pythons(self, things: Collection) -> None:
        kept = things.get(
            things.create(
                {
                    "i": np.int64(3),
                    "f": np.float32(0.5),
                    "b": np.bool_(True),
                    "s": np.str_("x"),
                    "u": np.uint8(9),
                }
            )["id"]
        )
        del kept["id"]
        assert kept == {"i": 3, "f": 0.5, "b": True, "s": "x", "u": 9}
        assert [type(value) for value in kept.values()] == [int, float, bool, str, int]

    @pytest.mark.parametrize(
        "array",
        [
            np.arange(6, dtype=np.float32).reshape(2, 3),
            np.asfortranarray(np.arange(6).reshape(2, 3)),
            np.arange(10)[::2],
            np.zeros((0, 4)),
            np.array(3.5),
            np.array(["a", "日本"]),
            np.array([True, False]),
            np.array([1 + 2j]),
            np.array([1.5, np.nan, np.inf], dtype=">f8"),
            np.zeros((3, 4, 4), np.uint8),
            np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        ],
        ids=range(11),
    )
    def test_arrays_come_back_bit_for_bit(self, things: Collection, array: Any) -> None:
        kept = things.get(things.create({"x": array, "inner": {"list": [array]}})["id"])
        for found in (kept["x"], kept["inner"]["list"][0]):
            assert isinstance(found, np.ndarray)
            assert (found.dtype, found.shape) == (array.dtype, array.shape)
            assert found.tobytes() == array.tobytes()
            assert found.flags.writeable

    def test_images_come_back_bit_for_bit(self, things: Collection) -> None:
        image = np.random.default_rng(0).integers(0, 256, (17, 31, 3), np.uint8)
        kept = things.get(things.create({"x": image, "thumbnail": image[::2, ::2]})["id"])
        assert np.array_equal(kept["x"], image)
        assert kept["x"].dtype == np.uint8
        assert np.array_equal(kept["thumbnail"], image[::2, ::2])
        kept["x"][:] = 0
        assert np.array_equal(things.get(kept["id"])["x"], image)

    def test_torch_tensors_become_arrays(self, things: Collection) -> None:
        torch = pytest.importorskip("torch")
        tensor = torch.arange(6, dtype=torch.float32).reshape(2, 3).requires_grad_()
        kept = things.get(things.create({"x": tensor, "half": tensor.to(torch.bfloat16)})["id"])
        assert np.array_equal(kept["x"], tensor.detach().numpy())
        assert np.array_equal(kept["half"], tensor.detach().numpy())

    def test_moments_are_kept_in_utc(self, things: Collection) -> None:
        east = datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
        kept = things.get(things.create({"east": east, "naive": datetime(2026, 1, 1)})["id"])
        assert kept["east"] == datetime(2025, 12, 31, 23, tzinfo=UTC)
        assert kept["east"].tzinfo is UTC
        assert kept["naive"] == datetime(2026, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("document", "said"),
        [
            ({"bad": object()}, "'bad' holds a builtins.object"),
            ({"a": {"b": [1, {2, 3}]}}, "'a.b[1]' holds a builtins.set"),
            ({"x": np.array([object()])}, "'x' holds an array of object"),
            ({"x": 2**63}, "'x' holds 9223372036854775808"),
            ({"x": "half \ud800"}, "'x' holds"),
            ({"x": {1: 2}}, "the name 1"),
            ({"x": np.datetime64("NaT")}, "'x' holds"),
            ({"id": 7}, "the id 7"),
            ({"id": ""}, "the id ''"),
            (["x"], "no document"),
        ],
        ids=range(10),
    )
    def test_what_no_store_keeps_is_refused_by_name(
        self, things: Collection, document: Any, said: str
    ) -> None:
        with pytest.raises(DocumentError) as raised:
            things.create([{"y": "fine"}, document])
        assert said in str(raised.value)
        assert things.count() == 0

    def test_a_document_that_holds_itself_is_refused(self, things: Collection) -> None:
        loop: list[Any] = []
        loop.append(loop)
        with pytest.raises(DocumentError, match="nested"):
            things.create({"x": loop})

    def test_several_are_created_all_or_none_in_order(self, things: Collection) -> None:
        kept = things.create([{"n": n} for n in range(50)])
        assert [document["n"] for document in kept] == list(range(50))
        assert things.find() == kept
        things.create({"id": "taken", "n": 1})
        with pytest.raises(DuplicateIdError, match="taken"):
            things.create([{"n": 100}, {"id": "taken", "n": 2}, {"n": 101}])
        assert things.count({"n": {"$gte": 100}}) == 0
        assert things.create([]) == []

    def test_creating_again_with_the_same_content_changes_nothing(self, things: Collection) -> None:
        document = {"id": "one", "y": 1.5, "x": np.arange(4.0), "inner": {"nan": math.nan}, "t": (1, 2)}
        things.create(document)
        seen: list[Change] = []
        things.changes.subscribe(seen.append)
        assert things.create(document)["id"] == "one"
        assert [kept["id"] for kept in things.create([document, {"id": "two"}, {"id": "two"}])] == [
            "one",
            "two",
            "two",
        ]
        assert things.count() == 2
        self.told(seen, [Change("created", "things", ("two",))])
        for other in ({**document, "y": 2.5}, {**document, "x": np.arange(5.0)}, {"id": "one"}):
            with pytest.raises(DuplicateIdError, match="one"):
                things.create(other)
        assert np.array_equal(things.get("one")["x"], np.arange(4.0))

    def test_ids_of_any_text_are_told_apart(self, things: Collection) -> None:
        ids = [text for text in TEXTS if text]
        things.create([{"id": id, "n": n} for n, id in enumerate(ids)])
        for n, id in enumerate(ids):
            assert things.get(id) == {"id": id, "n": n}
        assert things.remove(ids[:4]) == ids[:4]
        assert [document["id"] for document in things.find()] == ids[4:]

    def test_a_missing_document_is_named(self, things: Collection) -> None:
        attempts: list[Callable[[], object]] = [
            lambda: things.get("nobody"),
            lambda: things.update("nobody", {}),
            lambda: things.patch("nobody", {"y": 1}),
            lambda: things.remove("nobody"),
        ]
        for attempt in attempts:
            with pytest.raises(NotFoundError, match="nobody"):
                attempt()
        for no_id in ("", "half \ud800", 7, None):
            with pytest.raises(NotFoundError):
                things.get(no_id)  # type: ignore[arg-type]
        assert things.remove(["nobody", "", "half \ud800"]) == []
        assert things.patch_many(["nobody"], {"y": 1}) == []

    def test_update_replaces_and_patch_sets(self, things: Collection) -> None:
        image = np.zeros((4, 4, 3), np.uint8)
        id = things.create({"y": "cat", "x": np.ones(3), "thumbnail": image})["id"]
        patched = things.patch(id, {"y": "dog", "x": np.zeros(2)})
        assert list(patched) == ["id", "y", "x", "thumbnail"]
        assert patched["y"] == "dog"
        assert np.array_equal(patched["x"], np.zeros(2))
        assert np.array_equal(things.get(id)["thumbnail"], image)
        things.update(id, {"id": id, "z": image})
        assert list(things.get(id)) == ["id", "z"]
        assert np.array_equal(things.get(id)["z"], image)

    def test_documents_keep_their_ids(self, things: Collection) -> None:
        things.create([{"id": "a"}, {"id": "b"}])
        for attempt in (things.update, things.patch):
            with pytest.raises(DocumentError, match="keeps its id"):
                attempt("a", {"id": "c"})
        with pytest.raises(DocumentError, match="leave it out"):
            things.patch_many(["a", "b"], {"id": "c"})
        assert [document["id"] for document in things.find()] == ["a", "b"]

    def test_what_is_put_is_there_in_place_of_what_was(self, things: Collection) -> None:
        assert things.put({"id": "a", "n": 1, "m": 1})["n"] == 1
        assert things.put({"id": "a", "n": 2}) == {"id": "a", "n": 2}
        assert things.find() == [{"id": "a", "n": 2}]
        assert things.put({"n": 3})["id"] != "a"
        assert things.count() == 2

    def test_of_many_that_put_at_once_one_counts_and_none_fails(self, things: Collection) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: things.put({"id": "a", "n": n}), range(64)))
        assert things.count() == 1

    def test_many_are_patched_at_once(self, things: Collection) -> None:
        ids = [kept["id"] for kept in things.create([{"n": n, "x": np.full(3, n)} for n in range(5)])]
        image = np.full((2, 2, 3), 7, np.uint8)
        assert things.patch_many([ids[3], ids[1], "gone", ids[1]], {"y": "new", "x": image}) == [
            ids[3],
            ids[1],
        ]
        assert [document.get("y") for document in things.find()] == [None, "new", None, "new", None]
        things.remove(ids[1])
        assert np.array_equal(things.get(ids[3])["x"], image)
        assert np.array_equal(things.get(ids[4])["x"], np.full(3, 4))

    def test_removing_by_ids_and_by_query(self, things: Collection) -> None:
        ids = [kept["id"] for kept in things.create([{"n": n} for n in range(6)])]
        assert things.remove(ids[0]) == [ids[0]]
        assert things.remove([ids[2], ids[0], ids[1]]) == [ids[2], ids[1]]
        assert things.remove({"n": {"$gt": 3}}) == ids[4:]
        assert things.find() == [{"id": ids[3], "n": 3}]
        assert things.remove({}) == [ids[3]]
        assert things.remove({}) == []
        with pytest.raises(QueryError):
            things.remove({"$nonsense": 1})

    def test_pages_follow_the_order_of_creation(self, things: Collection) -> None:
        things.create([{"n": n, "y": "ab"[n % 2]} for n in range(20)])
        things.patch(things.find()[3]["id"], {"seen": True})
        assert [document["n"] for document in things.find(skip=5, limit=3)] == [5, 6, 7]
        assert [document["n"] for document in things.find({"y": "b"}, skip=8, limit=10)] == [17, 19]
        assert things.find(skip=100) == []
        assert things.find(limit=0) == []
        for page in ({"skip": -1}, {"limit": -1}, {"limit": 1.5}, {"skip": None}):
            with pytest.raises(QueryError, match="whole number"):
                things.find(**page)

    def test_select_returns_these_fields_alone(self, things: Collection) -> None:
        id = things.create({"y": "cat", "x": np.ones(3), "inner": {"a": 1}})["id"]
        assert things.find(select=["y", "nowhere"]) == [{"id": id, "y": "cat"}]
        assert things.get(id, select=["inner"]) == {"id": id, "inner": {"a": 1}}
        assert list(things.iterate(select=[])) == [{"id": id}]
        assert np.array_equal(things.get(id, select=["x"])["x"], np.ones(3))
        with pytest.raises(QueryError, match="list"):
            things.find(select="y")

    def test_iterating_meets_each_document_once_though_others_write(self, things: Collection) -> None:
        things.create([{"n": n, "x": np.full(2, n)} for n in range(25)])
        met: list[int] = []
        for document in things.iterate({"n": {"$ne": 4}}, batch=10):
            assert np.array_equal(document["x"], np.full(2, document["n"]))
            met.append(document["n"])
            if document["n"] == 0:
                things.remove({"n": {"$in": [1, 20]}})
                things.patch(document["id"], {"n": 0, "new": True})
        assert [n for n in met if n != 1] == [n for n in range(25) if n not in (1, 4, 20)]

    def test_collections_are_apart(self, store: Store) -> None:
        one, other = store.collection("one"), store.collection('ot"her % \x00 日本')
        one.create({"id": "same", "n": 1})
        assert store.collections() == ["one"]
        other.create({"id": "same", "n": 2})
        assert store.collections() == ["one", 'ot"her % \x00 日本']
        assert one.get("same")["n"] == 1
        assert other.find({"n": 1}) == []
        assert store.collection("one") is one
        other.remove({})
        assert one.count() == 1
        assert store.collections() == ["one"]

    # Changes

    def test_changes_tell_each_write_once_and_in_order(self, things: Collection, store: Store) -> None:
        seen: list[Change] = []
        subscription = things.changes.subscribe(seen.append)
        store.collection("elsewhere").create({"n": 0})
        a = things.create({"n": 1})["id"]
        b, c = (kept["id"] for kept in things.create([{"n": 2}, {"n": 3}]))
        things.patch(a, {"n": 4})
        things.update(b, {"n": 5})
        things.patch_many([a, c], {"n": 6})
        things.remove(b)
        things.remove({"n": 1000})
        things.remove({})
        expected = [
            Change("created", "things", (a,)),
            Change("created", "things", (b, c)),
            Change("updated", "things", (a,)),
            Change("updated", "things", (b,)),
            Change("updated", "things", (a, c)),
            Change("removed", "things", (b,)),
            Change("removed", "things", (a, c)),
        ]
        self.told(seen, expected)
        subscription.dispose()
        things.create({"n": 7})
        assert seen == expected

    def test_a_late_reader_is_told_of_later_changes_alone(self, things: Collection) -> None:
        things.create({"n": 1})
        seen: list[Change] = []
        things.changes.subscribe(seen.append)
        assert seen == []
        kept = things.create({"n": 2})
        self.told(seen, [Change("created", "things", (kept["id"],))])

    def test_a_reader_finds_what_it_is_told_of_and_may_write(self, things: Collection) -> None:
        order: list[tuple[str, Any]] = []

        def copy(change: Change) -> None:
            if change.kind == "created":
                document = things.get(change.ids[0])
                order.append((change.kind, document["n"]))
                if document["n"] < 3:
                    things.create({"n": document["n"] + 1})

        things.changes.subscribe(copy)
        things.create({"n": 0})
        self.told(order, [("created", 0), ("created", 1), ("created", 2), ("created", 3)])

    def test_a_failed_write_tells_nothing(self, things: Collection) -> None:
        things.create({"id": "taken", "n": 1})
        seen: list[Change] = []
        things.changes.subscribe(seen.append)
        with pytest.raises(DuplicateIdError):
            things.create({"id": "taken", "n": 2})
        with pytest.raises(NotFoundError):
            things.remove("nobody")
        assert seen == []

    def test_threads_write_and_read_at_once(self, things: Collection) -> None:
        seen: list[str] = []
        failed: list[BaseException] = []
        things.changes.subscribe(lambda change: seen.extend(change.ids))

        def work(worker: int) -> None:
            try:
                for n in range(15):
                    id = things.create({"worker": worker, "n": n, "x": np.full(4, n)})["id"]
                    assert things.get(id)["n"] == n
                    assert things.count({"worker": worker}) == n + 1
                    for document in things.find({"n": n}):
                        assert np.array_equal(document["x"], np.full(4, n))
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        self.told(seen, [document["id"] for document in things.find()])

    # Assets

    def test_assets_are_kept_once_under_their_hash(self, store: Store) -> None:
        content = b"\x00weights" * 1000
        asset = store.assets.put(content, "application/x-safetensors")
        assert asset.id == hashlib.sha256(content).hexdigest()
        assert (asset.media_type, asset.size) == ("application/x-safetensors", len(content))
        assert store.assets.put(io.BytesIO(content), "text/plain") == asset
        assert store.assets.info(asset.id) == asset
        with store.assets.open(asset.id) as file:
            assert file.read(5) == content[:5]
            assert file.read() == content[5:]
        empty = store.assets.put(b"")
        assert empty.media_type == "application/octet-stream"
        assert sorted(store.assets, key=lambda each: each.size) == [empty, asset]
        store.assets.remove(asset.id)
        assert list(store.assets) == [empty]

    def test_a_missing_asset_is_named(self, store: Store) -> None:
        for id in (
            "0" * 64,
            "",
            "../../etc/passwd",
            "/etc/passwd",
            "..",
            "A" * 64,
            "0" * 63 + "\x00",
            "*" * 64,
        ):
            for attempt in (store.assets.open, store.assets.info, store.assets.remove):
                with pytest.raises(NotFoundError):
                    attempt(id)

    def test_a_file_is_read_in_pieces(self, store: Store) -> None:
        class Large(io.RawIOBase):
            def __init__(self) -> None:
                self.left = 5_000_000
                self.largest = 0

            def read(self, size: int = -1) -> bytes:
                assert size > 0, "read whole"
                self.largest = max(self.largest, size)
                given = min(size, self.left)
                self.left -= given
                return b"x" * given

        large = Large()
        asset = store.assets.put(large, "application/x-large")  # type: ignore[arg-type]
        assert asset.size == 5_000_000
        assert large.largest <= 4_000_000

    # The end

    def test_a_closed_store_says_so(self, store: Store, things: Collection) -> None:
        things.create({"n": 1})
        asset = store.assets.put(b"x")
        assert not store.closed
        store.close()
        store.close()
        assert store.closed
        attempts: list[Callable[[], object]] = [
            lambda: store.collection("things"),
            store.collections,
            lambda: things.create({"n": 2}),
            things.find,
            lambda: list(things.iterate()),
            lambda: things.get("x"),
            things.count,
            lambda: things.distinct("n"),
            lambda: things.remove({}),
            lambda: things.patch_many(["x"], {"y": 1}),
            lambda: store.assets.put(b"y"),
            lambda: store.assets.open(asset.id),
            lambda: list(store.assets),
        ]
        for attempt in attempts:
            with pytest.raises(StoreUnavailableError, match="closed"):
                attempt()
