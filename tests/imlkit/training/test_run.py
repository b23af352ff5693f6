"""A training that logs into a store."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from imlkit.errors import DataError, StoreUnavailableError
from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import Run, Runs
from imlkit.training.run_record import MEDIA, POINTS, RUNS, RunRecord
from tests.e2e.served import until


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


def read(store: Store, run: Run) -> RunRecord:
    (record,) = Runs(store).read([run.id])
    return record


def test_what_is_logged_is_in_the_store_at_the_end(store: Store) -> None:
    with Run(store, "première", {"rate": 1e-3, "layers": (3, 2)}, tags=["a"], epochs=2) as run:
        assert read(store, run).state == "running"
        for epoch in (1, 2):
            for _ in range(3):
                run.log(loss=1 / epoch)
            run.log(epoch=epoch, accuracy=epoch / 2)
    record = read(store, run)
    assert (record.name, record.state, record.step, record.epoch, record.epochs) == (
        "première",
        "finished",
        8,
        2,
        2,
    )
    assert dict(record.params) == {"rate": 1e-3, "layers": [3, 2]}
    assert dict(record.values) == {"loss": 0.5, "accuracy": 1.0}
    assert record.surroundings["packages"]["torch"] == torch.__version__.partition("+")[0]
    curves = Runs(store).curves(run.id)
    assert curves["loss"].step.tolist() == [1, 2, 3, 5, 6, 7]
    assert curves["accuracy"].epoch.tolist() == [1, 2]


@pytest.mark.parametrize(
    "value", [np.float32(0.5), np.int64(3), torch.tensor(0.5), torch.tensor([2.0]), True]
)
def test_numbers_of_other_kinds_are_numbers(store: Store, value: Any) -> None:
    with Run(store, "one") as run:
        run.log(metric=value)
    assert Runs(store).curves(run.id)["metric"].value.tolist() == [float(value)]


def test_what_is_not_finite_is_logged_as_such(store: Store) -> None:
    with Run(store, "one") as run:
        for value in (math.nan, math.inf, -math.inf):
            run.log(loss=value)
    values = Runs(store).curves(run.id)["loss"].value
    assert math.isnan(values[0])
    assert values[1:].tolist() == [math.inf, -math.inf]
    assert read(store, run).values["loss"] == -math.inf


def test_what_is_no_number_is_told_of_once_and_breaks_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with Run(store, "one") as run:
        for value in (0.5, "high", None, [1, 2], object(), 0.25, torch.zeros(2)):
            run.log(loss=value)
    assert Runs(store).curves(run.id)["loss"].value.tolist() == [0.5, 0.25]
    told = [record for record in caplog.records if "no number" in record.getMessage()]
    assert len(told) == 1


def test_a_metric_that_changes_its_type_is_one_curve(store: Store) -> None:
    values = [1, 0.5, np.float32(0.25), torch.tensor(3), True, np.array([2.0]), math.nan, 10**400, 7]
    with Run(store, "one") as run:
        for step, value in enumerate(values):
            run.log({"loss": value}, step=step)
    curve = Runs(store).curves(run.id)["loss"]
    assert curve.value.tolist()[:6] == [1, 0.5, 0.25, 3, 1, 2]
    assert math.isnan(curve.value[6])
    assert curve.value[7] == math.inf
    assert (curve.step[-1], curve.value[-1]) == (8, 7)
    assert read(store, run).values["loss"] == 7


@pytest.mark.parametrize("wrong", [math.nan, math.inf, "x", 10**400, 2**64, [1]])
def test_a_step_or_epoch_that_is_none_is_told_of_once_and_breaks_nothing(
    store: Store, caplog: pytest.LogCaptureFixture, wrong: Any
) -> None:
    with Run(store, "one") as run:
        run.log(step=4, epoch=2, loss=1.0)
        for _ in range(2):
            run.log(step=wrong, loss=2.0)
        run.log(epoch=wrong, loss=3.0)
    curve = Runs(store).curves(run.id)["loss"]
    assert (curve.step.tolist(), curve.value.tolist()) == ([4, 5, 6, 7], [1, 2, 2, 3])
    assert (read(store, run).state, read(store, run).step) == ("finished", 7)
    assert len([said for said in caplog.messages if said.startswith("The step")]) == 1


def test_names_may_be_any_text(store: Store) -> None:
    names = ["__proto__", "constructor", "a/b", "$set", "", "été", "<b>", "x" * 2_000]
    with Run(store, "one", system=False) as run:
        run.log(dict.fromkeys(names, 1.0))
    assert list(Runs(store).curves(run.id)) == names
    assert list(read(store, run).values) == names


def test_a_hundred_thousand_metrics_leave_the_runs_own_document_small(store: Store) -> None:
    with Run(store, "one", system=False) as run:
        run.log({f"metric {n}": n for n in range(100_000)})
    record = read(store, run)
    assert record.metrics == 100_000
    assert len(record.values) == 200
    assert len(Runs(store).curves(run.id)) == 100_000


@pytest.mark.parametrize("name", ["", "  ", None, 7])
def test_a_run_needs_a_name(name: Any) -> None:
    with pytest.raises(DataError, match="needs a name"):
        Run("memory:", name)


@pytest.mark.parametrize("name", ["été \u202e\U0001f600", "<img src=x>", "$a.b", "' OR 1", "\ud800"])
def test_a_name_may_be_any_text_and_two_runs_may_share_it(store: Store, name: str) -> None:
    with Run(store, name, system=False) as one, Run(store, name) as other:
        one.log({name: 1.0})
    kept = "?" if name == "\ud800" else name
    assert [record.name for record in Runs(store).read([one.id, other.id])] == [kept, kept]
    assert list(Runs(store).curves(one.id)) == [kept]


def test_parameters_that_no_store_keeps_become_text(store: Store) -> None:
    params: dict[Any, Any] = {
        "model": torch.nn.Linear(1, 1),
        "path": Path("a"),
        3: torch.tensor(2.0),
        "seed": 2**64,
    }
    with Run(store, "one", params) as run:
        pass
    assert dict(read(store, run).params) == {
        "model": "Linear(in_features=1, out_features=1, bias=True)",
        "path": "a",
        "3": 2.0,
        "seed": str(2**64),
    }


def test_an_error_that_ends_the_training_is_told_and_not_hidden(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), Run(store, "one") as run:  # noqa: PT012
        run.log(loss=1.0)
        raise ZeroDivisionError("by zero")
    record = read(store, run)
    assert (record.state, record.message) == ("failed", "ZeroDivisionError: by zero")
    assert Runs(store).curves(run.id)["loss"].value.tolist() == [1.0]


@pytest.mark.parametrize(
    ("error", "state"),
    [(KeyboardInterrupt(), "stopped"), (SystemExit(0), "finished"), (SystemExit(2), "failed")],
)
def test_a_training_that_is_left_says_how(store: Store, error: BaseException, state: str) -> None:
    with pytest.raises(type(error)), Run(store, "one") as run:
        raise error
    assert read(store, run).state == state


def test_a_store_that_fails_is_told_of_once_and_the_training_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imlkit.training.run.FINISHING", 1.0)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    store = data_store(tmp_path / "failing")
    model = torch.nn.Linear(2, 2)
    with Run(store, "one") as run:
        run.log(loss=1.0)
        store.close()
        for _ in range(100):
            run.log(loss=0.5)
        run.checkpoint(model)
    words = [record.getMessage() for record in caplog.records]
    assert len([said for said in words if "does not take what the run logs" in said]) == 1
    assert any("are not in the store" in said for said in words)
    # What took long to make is written beside it.
    (file,) = (tmp_path / "state").rglob("*.safetensors")
    assert any(str(file) in said for said in words)
    with pytest.raises(StoreUnavailableError):
        store.collection(POINTS).count()


def test_a_run_that_is_deleted_while_it_goes_on_is_told_once_and_leaves_nothing(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imlkit.training.recorder.ALIVE", 0.0)
    runs = Runs(store)
    with Run(store, "one") as run:
        run.log(loss=1.0)
        until(lambda: len(runs.curves(run.id)) == 1)
        runs.remove([run.id])
        until(lambda: any("was deleted" in record.getMessage() for record in caplog.records))
        for _ in range(100):
            run.log(loss=1.0)
        run.log_text("note", "words")
    assert [store.collection(name).count() for name in (RUNS, POINTS, MEDIA)] == [0, 0, 0]
    assert len([record for record in caplog.records if "was deleted" in record.getMessage()]) == 1


def test_logging_from_several_threads_loses_nothing(store: Store) -> None:
    with Run(store, "one") as run:

        def work(name: str) -> None:
            for n in range(2_000):
                run.log({name: n}, step=n)

        threads = [threading.Thread(target=work, args=(f"metric {n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    curves = Runs(store).curves(run.id)
    assert all(curves[f"metric {n}"].value.tolist() == list(range(2_000)) for n in range(4))


def test_images_texts_matrices_and_histograms_are_kept(store: Store) -> None:
    model = torch.nn.Linear(3, 2)
    model(torch.ones(1, 3)).sum().backward()
    with Run(store, "one") as run:
        run.log(epoch=2, loss=1.0)
        run.log_image("sample", np.full((4, 5, 3), 0.5), "half")
        run.log_text("note", "<b>as it is</b>")
        run.log_confusion("validation", [[3, 1], [0, 4]], ["cat", "dog"])
        run.log_histograms(model)
        with torch.no_grad():
            model.weight.fill_(9)
    image, text, matrix, histograms = store.collection(MEDIA).find({"run": run.id})
    assert image["image"].shape == (4, 5, 3)
    assert (image["image"] == 128).all()
    assert (image["caption"], image["epoch"], image["step"]) == ("half", 2.0, 1)
    assert text["text"] == "<b>as it is</b>"
    assert matrix["counts"].tolist() == [[3, 1], [0, 4]]
    weights, gradients = histograms["weights"], histograms["gradients"]
    assert weights["names"] == gradients["names"] == ["weight", "bias"]
    assert weights["counts"].sum(1).tolist() == gradients["counts"].sum(1).tolist() == [6, 2]
    assert weights["ranges"][0, 1] < 9


def test_what_is_no_image_is_told_of_and_breaks_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with Run(store, "one") as run:
        for _ in range(3):
            run.log_image("sample", np.zeros((2, 2, 7)))
        run.log_confusion("validation", [[1]], ["cat", "dog"])
    assert store.collection(MEDIA).count() == 0
    assert len([record for record in caplog.records if "left out" in record.getMessage()]) == 2


def test_what_the_run_learned_from_is_told_by_a_hash(store: Store) -> None:
    collection = store.collection("cases")
    collection.create([{"id": "a", "x": np.arange(3), "y": "cat"}, {"id": "b", "y": "dog"}])
    with Run(store, "one", dataset=collection) as one:
        pass
    other = data_store("memory:")
    other.collection("cases").create([{"id": "b", "y": "dog"}, {"id": "a", "x": np.arange(3), "y": "cat"}])
    with Run(store, "two", dataset=other.collection("cases")) as two:
        pass
    collection.patch("a", {"y": "dog"})
    with Run(store, "three", dataset=collection) as three:
        pass
    found = [read(store, run).surroundings["dataset"] for run in (one, two, three)]
    assert found[0] == found[1]
    assert (found[0]["name"], found[0]["count"]) == ("cases", 2)
    assert found[2]["hash"] != found[0]["hash"]


class SlowDataset:
    """Gives its document only when it is let."""

    name = "slow"

    def __init__(self, error: Exception | None = None) -> None:
        self.let = threading.Event()
        self.error = error

    def iterate(self) -> Iterator[dict[str, Any]]:
        assert self.let.wait(20)
        if self.error is not None:
            raise self.error
        yield {"id": "a"}


def test_a_training_does_not_wait_for_its_dataset_to_be_read(store: Store) -> None:
    dataset = SlowDataset()
    with Run(store, "one", dataset=dataset) as run:
        # It is alive and logs before the dataset was read.
        run.log(loss=1.0)
        until(lambda: len(Runs(store).curves(run.id)) == 1)
        assert "dataset" not in read(store, run).surroundings
        dataset.let.set()
    found = read(store, run)
    assert (found.surroundings["dataset"]["count"], found.state) == (1, "finished")
    assert found.surroundings["python"]


def test_a_dataset_that_cannot_be_read_is_told_of_and_breaks_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = SlowDataset(StoreUnavailableError("gone"))
    dataset.let.set()
    with Run(store, "one", dataset=dataset) as run:
        run.log(loss=1.0)
    assert read(store, run).state == "finished"
    assert any("no hash of its dataset" in record.getMessage() for record in caplog.records)


def test_the_commit_of_the_programs_folder_is_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train.py").write_text("")
    who = ("-c", "user.name=me", "-c", "user.email=me@example.org")
    for words in (("init", "-q"), ("add", "train.py"), (*who, "commit", "-qm", "first")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "train.py")])
    with Run(store, "one") as run:
        pass
    found = read(store, run).surroundings
    assert (len(found["git"]["commit"]), found["git"]["changed"], found["program"]) == (40, False, "train.py")


KILLED = """
import sys, time
from imlkit.training import Run

with Run(sys.argv[1], "killed") as run:
    n = 0
    while True:
        n += 1
        run.log(n=n)
        print(run.id, n, time.time(), flush=True)
        time.sleep(0.001)
"""


def test_a_killed_training_keeps_what_it_logged_until_a_second_before(tmp_path: Path) -> None:
    place = tmp_path / "runs"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(place)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said: list[tuple[str, int, float]] = []
    for line in process.stdout:
        id, n, at = line.split()
        said.append((id, int(n), float(at)))
        if said[-1][2] - said[0][2] > 2.5:
            break
    process.kill()
    rest = [line.split() for line in process.stdout if line.endswith("\n")]
    said += [(id, int(n), float(at)) for id, n, at in rest]
    process.stdout.close()
    process.wait()
    store = data_store(place)
    values = Runs(store).curves(said[0][0])["n"].value
    assert values.tolist() == list(range(1, len(values) + 1))
    last = said[-1][2]
    assert len(values) >= max(n for _, n, at in said if at < last - 1)
    assert Runs(store).read([said[0][0]])[0].state == "running"
    store.close()
