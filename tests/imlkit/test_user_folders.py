"""Where imlkit keeps what programs of one user share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imlkit.user_folders import cache_folder, named_folder, settings_folder, state_folder


def test_the_cache_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMLKIT_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


def test_a_named_folder_is_absolute_and_may_begin_at_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("IMLKIT_PLACE", " ~/here ")
    assert named_folder("IMLKIT_PLACE") == tmp_path / "here"
    monkeypatch.setenv("IMLKIT_PLACE", "here")
    assert named_folder("IMLKIT_PLACE") == Path(os.curdir, "here").absolute()
    monkeypatch.setenv("IMLKIT_PLACE", " ")
    assert named_folder("IMLKIT_PLACE") is None


def test_on_linux_the_folders_are_where_the_desktop_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("CACHE", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    found = [cache_folder(), settings_folder(), state_folder()]
    assert found == [tmp_path / name / "imlkit" for name in ("CACHE", "CONFIG", "STATE")]


def test_on_linux_they_are_in_the_home_folder_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CACHE", "CONFIG", "STATE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    found = [cache_folder(), settings_folder(), state_folder()]
    assert found == [tmp_path / name / "imlkit" for name in (".cache", ".config", ".local/state")]
