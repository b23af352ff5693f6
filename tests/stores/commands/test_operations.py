"""The commands that look after a store."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from imlkit import data_store
from imlkit.cli import main
from imlkit.stores.sqlite import SQLiteStore
from tests.stores.serving import served


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IMLKIT_DATA", raising=False)
    return tmp_path


def filled(place: str, count: int = 3) -> None:
    store = data_store(place)
    store.collection("cases").create([{"id": f"{n}", "n": n} for n in range(count)])
    store.assets.put(b"a letter", "text/plain")
    store.close()


def ids(place: str) -> list[str]:
    store = data_store(place)
    try:
        return [each["id"] for each in store.collection("cases").find()]
    finally:
        store.close()


@pytest.mark.parametrize(
    "words",
    [
        ["backup", "lab", "b.zip"],
        ["backup", "--data", "lab", "b.zip"],
        ["--data", "lab", "backup", "b.zip"],
        ["backup", "sqlite:lab", "b.zip"],
    ],
)
def test_a_store_is_backed_up_wherever_its_place_is_said(
    words: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled("lab")
    assert main(["store", *words]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("b.zip: 3 documents of 1 collections and 1 assets, ")
    assert "'cases': writing documents" in said.err
    assert stat.S_IMODE((here / "b.zip").stat().st_mode) == 0o600


def test_the_usual_folder_is_backed_up_where_none_is_said(here: Path) -> None:
    filled("imlkit-data")
    assert main(["store", "backup", "b.zip"]) == 0
    assert main(["store", "restore", "b.zip", "other"]) == 0
    assert ids("other") == ["0", "1", "2"]


def test_a_backup_is_restored_and_merged(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled("lab")
    assert main(["store", "backup", "lab", "b.zip"]) == 0
    assert main(["store", "restore", "b.zip", "tinydb:other"]) == 0
    assert "3 documents and 1 assets are restored." in capsys.readouterr().out
    assert ids("tinydb:other") == ["0", "1", "2"]
    assert main(["store", "restore", "b.zip", "tinydb:other"]) == 2
    assert "--merge" in capsys.readouterr().err
    assert main(["store", "restore", "--merge", "b.zip", "tinydb:other"]) == 0


def test_for_a_damaged_backup_no_store_is_made(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled("lab")
    assert main(["store", "backup", "lab", "b.zip"]) == 0
    content = (here / "b.zip").read_bytes()
    (here / "b.zip").write_bytes(content[:100] + b"?" + content[101:])
    assert main(["store", "restore", "b.zip", "other"]) == 2
    assert "'b.zip' cannot be restored" in capsys.readouterr().err
    assert not (here / "other").exists()


def test_a_store_is_copied_to_a_server_and_back(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled("lab")
    with served(SQLiteStore(here / "served"), here / "uploads") as url:
        assert main(["store", "migrate", "lab", url]) == 0
        assert main(["store", "migrate", url, "back"]) == 0
        assert main(["store", "compact", url]) == 2
    said = capsys.readouterr()
    assert said.out.count("3 documents of 1 collections and 1 assets (8 bytes) are copied and checked.") == 2
    assert "where its server runs" in said.err
    assert ids("back") == ["0", "1", "2"]


def test_a_store_is_compacted_and_tells_its_size(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = data_store("lab")
    store.collection("cases").create([{"x": bytes(50_000)} for _ in range(20)])
    store.collection("cases").remove({})
    store.close()
    assert main(["store", "--data", "lab", "compact"]) == 0
    words = capsys.readouterr().out.replace(",", "").split()
    assert words[0] == "Before:"
    assert int(words[1]) > int(words[4]) + 900_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["backup", "none", "b.zip"], "there is no such store in"),
        (["backup", "readable", "b.zip"], "write 'tinydb:'"),
        (["backup", "memory:", "b.zip"], "keeps nothing"),
        (["backup", "lab", "b.zip", "--data", "lab"], "several stores"),
        (["--data", "lab", "backup", "--database", "postgresql://x/y", "b.zip"], "several stores"),
        (["compact", "none"], "there is no such store in"),
        (["migrate", "none", "other"], "there is no such store in"),
        (["migrate", "lab", "lab"], "the same"),
        (["--data", "lab", "migrate", "lab", "other"], "leave --data"),
        (["restore", "none.zip", "other"], "'none.zip' cannot be read"),
        (["restore", "lab", "other"], "'lab' cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_and_makes_nothing(
    words: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled("lab")
    filled("tinydb:readable")
    assert main(["store", *words]) == 2
    assert said in capsys.readouterr().err
    assert sorted(path.name for path in here.iterdir()) == ["lab", "readable"]
    assert not (here / "readable" / "store.sqlite").exists()


@pytest.mark.parametrize(
    "location",
    [
        "postgresql://ada:geheim@127.0.0.1:1/lab",
        "postgresql://127.0.0.1:1/lab?user=ada&password=geheim",
        "mysql://ada:geheim@localhost/lab",
        "http://ada:geheim@127.0.0.1:1",
    ],
)
def test_passwords_in_locations_are_never_said(
    location: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled("lab")
    assert main(["store", "migrate", "lab", location]) == 2
    assert main(["store", "backup", location, "b.zip"]) == 2
    said = capsys.readouterr()
    assert "geheim" not in said.out + said.err
    assert len(said.err) > 100


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_backup_that_is_stopped_leaves_no_file(number: signal.Signals, here: Path) -> None:
    store = data_store("lab")
    store.collection("cases").create([{"x": bytes(100_000)} for _ in range(400)])
    store.close()
    (here / "out").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "imlkit", "store", "backup", "lab", "out/b.zip"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "writing documents: 0 of 400" in process.stderr.readline()
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert list((here / "out").iterdir()) == []
