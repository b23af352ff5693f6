"""What a page's questions about a table are answered with, wherever the table lies."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from typing import Any

from imlkit.errors import DataError

from ..table import Table
from . import chart_answers, point_answers, row_answers
from .question import Question

__all__ = ["Answers"]

Answer = Callable[[Table, Question], dict[str, Any]]

_ANSWERS: dict[str, Answer] = {
    "count": row_answers.count,
    "rows": row_answers.rows,
    "by_id": row_answers.by_id,
    "ids": row_answers.ids,
    "groups": row_answers.groups,
    "samples": row_answers.samples,
    "bars": chart_answers.bars,
    "counts": chart_answers.counts,
    "cube": chart_answers.cube,
    "pairs": chart_answers.pairs,
    "points": point_answers.points,
    "inside": point_answers.inside,
}

_of_tables: weakref.WeakKeyDictionary[Table, Answers] = weakref.WeakKeyDictionary()


class Answers:
    """Answers the questions that views of a table ask from a page.

    Args:
        table: the table.
    """

    def __init__(self, table: Table) -> None:
        self._table = weakref.ref(table)

    @classmethod
    def of(cls, table: Table) -> Answers:
        """Return the answers of a table, the same at each call."""
        return _of_tables.setdefault(table, cls(table))

    def answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer, of what JSON can hold and of arrays of numbers.

        Args:
            question: what is asked, not trusted.

        Raises:
            DataError: it is no question, or one that does not fit the table.
        """
        table = self._table()
        if table is None:
            raise DataError("The table is gone: open it again.")
        asked = Question(question)
        answer = _ANSWERS.get(asked.kind)
        if answer is None:
            raise DataError(f"Nobody answers {asked.kind!r:.100}: ask one of {', '.join(_ANSWERS)}.")
        if answer is row_answers.samples:
            return answer(table, asked)
        with table.turn:
            return answer(table, asked)
