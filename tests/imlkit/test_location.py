"""A location names one store, however it is spelled."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import imlkit.location
from imlkit import data_store
from imlkit.errors import LocationError, MissingDependencyError, StoreUnavailableError
from imlkit.location import data_folder, open_stores
from imlkit.registry import found
from imlkit.store import Store
from imlkit.stores.memory import MemoryStore
from imlkit.stores.sqlite import SQLiteStore
from imlkit.stores.tinydb import TinyDBStore


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = set(open_stores())
    monkeypatch.setenv("IMLKIT_DATA", str(tmp_path))
    yield tmp_path
    for store in open_stores():
        if store not in before:
            store.close()


def test_memory_is_new_each_time_unless_it_has_a_name() -> None:
    assert data_store("memory:") is not data_store("memory:")
    assert data_store() is not data_store()
    assert data_store("memory:shared") is data_store("memory:shared")
    assert data_store("memory:shared") is not data_store("memory:other")


def test_every_spelling_of_a_folder_is_one_store(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = data_store("drawings")
    assert isinstance(store, SQLiteStore)
    assert (data / "drawings" / "store.sqlite").exists()
    (data / "link").symlink_to(data / "drawings")
    spellings: list[str | Path] = [
        "drawings/",
        "./drawings",
        "x/../drawings",
        "sqlite:drawings",
        "SQLite:drawings",
        "sqlite:///drawings",
        f"sqlite:///{data}/drawings",
        f"sqlite:{data}/drawings",
        str(data / "drawings"),
        data / "drawings",
        Path("drawings"),
        "link",
    ]
    for spelling in spellings:
        assert data_store(spelling) is store, spelling
    monkeypatch.delenv("IMLKIT_DATA")
    monkeypatch.chdir(data)
    assert data_store("drawings") is store


def test_tinydb_folders(data: Path) -> None:
    store = data_store("tinydb:project")
    assert isinstance(store, TinyDBStore)
    assert store.folder == data / "project"
    assert data_store(f"tinydb:{data}/project/") is store


def test_an_unknown_scheme_is_told_with_those_installed() -> None:
    with pytest.raises(
        LocationError, match=r"'mongodb' is none of .*memory, .*sqlite, .*tinydb.*'\./mongodb"
    ):
        data_store("mongodb://host/things")


@pytest.mark.parametrize(
    "location", ["", "sqlite:", "tinydb:  ", "sqlite:///", "sqlite://host/folder", "a\x00b", 7, None]
)
def test_what_names_no_folder_is_told(location: object) -> None:
    with pytest.raises(LocationError):
        data_store(location)  # type: ignore[arg-type]


def test_a_drive_letter_is_no_scheme() -> None:
    assert isinstance(data_store("C:drawings"), SQLiteStore)
    assert data_folder("C:\\data").name.endswith("data")


def test_a_path_is_a_folder_whatever_its_name(data: Path) -> None:
    store = data_store(Path("memory:odd"))
    assert isinstance(store, SQLiteStore)
    assert store.folder == data / "memory:odd"
    assert data_store("./memory:odd") is store


def test_the_home_folder_may_be_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(data / "home"))
    assert data_folder("~/drawings") == data / "home" / "drawings"


def test_a_closed_store_is_opened_anew() -> None:
    first = data_store("drawings")
    first.collection("d").create({"id": "a"})
    first.close()
    with pytest.raises(StoreUnavailableError, match="data_store"):
        first.collection("d").count()
    second = data_store("drawings")
    assert second is not first
    assert second.collection("d").find() == [{"id": "a"}]


def test_threads_that_open_at_once_get_one_store() -> None:
    stores: list[Store] = []
    ready = threading.Barrier(8)

    def open_it() -> None:
        ready.wait()
        stores.append(data_store("drawings"))

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores) == 8
    assert len(set(map(id, stores))) == 1


def test_a_folder_that_failed_can_be_tried_again(data: Path) -> None:
    (data / "place").write_text("a file in the way")
    with pytest.raises(StoreUnavailableError, match="place"):
        data_store("place")
    (data / "place").unlink()
    assert data_store("place").collections() == []


def test_open_stores_are_listed() -> None:
    before = set(open_stores())
    named, unnamed, folder = data_store("memory:shared"), data_store("memory:"), data_store("drawings")
    assert set(open_stores()) - before == {named, unnamed, folder}
    folder.close()
    named.close()
    assert set(open_stores()) - before == {unnamed}


class Remote(MemoryStore):
    """What another package might register."""

    resolve = None  # type: ignore[assignment]


def test_another_package_s_store_is_called_with_the_location(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("remote", f"{__name__}:Remote", "imlkit.stores")
    monkeypatch.setattr(imlkit.location, "found", lambda group: {**found(group), "remote": entry})
    store = data_store("remote+tls://host:80/things")
    assert isinstance(store, Remote)
    assert store.location == "remote+tls://host:80/things"
    assert data_store("remote+tls://host:80/things") is store


def test_the_built_in_stores_come_by_entry_points() -> None:
    assert {"memory", "sqlite", "tinydb"} <= set(found("imlkit.stores"))


def test_a_script_that_ends_leaves_one_file_and_no_complaint(data: Path) -> None:
    script = (
        "from imlkit import data_store; c = data_store('d').collection('x');"
        "c.changes.subscribe(print); c.create({'n': 1})"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", script],
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [path.name for path in (data / "d").iterdir()] == ["store.sqlite"]


def test_a_store_whose_package_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("imlkit.stores.postgresql")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'imlkit\[postgresql\]'"):
        data_store("postgresql://127.0.0.1/none")
