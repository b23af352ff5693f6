"""Trainings whose store is elsewhere, and goes away."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch

from imlkit.location import data_store
from imlkit.training import Run, Runs
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
