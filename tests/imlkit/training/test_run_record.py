"""What a run's document tells, sound or not."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imlkit.training.run_record import SILENT_SECONDS, RunRecord

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def document(**parts: Any) -> dict[str, Any]:
    return {"id": "r", "name": "a run", "state": "running", "seen": NOW, "begun": NOW, **parts}


def test_a_document_is_read() -> None:
    said = document(
        state="finished",
        params={"rate": 0.1},
        tags=["a", "b"],
        step=7,
        epoch=2.0,
        epochs=3,
        seconds=1.5,
        values=[["loss", 0.5], ["__proto__", math.inf]],
        metrics=2,
        checkpoints=1,
        surroundings={"python": "3.11"},
        beat=4,
    )
    record = RunRecord.read(said)
    assert (record.name, record.state, record.step, record.epoch, record.epochs) == (
        "a run",
        "finished",
        7,
        2.0,
        3,
    )
    assert dict(record.values) == {"loss": 0.5, "__proto__": math.inf}
    assert record.tags == ("a", "b")
    assert not record.goes_on


@pytest.mark.parametrize("state", ["running", "paused"])
def test_a_run_that_was_silent_for_long_is_interrupted(state: str) -> None:
    said = document(state=state)
    assert RunRecord.read(said, NOW + timedelta(seconds=SILENT_SECONDS)).state == state
    assert RunRecord.read(said, NOW + timedelta(seconds=SILENT_SECONDS + 1)).state == "interrupted"
    assert RunRecord.read({**said, "seen": None}, NOW).state == "interrupted"


def test_a_run_that_has_ended_stays_so() -> None:
    assert RunRecord.read(document(state="failed"), NOW + timedelta(days=9)).state == "failed"


@pytest.mark.parametrize("wrong", [None, 7, "x", [], [1], {"a": 1}, [["a"]], [[1, 2]], math.nan, True])
def test_what_a_document_says_wrongly_is_left_out(wrong: Any) -> None:
    names = (
        "name",
        "state",
        "params",
        "tags",
        "begun",
        "seen",
        "step",
        "epoch",
        "epochs",
        "seconds",
        "values",
    )
    more = ("metrics", "checkpoints", "message", "surroundings", "beat")
    record = RunRecord.read({"id": "r", **dict.fromkeys((*names, *more), wrong)}, NOW)
    assert record.state == "interrupted"
    assert record.id == "r"
    assert all(isinstance(value, float) for value in record.values.values())
