"""Runs as a page is told of them: compact, and each only when it has changed."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from typing import Any, Final

from imlkit.training.run_record import RunRecord

from .history_columns import RunColumn, columns_of, first_columns, parameters
from .history_state import History, Wish

__all__ = ["HistoryLines"]

WHOLE: Final = 2**53
"""Up to here a browser counts exactly."""


class HistoryLines:
    """What one page knows of the runs."""

    def __init__(self) -> None:
        self._places: dict[RunColumn, int] = {}
        self._told: dict[str, tuple[RunRecord, Wish | None]] = {}

    def begin(self, history: History) -> str:
        """Return everything, in JSON, for a page that knows nothing."""
        self._places.clear()
        self._told.clear()
        return self.renew(history, all=True)

    def renew(self, history: History, all: bool = False) -> str:
        """Return what is new since it was told last, in JSON."""
        columns = columns_of(history.records.values())
        fresh = [column for column in columns if column not in self._places]
        for column in fresh:
            self._places[column] = len(self._places)
        first = {self._places[column] for column in first_columns(columns)}
        lines = []
        for id, record in history.records.items():
            now = record, history.wishes.get(id)
            before = self._told.get(id)
            if before is None or before[0] is not record or before[1] != now[1]:
                lines.append(self._line(*now))
                self._told[id] = now
        gone = [id for id in self._told if id not in history.records]
        for id in gone:
            del self._told[id]
        said = {
            "all": all,
            "known": history.known,
            "problem": history.problem,
            "columns": [[column.kind, column.name] for column in fresh],
            "order": [self._places[column] for column in columns],
            "first": sorted(first),
            "lines": lines,
            "gone": gone,
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def _line(self, record: RunRecord, wish: Wish | None) -> list[Any]:
        cells: list[Any] = []
        for column, value in self._values(record):
            place = self._places.get(column)
            if place is not None:
                cells += (place, _plain(value))
        return [
            record.id,
            record.name,
            record.state,
            record.message,
            None if record.begun is None else round(record.begun.timestamp() * 1000),
            record.seconds,
            record.epoch,
            record.epochs,
            list(record.tags),
            record.checkpoints,
            None if wish is None else [wish.kind, wish.state, wish.said],
            cells,
        ]

    def _values(self, record: RunRecord) -> Collection[tuple[RunColumn, Any]]:
        settings = [
            (RunColumn("parameter", name), value) for name, value in parameters(record.params).items()
        ]
        return settings + [(RunColumn("metric", name), value) for name, value in record.values.items()]


def _plain(value: Any) -> Any:
    """Return a value as JSON and a browser know it."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > WHOLE:
        return {"integer": str(value)}
    return value
