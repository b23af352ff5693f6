from __future__ import annotations

from typing import get_args

import pytest

from imlkit.model import State, TrainingStatus


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        (TrainingStatus(), 0.0),
        (TrainingStatus("start", epochs=4), 0.0),
        (TrainingStatus("batch", epoch=1, epochs=4, batch=5, batches=10), 0.375),
        (TrainingStatus("epoch", epoch=2, epochs=4), 0.5),
        (TrainingStatus("success", epoch=4, epochs=4), 1.0),
    ],
)
def test_a_status_tells_how_much_is_done(status: TrainingStatus, progress: float) -> None:
    assert status.progress == progress


def test_only_start_batch_and_epoch_are_under_way() -> None:
    states = get_args(State)
    assert [state for state in states if TrainingStatus(state).running] == ["start", "batch", "epoch"]
