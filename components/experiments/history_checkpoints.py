"""The checkpoints of one run, as a history of runs lists them."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from reactivex import abc

from imlkit.errors import ImlkitError
from imlkit.streams import Stream
from imlkit.training import CheckpointRecord, Runs
from imlkit.training.run_record import CHECKPOINTS

from .checkpoint_words import best_known

__all__ = ["CheckpointList", "HistoryCheckpoints"]

log = logging.getLogger("imlkit")

METRICS: Final = 8
"""How many metrics of a checkpoint a page is told of."""
MOST: Final = 10_000
"""How many checkpoints a page is told of."""


@dataclass(frozen=True)
class CheckpointList:
    """The checkpoints of the run whose list is open.

    Attributes:
        run: the run's id.
        records: the latest, the latest first.
        count: how many the run has.
        problem: why they could not be read, in words, or "".
    """

    run: str
    records: tuple[CheckpointRecord, ...] = ()
    count: int = 0
    problem: str = ""

    def told(self) -> str:
        """Return it in JSON, as a page is told of it."""
        said = {
            "run": self.run,
            "count": self.count,
            "problem": self.problem,
            "lines": [_line(record) for record in self.records],
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class HistoryCheckpoints:
    """Reads the list that is open, aside, and again whenever checkpoints come or go.

    Args:
        runs: returns what reads them; may raise an ImlkitError.
        found: called on the page with the list.
    """

    def __init__(self, runs: Callable[[], Runs], found: Callable[[CheckpointList], Any]) -> None:
        self._runs = runs
        self._open: tuple[str, int] | None = None
        self._looks: Stream[tuple[str, int]] = Stream(name="checkpoints")
        self._looks.compute(lambda asked: self._read(*asked), policy="latest").subscribe(found)
        self._subscription: abc.DisposableBase | None = None

    def open(self, run: str, most: int) -> None:
        """List the latest checkpoints of a run from now on.

        Args:
            run: its id.
            most: how many.
        """
        self._open = run, max(1, min(most, MOST))
        self._looks.set(self._open)

    def close(self) -> None:
        """List nothing more."""
        self._open = None

    def dispose(self) -> None:
        """Follow no longer."""
        self.close()
        if self._subscription is not None:
            self._subscription.dispose()
        self._looks.dispose()

    def _changed(self, _: Any) -> None:
        if (asked := self._open) is not None:
            self._looks.set(asked)

    def _read(self, run: str, most: int) -> CheckpointList:
        try:
            runs = self._runs()
            collection = runs.store.collection(CHECKPOINTS)
            if self._subscription is None:
                # First, so that nothing happens unseen between the two.
                self._subscription = collection.changes.subscribe(self._changed)
            records = tuple(reversed(runs.checkpoints(run, most)))
            count = len(records) if len(records) < most else collection.count({"run": run})
        except Exception as error:
            if not isinstance(error, ImlkitError):
                log.exception("The checkpoints could not be read.")
            return CheckpointList(run, problem=f"The checkpoints could not be read: {error}")
        return CheckpointList(run, records, count)


def _line(record: CheckpointRecord) -> list[Any]:
    metrics = best_known(record)
    return [
        record.id,
        record.name,
        record.epoch,
        record.step,
        [[name, _plain(value)] for name, value in metrics[:METRICS]],
        max(0, len(metrics) - METRICS),
        None if record.made is None else round(record.made.timestamp() * 1000),
        record.size,
    ]


def _plain(value: float) -> Any:
    """Return a number as JSON and a browser know it."""
    if math.isfinite(value):
        return value
    return {"number": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
