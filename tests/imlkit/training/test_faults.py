"""Trainings whose store is elsewhere, and goes away."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
import torch

from imlkit.location import data_store
from imlkit.training import Run, Runs
from tests.e2e.served import until
from tests.stores.server_process import ServerProcess, server_process


@pytest.fixture(autouse=True)
def queue_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMLKIT_QUEUE", str(tmp_path / "queue"))


@pytest.mark.slow
def test_a_server_that_dies_in_mid_training_gets_all_of_it_once_it_is_back(tmp_path: Path) -> None:
    with server_process("--data", str(tmp_path / "data")) as server:
        store = data_store(server.url)
        tick = threading.Event()
        with Run(store, "far") as run:
            for n in range(1, 301):
                run.log(n=n)
                tick.wait(0.01)
                if n == 60:
                    run.checkpoint(torch.nn.Linear(2, 2))
                if n == 100:
                    server.kill()
                    # What takes long to make waits for the server as well.
                    run.checkpoint(torch.nn.Linear(2, 2))
                if n == 250:
                    server.start()
        store.close()
        _has_all(server, run, 300, 2)


def _has_all(server: ServerProcess, run: Run, count: int, checkpoints: int) -> None:
    store = data_store(server.url)
    runs = Runs(store)
    assert runs.curves(run.id)["n"].value.tolist() == list(range(1, count + 1))
    assert runs.read([run.id])[0].state == "finished"
    assert len(runs.checkpoints(run.id)) == checkpoints
    store.close()


@pytest.mark.slow
def test_a_training_that_ends_while_its_server_is_away_is_there_when_the_next_program_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server_process("--data", str(tmp_path / "data")) as server:
        store = data_store(server.url)
        with Run(store, "far") as run:
            run.log(n=1)
            server.kill()
            for n in range(2, 101):
                run.log(n=n)
        store.close()
        server.start()
        _has_all(server, run, 100, 0)


@pytest.mark.parametrize("scheme", ["sqlite", "tinydb"])
def test_a_folder_that_vanishes_and_is_back_in_mid_training_has_all_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, scheme: str
) -> None:
    folder, aside = tmp_path / "data", tmp_path / "aside"
    store = data_store(f"{scheme}:{folder}")
    runs = Runs(store)
    with Run(store, "one", system=False) as run:
        run.log(n=1)
        until(lambda: len(runs.curves(run.id)) == 1)
        folder.rename(aside)
        for n in range(2, 51):
            run.log(n=n)
        run.checkpoint(torch.nn.Linear(2, 2))
        until(lambda: any("does not take what the run logs" in said for said in caplog.messages))
        aside.rename(folder)
    assert runs.curves(run.id)["n"].value.tolist() == list(range(1, 51))
    assert runs.read([run.id])[0].state == "finished"
    assert len(runs.checkpoints(run.id)) == 1
    assert len([said for said in caplog.messages if "does not take what the run logs" in said]) == 1
    store.close()


@pytest.mark.parametrize("scheme", ["sqlite", "tinydb"])
def test_a_folder_that_vanishes_for_good_ends_no_training_and_loses_no_weights(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr("imlkit.training.run.FINISHING", 1.0)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    store = data_store(f"{scheme}:{tmp_path / 'data'}")
    runs = Runs(store)
    with Run(store, "one") as run:
        run.log(n=1)
        until(lambda: len(runs.curves(run.id)) == 1)
        shutil.rmtree(tmp_path / "data")
        for n in range(2, 51):
            run.log(n=n)
        run.checkpoint(torch.nn.Linear(2, 2))
    assert any("The training itself is done." in said for said in caplog.messages)
    (file,) = (tmp_path / "state").rglob("*.safetensors")
    assert any(str(file) in said for said in caplog.messages)
