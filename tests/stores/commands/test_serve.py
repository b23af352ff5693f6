"""The command that serves a store, and programs that work on it at once."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from imlkit import data_store
from imlkit.store import Change
from tests.e2e.served import until

WRITER = """
import sys
from imlkit import data_store
cases = data_store(sys.argv[1]).collection("cases")
for n in range(20):
    cases.create({"n": n, "writer": sys.argv[2]})
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and where it is."""
    process = subprocess.Popen(
        [sys.executable, "-m", "imlkit", "store", "--data", str(tmp_path / "data"), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.fullmatch(r"Store: (http://\S+)\n", process.stdout.readline())
    assert found is not None
    try:
        yield process, found[1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_programs_work_on_one_server_and_hear_of_each_other(
    server: tuple[subprocess.Popen[str], str],
) -> None:
    _, url = server
    cases = data_store(url).collection("cases")
    seen: list[Change] = []
    cases.changes.subscribe(seen.append)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, url, name]) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    until(lambda: len(seen) == 40)
    assert [change.ids[0] for change in seen] == [document["id"] for document in cases.find()]
    assert dict(sorted(cases.distinct("writer").items())) == {"a": 20, "b": 20}


def test_told_to_stop_it_lets_those_go_who_follow_and_keeps_everything(
    server: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, url = server
    store = data_store(url)
    store.collection("cases").changes.subscribe(lambda _: None)
    store.collection("cases").create({"id": "one"})
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) in (0, -signal.SIGTERM)
    store.close()
    with_folder = data_store(tmp_path / "data")
    assert with_folder.collection("cases").find() == [{"id": "one"}]
    with_folder.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--config", "none.toml"], "cannot be read"),
        (["--database", "mysql://x/y"], "no address of a database"),
        (["--data", "x", "--database", "postgresql://x/y"], "not allowed"),
        (["--port", "x"], "no port"),
    ],
)
def test_what_cannot_be_served_is_refused_in_words(words: list[str], said: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "imlkit", "store", *words], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []
