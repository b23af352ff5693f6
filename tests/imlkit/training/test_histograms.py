"""How weights and gradients are distributed, as runs keep it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from imlkit.documents import encode
from imlkit.location import data_store
from imlkit.training import Run, Runs
from imlkit.training.histograms import BINS, histograms, weights_and_gradients
from imlkit.training.run_record import MEDIA


def counted(values: Any) -> tuple[np.ndarray, list[float], int]:
    """Return the counts of one parameter's weights, where they begin and end, and how many are no number."""
    found = histograms({"a": (torch.as_tensor(values), None)})["weights"]
    return found["counts"][0, :-1], found["ranges"][0].tolist(), int(found["counts"][0, -1])


def test_values_are_counted_in_bins_of_one_width() -> None:
    counts, ends, others = counted([0.0, 0.1, 0.1, 64.0])
    assert (counts[0], counts[-1], counts.sum(), ends, others) == (3, 1, 4, [0, 64], 0)
    assert len(counts) == BINS


def test_what_is_not_finite_is_counted_by_itself() -> None:
    counts, ends, others = counted([math.nan, math.inf, -math.inf, 1.0, 2.0])
    assert (counts.sum(), ends, others) == (2, [1, 2], 3)
    counts, ends, others = counted([math.nan] * 4)
    assert (counts.sum(), others) == (0, 4)
    assert np.isfinite(ends).all()


@pytest.mark.parametrize(
    "values",
    [
        [1.0, 1.0000001],
        [3e38, -3e38],
        [1e-45, 0.0],
        [2.0, 2.0],
        [],
        torch.tensor([1.0, 2.0], dtype=torch.bfloat16),
        torch.tensor([1.0, 2.0], dtype=torch.float64),
        torch.tensor([[0.0, 3.0]]).to_sparse(),
    ],
)
def test_values_may_be_close_far_apart_equal_none_or_of_any_kind(values: Any) -> None:
    counts, (low, high), others = counted(values)
    assert counts.sum() + others == (values.numel() if isinstance(values, torch.Tensor) else len(values))
    assert low < high
    assert others == 0


def test_gradients_are_kept_of_what_has_some() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Linear(2, 1))
    assert list(histograms(weights_and_gradients(model))) == ["weights"]
    for weight in model[0].parameters():
        weight.requires_grad_(False)
    model(torch.ones(1, 3)).sum().backward()
    found = histograms(weights_and_gradients(model))
    assert found["weights"]["names"] == ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert found["gradients"]["names"] == ["1.weight", "1.bias"]
    assert found["gradients"]["ranges"].shape == (2, 2)


def test_a_model_of_any_size_has_four_attachments() -> None:
    model = torch.nn.Sequential(*(torch.nn.Linear(20, 3) for _ in range(50)))
    for weight in model.parameters():
        weight.grad = torch.randn_like(weight)
    assert len(encode(histograms(weights_and_gradients(model))).attachments) == 4
    assert len(histograms({})["weights"]["counts"]) == 0


def test_layers_without_a_size_yet_are_left_out() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LazyLinear(2))
    assert list(weights_and_gradients(model)) == ["0.weight", "0.bias"]


def test_what_cannot_be_counted_is_told_of_and_nothing_waits_for_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Any) -> dict[str, Any]:
        raise MemoryError("too large")

    monkeypatch.setattr("imlkit.training.keeping.histograms", fails)
    store = data_store(tmp_path / "runs")
    with Run(store, "one") as run:
        run.log_histograms(torch.nn.Linear(1, 1))
        run.log_text("note", "after it")
    assert [document["kind"] for document in store.collection(MEDIA).find({"run": run.id})] == ["text"]
    assert Runs(store).read([run.id])[0].state == "finished"
    assert any("MemoryError: too large" in record.getMessage() for record in caplog.records)
    store.close()
