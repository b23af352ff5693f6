from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from imlkit.tables.samples.sample_cache import SampleCache
from imlkit.tables.samples.sample_type import Sample

SAMPLE = Sample("image/png", b"\x89PNG\n\n{}\n", "été <b>")


@pytest.fixture
def cache(tmp_path: Path) -> SampleCache:
    return SampleCache(tmp_path / "previews")


def key(n: int) -> str:
    return f"{n:064x}"


def test_what_was_put_is_got(cache: SampleCache) -> None:
    words = Sample("text/plain", None, "words")
    cache.put(key(1), SAMPLE)
    cache.put(key(2), words)
    assert (cache.get(key(1)), cache.get(key(2)), cache.get(key(3))) == (SAMPLE, words, None)


def test_a_file_that_changed_has_another_key(cache: SampleCache, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"one")
    os.utime(file, ns=(10, 10))
    before = cache.key(file, "type", 96)
    assert cache.key(file, "type", 96) == before
    assert cache.key(file, "type", 97) != before
    os.utime(file, ns=(10, 11))
    assert cache.key(file, "type", 96) != before


def test_a_damaged_preview_is_none(cache: SampleCache) -> None:
    cache.put(key(1), SAMPLE)
    (file,) = (one for one in cache.folder.rglob(key(1)))
    for damaged in (b"", b"no json\nabc", b"{}", file.read_bytes()[:-1], b"[]\n"):
        file.write_bytes(damaged)
        assert cache.get(key(1)) is None
    cache.put(key(1), SAMPLE)
    assert cache.get(key(1)) == SAMPLE


def test_the_previews_used_longest_ago_go_first(tmp_path: Path) -> None:
    cache = SampleCache(tmp_path / "previews", most=10_000)
    for n in range(20):
        cache.put(key(n), Sample("image/png", bytes(1_000), ""))
        os.utime(next(cache.folder.rglob(key(n))), (n, n))
    cache.get(key(0))
    cache.trim()
    kept = [n for n in range(20) if cache.get(key(n))]
    assert 5 <= len(kept) <= 9
    assert kept == [0, *range(21 - len(kept), 20)]


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = SampleCache(tmp_path / "file")
    cache.put(key(1), SAMPLE)
    cache.trim()
    assert cache.get(key(1)) is None


def test_several_processes_share_a_folder(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from imlkit.tables.samples.sample_cache import SampleCache
from imlkit.tables.samples.sample_type import Sample
cache = SampleCache(Path(sys.argv[1]), most=30_000)
for turn in range(3):
    for n in range(60):
        name = f"{n:064x}"
        wanted = Sample("image/png", bytes([n]) * 1_000, str(n))
        assert cache.get(name) in (None, wanted)
        cache.put(name, wanted)
    cache.trim()
"""
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "previews")], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in started:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said.decode()
    files = [one for one in (tmp_path / "previews").rglob("*") if one.is_file() and len(one.name) == 64]
    assert files
    assert sum(one.stat().st_size for one in files) <= 35_000


def test_a_preview_that_is_used_is_kept_longer(cache: SampleCache) -> None:
    cache.put(key(1), SAMPLE)
    (file,) = (one for one in cache.folder.rglob(key(1)))
    os.utime(file, (10, 10))
    cache.get(key(1))
    assert time.time() - file.stat().st_mtime < 60
