"""Backups, and putting them back."""

from __future__ import annotations

import os
import resource
import sqlite3
import stat
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from imlkit.errors import CommandError, DocumentError, DuplicateIdError, StoreError, StoreFullError
from imlkit.store import Store
from imlkit.stores.operations.archive import opened_archive
from imlkit.stores.operations.backup import backup
from imlkit.stores.operations.restore import Restored, restore

from .conftest import Made
from .contents import ASSETS, KINDS, contents, fill, holds_the_same


def restored(path: Path, store: Store, merge: bool = False) -> Restored:
    with opened_archive(path) as archive:
        return restore(archive, store, merge=merge)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_backed_up_is_restored(kind: str, made: Made, tmp_path: Path) -> None:
    store, again = made(kind), made(kind)
    fill(store)
    manifest = backup(store, tmp_path / "b.zip")
    done = restored(tmp_path / "b.zip", again)
    assert holds_the_same(store, again)
    assert sum(kept.count for kept in manifest.collections) == sum(done.documents.values()) == 56
    assert manifest.assets.count == done.assets == len(ASSETS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_of_one_kind_of_store_is_restored_into_another(
    kind: str, made: Made, tmp_path: Path
) -> None:
    store, other, back = made("sqlite"), made(kind), made("memory")
    fill(store)
    backup(store, tmp_path / "b.zip")
    restored(tmp_path / "b.zip", other)
    backup(other, tmp_path / "c.zip")
    restored(tmp_path / "c.zip", back)
    assert holds_the_same(store, back)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_is_of_one_moment_whoever_writes_meanwhile(kind: str, made: Made, tmp_path: Path) -> None:
    store, again = made(kind), made("memory")
    cases = store.collection("cases")
    cases.create([{"id": f"{n:04d}", "n": n} for n in range(250)])
    before = cases.find()

    def write(what: str, done: int, total: int) -> None:
        cases.create({"made": f"{what} {done}"})
        cases.remove(cases.find(sort={"n": -1}, limit=1)[0]["id"])
        cases.patch("0003", {"n": -1})

    backup(store, tmp_path / "b.zip", report=write)
    restored(tmp_path / "b.zip", again)
    assert cases.count({"made": {"$exists": True}}) > 10
    assert again.collection("cases").find() == before


def test_an_empty_store_can_be_backed_up_and_restored(made: Made, tmp_path: Path) -> None:
    backup(made("sqlite"), tmp_path / "b.zip")
    again = made("sqlite")
    restored(tmp_path / "b.zip", again)
    assert contents(again) == ({}, {})


def test_a_servers_own_collections_are_in_a_backup_and_are_left_out_on_a_server(
    made: Made, tmp_path: Path
) -> None:
    store, again, served = made("sqlite"), made("sqlite"), made("http")
    store.collection("imlkit:users").create({"id": "ada", "role": "admin"})
    store.collection("cases").create({"id": "one"})
    backup(store, tmp_path / "b.zip")
    restored(tmp_path / "b.zip", again)
    assert holds_the_same(store, again)
    assert restored(tmp_path / "b.zip", served).left_out == ("imlkit:users",)
    assert served.collections() == ["cases"]


def test_a_backup_is_its_owners_alone_and_takes_no_other_files_place(made: Made, tmp_path: Path) -> None:
    store, path = made("memory"), tmp_path / "b.zip"
    backup(store, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_bytes()
    fill(store)
    with pytest.raises(CommandError, match="--force"):
        backup(store, path)
    assert path.read_bytes() == first
    backup(store, path, replace=True)
    assert path.stat().st_size > len(first)
    assert os.listdir(tmp_path) == ["b.zip"]


def test_a_file_that_comes_while_a_backup_is_written_is_left_as_it_is(made: Made, tmp_path: Path) -> None:
    store, path = made("memory"), tmp_path / "b.zip"
    fill(store)
    with pytest.raises(CommandError, match="there already"):
        backup(store, path, report=lambda *_: path.write_bytes(b"mine"))
    assert path.read_bytes() == b"mine"
    assert os.listdir(tmp_path) == ["b.zip"]


def test_a_backup_that_is_broken_off_leaves_nothing_and_what_was_there(made: Made, tmp_path: Path) -> None:
    store, path = made("memory"), tmp_path / "b.zip"
    fill(store)
    path.write_bytes(b"earlier")

    def stop(what: str, done: int, total: int) -> None:
        if done > 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(store, path, replace=True, report=stop)
    assert path.read_bytes() == b"earlier"
    assert os.listdir(tmp_path) == ["b.zip"]


def test_a_disk_without_space_is_told_and_nothing_is_left_on_it(made: Made, tmp_path: Path) -> None:
    store = made("memory")
    fill(store)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        with pytest.raises(StoreFullError, match="no space is left"):
            backup(store, tmp_path / "b.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(tmp_path) == []


def test_a_backup_into_a_folder_that_is_not_there_says_so(made: Made, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="choose another place"):
        backup(made("memory"), tmp_path / "none" / "b.zip")


def test_a_damaged_asset_or_document_is_told_and_not_backed_up(made: Made, tmp_path: Path) -> None:
    store = made("sqlite")
    fill(store)
    (tmp_path / "out").mkdir()
    folder = Path(store.location.removeprefix("sqlite:"))
    asset = next(asset for asset in store.assets if asset.size == 8)
    (file,) = folder.glob(f"assets/*/{asset.id}*")
    file.write_bytes(b"a litter")
    with pytest.raises(StoreError, match=asset.id):
        backup(store, tmp_path / "out" / "b.zip")
    file.write_bytes(b"a letter")
    with sqlite3.connect(folder / "store.sqlite") as connection:
        connection.execute("UPDATE attachments SET content = x'78' WHERE name LIKE '%.npy'")
    with pytest.raises(DocumentError, match="'plain' is damaged"):
        backup(store, tmp_path / "out" / "b.zip")
    with sqlite3.connect(folder / "store.sqlite") as connection:
        connection.execute("DELETE FROM attachments")
    connection.close()
    with pytest.raises(StoreError, match=r"'plain' of 'odd.*is missing"):
        backup(store, tmp_path / "out" / "b.zip")
    assert os.listdir(tmp_path / "out") == []


def test_a_store_with_documents_is_not_restored_into(made: Made, tmp_path: Path) -> None:
    store, other = made("memory"), made("memory")
    fill(store)
    backup(store, tmp_path / "b.zip")
    other.collection("mine").create({"id": "one"})
    with pytest.raises(CommandError, match=r"'mine'.*--merge"):
        restored(tmp_path / "b.zip", other)
    assert contents(other) == ({"mine": [{"id": "one"}]}, {})


@pytest.mark.parametrize("kind", KINDS)
def test_merging_adds_what_is_missing_and_keeps_what_is_there(kind: str, made: Made, tmp_path: Path) -> None:
    store, other = made("memory"), made(kind)
    fill(store)
    backup(store, tmp_path / "b.zip")
    fill(other)
    other.collection("cases").remove(["007", "014"])
    other.collection("cases").create({"id": "mine"})
    restored(tmp_path / "b.zip", other, merge=True)
    ids = [document["id"] for document in other.collection("cases").find()]
    assert len(ids) == 51
    assert ids[-3:] == ["mine", "007", "014"]


def test_merging_names_the_documents_that_differ_and_writes_nothing(made: Made, tmp_path: Path) -> None:
    store, other = made("memory"), made("sqlite")
    fill(store)
    backup(store, tmp_path / "b.zip")
    cases = other.collection("cases")
    cases.create([{"id": f"{n:03d}", "n": "other"} for n in range(12)])
    with pytest.raises(DuplicateIdError, match=r"12 documents.*'000' in 'cases'.*'007' in .* and more"):
        restored(tmp_path / "b.zip", other, merge=True)
    assert cases.count() == 12
    assert list(other.assets) == []


def test_restoring_that_was_broken_off_goes_on_by_merging(made: Made, tmp_path: Path) -> None:
    store, other = made("memory"), made("sqlite")
    store.collection("cases").create([{"n": n} for n in range(2_500)])
    backup(store, tmp_path / "b.zip")

    def stop(what: str, done: int, total: int) -> None:
        if "writing" in what and done > 1_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), opened_archive(tmp_path / "b.zip") as archive:
        restore(archive, other, report=stop)
    assert 0 < other.collection("cases").count() < 2_500
    restored(tmp_path / "b.zip", other, merge=True)
    assert holds_the_same(store, other)


@pytest.mark.slow
def test_a_store_larger_than_memory_is_to_be_is_backed_up_and_restored(made: Made, tmp_path: Path) -> None:
    store, again = made("sqlite"), made("sqlite")
    random = np.random.default_rng(1)
    large = store.collection("large")
    for n in range(60):
        large.create({"n": n, "x": random.random(125_000)})
    store.assets.put(random.bytes(60_000_000))
    tracemalloc.start()
    try:
        backup(store, tmp_path / "b.zip")
        restored(tmp_path / "b.zip", again)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 80_000_000
    assert again.collection("large").count() == 60
