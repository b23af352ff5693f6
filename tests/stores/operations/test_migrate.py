"""Copying one store into another."""

from __future__ import annotations

from pathlib import Path

import pytest

from imlkit.errors import CommandError, DuplicateIdError, StoreError
from imlkit.stores.operations.migrate import migrate

from .conftest import Made
from .contents import ASSETS, KINDS, fill, holds_the_same


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_copied_there_and_back_and_again(kind: str, made: Made) -> None:
    store, other, back = made("sqlite"), made(kind), made("sqlite")
    fill(store)
    done = migrate(store, other)
    assert (sum(done.documents.values()), done.assets, done.size) == (56, 3, sum(map(len, ASSETS)))
    assert migrate(store, other) == done
    migrate(other, back)
    assert holds_the_same(store, other)
    assert holds_the_same(store, back)


@pytest.mark.parametrize("kind", ["sqlite", "http"])
def test_copying_that_was_broken_off_goes_on_when_it_is_done_again(kind: str, made: Made) -> None:
    store, other = made("memory"), made(kind)
    store.collection("cases").create([{"n": n} for n in range(2_500)])
    fill(store)

    def stop(what: str, done: int, total: int) -> None:
        if "cases" in what and done > 1_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(store, other, stop)
    assert 0 < other.collection("cases").count() < 2_500
    migrate(store, other)
    assert holds_the_same(store, other)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_written_meanwhile_into_the_store_to_copy_is_left_for_another_time(
    kind: str, made: Made
) -> None:
    store, other = made(kind), made("memory")
    cases = store.collection("cases")
    cases.create([{"n": n} for n in range(250)])
    before = cases.find()
    migrate(store, other, lambda *_: cases.create({"late": True}))
    assert other.collection("cases").find() == before
    migrate(store, other)
    assert holds_the_same(store, other)


def test_documents_of_ones_own_in_the_other_store_are_named_and_kept(made: Made) -> None:
    store, other = made("memory"), made("sqlite")
    fill(store)
    other.collection("cases").create([{"id": "mine"}, {"id": "000", "n": 0}])
    with pytest.raises(CommandError, match=r"'cases'.*'mine'"):
        migrate(store, other)
    assert [each["id"] for each in other.collection("cases").find()] == ["mine", "000"]


def test_more_documents_in_the_other_store_are_told_before_anything_is_written(made: Made) -> None:
    store, other = made("memory"), made("sqlite")
    store.collection("cases").create({"id": "one"})
    other.collection("cases").create([{"id": "one"}, {"id": "two"}])
    with pytest.raises(CommandError, match="documents of its own"):
        migrate(store, other)


def test_a_document_that_has_another_content_there_is_named(made: Made) -> None:
    store, other = made("memory"), made("sqlite")
    fill(store)
    other.collection("cases").create({"id": "000", "n": "another"})
    with pytest.raises(DuplicateIdError, match=r"'cases'.*'000'"):
        migrate(store, other)
    assert other.collection("cases").find() == [{"id": "000", "n": "another"}]


def test_a_difference_afterwards_names_the_collection(made: Made) -> None:
    store, other = made("memory"), made("sqlite")
    fill(store)

    def change(what: str, done: int, total: int) -> None:
        if what == "assets: copying bytes":
            other.collection("cases").patch("000", {"n": "changed"})

    with pytest.raises(StoreError, match="'cases' are not those"):
        migrate(store, other, change)


def test_an_asset_that_is_gone_afterwards_is_told(made: Made) -> None:
    store, other = made("memory"), made("sqlite")
    fill(store)

    def lose(what: str, done: int, total: int) -> None:
        if "checking" in what:
            for asset in list(other.assets):
                other.assets.remove(asset.id)

    with pytest.raises(StoreError, match="3 assets are not as they were copied"):
        migrate(store, other, lose)


def test_a_damaged_asset_is_told(made: Made) -> None:
    store, other = made("sqlite"), made("memory")
    fill(store)
    folder = Path(store.location.removeprefix("sqlite:"))
    asset = next(asset for asset in store.assets if asset.size == 8)
    (file,) = folder.glob(f"assets/*/{asset.id}*")
    file.write_bytes(b"a litter")
    with pytest.raises(StoreError, match=r"damaged.*restore it"):
        migrate(store, other)


def test_a_servers_own_collections_stay_with_it(made: Made) -> None:
    store, other = made("sqlite"), made("http")
    store.collection("imlkit:users").create({"id": "ada"})
    store.collection("cases").create({"id": "one"})
    done = migrate(store, other)
    assert (done.documents, done.left_out) == ({"cases": 1}, ("imlkit:users",))
    assert other.collections() == ["cases"]


def test_a_store_is_not_copied_into_itself(made: Made) -> None:
    store = made("sqlite")
    with pytest.raises(CommandError, match="the same"):
        migrate(store, store)
