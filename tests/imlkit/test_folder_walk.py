"""The files of a folder, walked through here or ahead in another process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imlkit.errors import DataError
from imlkit.folder_walk import Found, walk_ahead, walked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.png", "a/ü 1.png", "a/b/c\nd.csv", ".hidden/x.png", "a/.y.png", "__MACOSX/z.png", "a.b"):
        file = tmp_path / "things" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * len(name))
    (tmp_path / "things" / "loop").symlink_to(tmp_path / "things")
    return tmp_path / "things"


@pytest.mark.parametrize("ahead", [False, True])
def test_files_come_in_the_order_of_their_paths_without_what_is_hidden(folder: Path, ahead: bool) -> None:
    os.close(os.open(os.fsencode(folder) + b"/\xff.png", os.O_CREAT | os.O_WRONLY))
    if ahead:
        walk_ahead(folder)
    found = walked(folder)
    assert found == [
        Found("a.b", 3),
        Found("a/b/c\nd.csv", 11),
        Found("a/ü 1.png", 9),
        Found("b.png", 5),
        Found("\ufffd.png", 0),
    ]
    assert [each.ending for each in found] == [".b", ".csv", ".png", ".png", ".png"]
    assert [each.folder for each in found] == ["", "a/b", "a", "", ""]


def test_what_was_walked_ahead_is_taken_once(folder: Path) -> None:
    walk_ahead(folder)
    before = walked(folder)
    (folder / "new.png").write_bytes(b"")
    assert [each.path for each in walked(folder)] == sorted([*(each.path for each in before), "new.png"])


def test_a_folder_that_is_gone_is_told(folder: Path) -> None:
    walk_ahead(folder / "not there")
    with pytest.raises(DataError, match="cannot be read"):
        walked(folder / "not there")


def test_an_empty_folder_and_a_file_hold_no_files(tmp_path: Path) -> None:
    walk_ahead(tmp_path)
    assert walked(tmp_path) == []
    (tmp_path / "file").write_bytes(b"")
    walk_ahead(tmp_path / "file")
    with pytest.raises(DataError, match="cannot be read"):
        walked(tmp_path / "file")
