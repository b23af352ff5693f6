"""What a training takes of its machine, as runs tell."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import torch

from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import Run, Runs
from imlkit.training.system_figures import SYSTEM, SystemFigures
from tests.e2e.served import until

MACHINE = ["system/process CPU, %", "system/process memory, MB", "system/machine memory, %"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


def test_a_short_run_tells_once_what_it_took_at_its_last_step(store: Store) -> None:
    with Run(store, "one") as run:
        for epoch in (1, 2, 3):
            run.log(epoch=epoch, loss=1.0)
        run.checkpoint(torch.nn.Linear(1, 1))
    curves = Runs(store).curves(run.id)
    assert [name for name in curves if name.startswith(SYSTEM)][:3] == MACHINE
    for name in MACHINE:
        assert (curves[name].step.tolist(), curves[name].epoch.tolist()) == ([3], [3])
        assert curves[name].value[0] > 0
    (record,) = Runs(store).read([run.id])
    # They are no metrics of the model.
    assert (dict(record.values), record.metrics) == ({"loss": 1.0}, 1)
    (checkpoint,) = store.collection("run_checkpoints").find()
    assert checkpoint["metrics"] == [["loss", 1.0]]


def test_a_run_that_goes_on_tells_again_and_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imlkit.training.recorder.FIGURES", 0.1)
    runs = Runs(store)
    with Run(store, "one") as run:
        run.log(loss=1.0)
        until(lambda: len(runs.curves(run.id).get(MACHINE[0], ())) >= 2)
        run.log(loss=1.0)
        until(lambda: runs.curves(run.id)[MACHINE[0]].step[-1] == 2)


def test_a_run_may_tell_nothing_of_its_machine(store: Store) -> None:
    with Run(store, "one", system=False) as run:
        run.log(loss=1.0)
    assert list(Runs(store).curves(run.id)) == ["loss"]


@pytest.mark.parametrize("known", [True, False])
def test_the_figures_are_right_with_and_without_psutil(known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        if not known:
            without.setitem(sys.modules, "psutil", None)
        figures = SystemFigures()
    busy = time.process_time() + 0.3
    while time.process_time() < busy:
        pass
    found = figures.read()
    # What other processes leave of the machine may be little.
    assert found["system/process CPU, %"] > 1
    if known or sys.platform == "linux":
        rss = psutil.Process().memory_info().rss / 1e6
        assert found["system/process memory, MB"] == pytest.approx(rss, rel=0.2)
        assert found["system/machine memory, %"] == pytest.approx(psutil.virtual_memory().percent, abs=10)


def test_figures_that_cannot_be_read_are_told_of_once_and_break_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: SystemFigures) -> dict[str, float]:
        raise OSError("no such file")

    monkeypatch.setattr(SystemFigures, "read", fails)
    monkeypatch.setattr("imlkit.training.recorder.FIGURES", 0.01)
    with Run(store, "one") as run:
        run.log(loss=1.0)
        until(lambda: bool(caplog.records))
        run.log(loss=2.0)
    assert Runs(store).curves(run.id)["loss"].value.tolist() == [1.0, 2.0]
    assert len([record for record in caplog.records if "figures" in record.getMessage()]) == 1


def test_a_graphics_card_that_nothing_computes_on_is_not_told_of() -> None:
    assert not [name for name in SystemFigures().read() if "GPU" in name]


@pytest.mark.parametrize("cards", [1, 2])
def test_the_graphics_cards_that_are_computed_on_are_told_of(
    monkeypatch: pytest.MonkeyPatch, cards: int
) -> None:
    """PyTorch's answers stand in for cards, which few machines have; with one, the numbers are its own."""
    if cards == 1 and torch.cuda.is_available():
        kept = torch.zeros(1_000_000, device="cuda")
        assert SystemFigures().read()["system/process GPU memory, MB"] >= kept.numel() * 4 / 1e6

    def busy(card: int) -> int:
        if card == 1:
            raise ModuleNotFoundError("pynvml")
        return 40

    answers = {
        "is_initialized": lambda: True,
        # The last one holds nothing of this process.
        "device_count": lambda: cards + 1,
        "memory_reserved": lambda card: 5_000_000 if card < cards else 0,
        "mem_get_info": lambda card: (25, 100),
        "utilization": busy,
    }
    for name, answer in answers.items():
        monkeypatch.setattr(torch.cuda, name, answer)
    told = {name: value for name, value in SystemFigures().read().items() if "GPU" in name}
    first = "GPU" if cards == 1 else "GPU 0"
    expected = {
        f"system/{first} memory, %": 75.0,
        f"system/process {first} memory, MB": 5.0,
        f"system/{first} use, %": 40.0,
    }
    if cards == 2:
        expected |= {"system/GPU 1 memory, %": 75.0, "system/process GPU 1 memory, MB": 5.0}
    assert told == expected
