"""Backups that are damaged, cut off, or made to harm."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imlkit.errors import ArchiveError, DataError
from imlkit.stores.memory import MemoryStore
from imlkit.stores.operations.archive import opened_archive
from imlkit.stores.operations.archive_format import RATIO
from imlkit.stores.operations.backup import backup
from imlkit.stores.operations.restore import restore
from imlkit.stores.sqlite import SQLiteStore

from .conftest import Made
from .contents import fill, holds_the_same
from .forged import LINES, Parts, forged, lines, part


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small backup."""
    store = MemoryStore()
    store.collection("cases").create([{"id": f"{n}", "n": n, "x": b"raw"} for n in range(3)])
    store.assets.put(b"a letter", "text/plain")
    (tmp_path / "archives").mkdir()
    backup(store, tmp_path / "archives" / "b.zip")
    return tmp_path / "archives" / "b.zip"


def refused(path: Path, said: str = "cannot be re") -> None:
    """Assert that a backup is refused in such words, and that nothing is written."""
    store = MemoryStore()
    with pytest.raises(ArchiveError, match=said), opened_archive(path) as archive:
        restore(archive, store)
    assert store.collections() == []
    assert list(store.assets) == []


def test_a_backup_that_is_cut_off_anywhere_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(0, len(whole), 11):
        path.write_bytes(whole[:length])
        refused(path, "cannot be restored")


def test_a_byte_that_was_changed_is_found_or_does_no_harm(path: Path) -> None:
    whole, harmless = path.read_bytes(), 0
    good = MemoryStore()
    with opened_archive(path) as archive:
        restore(archive, good)
    for place in range(0, len(whole), 5):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        store = MemoryStore()
        try:
            with opened_archive(path) as archive:
                restore(archive, store)
        except ArchiveError:
            assert store.collections() == []
        else:
            # Such as the time at which a part was written.
            assert holds_the_same(store, good)
            harmless += 1
    assert harmless < len(whole) / 20


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18), os.urandom(5_000)])
def test_what_is_no_backup_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    refused(path)


def test_a_file_that_is_not_there_or_a_folder_is_refused(path: Path) -> None:
    refused(path.parent, "cannot be read")
    refused(path.with_name("none.zip"), "cannot be read")


def test_another_zip_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("imlkit.json", "{}")
    refused(path, r"manifest\.json")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", "{}")
    refused(path, "no backup of a store")


def test_a_backup_of_a_newer_imlkit_is_refused(path: Path) -> None:
    forged(path, lambda manifest, _: manifest.update(format=2))
    refused(path, "update imlkit")


@pytest.mark.parametrize(
    "changed",
    [
        {"collections": None},
        {"collections": [{}]},
        {"collections": {"name": 1}},
        {"collections": [{"name": "a", "count": 1, "parts": []}]},
        {"collections": [{"name": "a", "count": 0, "parts": []}] * 2},
        {"collections": [{"name": "\ud800", "count": 0, "parts": []}]},
        {"collections": [{"name": 5, "count": 0, "parts": []}]},
        {"assets": None},
        {"format": True},
        {"format": "1"},
        {"format": 0},
        {"format": 10**400},
        {"imlkit": "dataset"},
    ],
)
def test_a_manifest_that_is_none_is_refused(path: Path, changed: dict[str, Any]) -> None:
    if "format" in changed and changed["format"] is True:
        changed = {"format": [1]}
    forged(path, lambda manifest, _: manifest.update(changed))
    refused(path)


@pytest.mark.parametrize(
    "changed",
    [
        {"lines": 4},
        {"lines": -3},
        {"lines": 3.0},
        {"packed": 10},
        {"packed": 2**62},
        {"unpacked": 1},
        {"unpacked": 10**12},
        {"sha256": "0" * 64},
        {"sha256": None},
        {"compressed": False},
        {"compressed": 1},
    ],
)
def test_a_part_that_is_not_as_the_manifest_says_is_refused(path: Path, changed: dict[str, Any]) -> None:
    forged(path, lambda manifest, _: manifest["collections"][0]["parts"][0].update(changed))
    refused(path)


def test_a_part_that_is_missing_is_refused(path: Path) -> None:
    forged(path, lambda _, parts: parts.pop(LINES))
    refused(path, r"000001\.jsonl")


def test_a_zip_that_is_compressed_is_refused_before_it_is_unpacked(path: Path) -> None:
    bomb = bytes(50_000_000)

    def change(manifest: dict[str, Any], parts: Parts) -> None:
        digest = hashlib.sha256(bomb).hexdigest()
        described = {"lines": 1, "packed": len(bomb), "unpacked": len(bomb), "sha256": digest}
        manifest["collections"][0].update(count=1, parts=[{**described, "compressed": False}])
        parts["documents/000001/000001.jsonl"] = bomb

    forged(path, change, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    refused(path)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("honest", [True, False])
def test_a_small_part_that_unpacks_to_a_large_one_is_refused(path: Path, honest: bool) -> None:
    content = gzip.compress(b"[" * 50_000_000)

    def change(manifest: dict[str, Any], parts: Parts) -> None:
        described = part(content, 1)
        if not honest:
            described["unpacked"] = RATIO * len(content)
        manifest["collections"][0].update(count=1, parts=[described])
        parts[LINES] = content

    forged(path, change)
    tracemalloc.start()
    refused(path)
    # Of one that lies, no more is unpacked than it says.
    assert tracemalloc.get_traced_memory()[1] < 2.5 * RATIO * len(content)
    tracemalloc.stop()


def test_parts_that_lie_over_each_other_are_refused(path: Path) -> None:
    content = bytes(100_000)
    forged(path, lambda _, parts: parts.update({f"x{n}": b"" for n in range(20)} | {"y": content}))
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    found = {}
    while data[at : at + 4] == b"PK\x01\x02":
        name, extra, comment = struct.unpack("<3H", data[at + 28 : at + 34])
        found[bytes(data[at + 46 : at + 46 + name])] = at
        at += 46 + name + extra + comment
    real = found[b"y"]
    for name, entry in found.items():
        if name.startswith(b"x"):
            data[entry + 16 : entry + 28] = data[real + 16 : real + 28]
            data[entry + 42 : entry + 46] = data[real + 42 : real + 46]
    path.write_bytes(data)
    refused(path, "lie over each other")


def test_a_table_of_contents_that_memory_could_not_hold_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-10] + struct.pack("<L", 2**32 - 2) + whole[-6:])
    refused(path, "table of contents")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"no json",
        b"[]",
        b"[" * 100_000,
        b'{"id":"a","fields":{},"attachments":{}}{}',
        b'{"id":"a","fields":{"n":' + b"9" * 5_000 + b'},"attachments":{}}',
        {},
        {"id": "a", "fields": {}},
        {"id": "", "fields": {}, "attachments": {}},
        {"id": 5, "fields": {}, "attachments": {}},
        {"id": "\ud800", "fields": {}, "attachments": {}},
        {"id": "a", "fields": [], "attachments": {}},
        {"id": "a", "fields": {}, "attachments": []},
        {"id": "a", "fields": {}, "attachments": {}, "path": "/etc/passwd"},
        {"id": "a", "fields": {"id": "b"}, "attachments": {}},
        {"id": "a", "fields": {"x": {"$bytes": "../../etc/passwd"}}, "attachments": {}},
        {"id": "a", "fields": {"x": {"$bytes": "0" * 64 + ".bin"}}, "attachments": {}},
        {"id": "a", "fields": {}, "attachments": {"../../x.bin": ""}},
        {"id": "a", "fields": {}, "attachments": {"0" * 64 + ".bin": "eA=="}},
        {"id": "a", "fields": {}, "attachments": {hashlib.sha256(b"").hexdigest() + ".bin": ""}},
        {"id": "a", "fields": {"x": {"$pickle": "x"}}, "attachments": {}},
    ],
)
def test_a_line_that_is_no_document_is_refused(path: Path, line: Mapping[str, Any] | bytes) -> None:
    lines(path, [line])
    refused(path)


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "../../../etc/passwd"},
        {"id": "0" * 64},
        {"id": 5},
        {"size": 7},
        {"size": "8"},
        {"media_type": ""},
        {"media_type": "text/plain\nx: y"},
        {"path": "x"},
    ],
)
def test_an_asset_that_is_not_as_it_is_listed_is_refused(path: Path, changed: dict[str, Any]) -> None:
    def change(manifest: dict[str, Any], parts: Parts) -> None:
        name = next(name for name in parts if name.startswith("asset-lists"))
        compressed = name.endswith(".gz")
        said = json.loads(gzip.decompress(parts.pop(name)) if compressed else parts.pop(name))
        content = gzip.compress(json.dumps({**said, **changed}).encode() + b"\n")
        manifest["assets"]["parts"] = [part(content, 1)]
        parts["asset-lists/000001.jsonl.gz"] = content

    forged(path, lambda manifest, parts: None)
    forged(path, change)
    refused(path)


def test_an_asset_with_another_content_than_its_name_says_is_refused(path: Path) -> None:
    id = hashlib.sha256(b"a letter").hexdigest()
    forged(path, lambda _, parts: parts.update({f"assets/{id}": b"a litter"}))
    refused(path, id)


class _Evil:
    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, ("unpickled",)


@pytest.mark.parametrize("kind", ["sqlite", "tinydb", "memory", "http"])
def test_nothing_is_unpickled(
    kind: str, made: Made, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_2_0(head, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    content = head.getvalue() + pickle.dumps(_Evil())
    name = f"{hashlib.sha256(content).hexdigest()}.npy"
    sent = {name: base64.b64encode(content).decode()}
    lines(path, [{"id": "a", "fields": {"x": {"$array": name}}, "attachments": sent}])
    store = made(kind)
    before = set(tmp_path.iterdir())
    monkeypatch.chdir(tmp_path)
    opens_nothing = kind == "sqlite"
    with (
        nullcontext() if opens_nothing else pytest.raises(DataError, match="'a' of 'cases' cannot be read"),
        opened_archive(path) as archive,
    ):
        restore(archive, store)
    assert set(tmp_path.iterdir()) == before


def test_names_of_collections_ids_and_parts_never_become_paths(path: Path, tmp_path: Path) -> None:
    forged(path, lambda _, parts: parts.update({"../../climbed": b"x", "/climbed": b"x"}))
    lines(path, [{"id": "../../climbed", "fields": {}, "attachments": {}}], "../../climbed")
    store = SQLiteStore(tmp_path / "deep" / "deeper" / "store")
    with opened_archive(path) as archive:
        restore(archive, store)
    assert store.collection("../../climbed").find() == [{"id": "../../climbed"}]
    store.close()
    assert not any("climbed" in name for _, folders, files in os.walk(tmp_path) for name in folders + files)


def test_everything_that_a_store_holds_can_be_read_without_imlkit(made: Made, tmp_path: Path) -> None:
    store = made("sqlite")
    fill(store)
    backup(store, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert [(each["name"], each["count"]) for each in manifest["collections"]] == [
            ("cases", 50),
            ('odd/../"names"\x00 🙂', 6),
        ]
        content = gzip.decompress(archive.read(LINES))
        assert json.loads(content.splitlines()[1]) == {"id": "007", "fields": {"n": 1}, "attachments": {}}
        for asset in store.assets:
            with store.assets.open(asset.id) as kept:
                assert archive.read(f"assets/{asset.id}") == kept.read()
