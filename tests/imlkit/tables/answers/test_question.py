"""Questions that come from pages are not trusted."""

from __future__ import annotations

import math
from typing import Any

import pytest

from imlkit.errors import DataError
from imlkit.tables import Equals, Group, Order
from imlkit.tables.answers.question import Question


def test_the_parts_of_a_question_are_read() -> None:
    question = Question(
        {
            "ask": "rows",
            "column": "a",
            "start": 3.0,
            "whole": True,
            "filters": {"column": "a", "equals": 1},
            "charts": [["a", 10], ["b", 2]],
            "columns": ["a", "b", "a"],
            "ids": [1, "x", 1],
            "sort": [{"column": "a", "descending": True}],
            "groups": [{"column": "a", "bins": 3}],
            "box": [0, 1, 2, 3.5],
            "polygon": [[0, 0], [1, 1], [2, 0]],
        }
    )
    assert question.kind == "rows"
    assert question.text("column") == "a"
    assert question.optional_text("mean") is None
    assert question.integer("start", 0, 10) == 3
    assert question.flag("whole")
    assert not question.flag("half")
    assert question.filters().parts == (Equals("a", 1),)
    assert question.charts("charts") == [("a", 10), ("b", 2)]
    assert question.columns("columns") == ["a", "b"]
    assert question.columns("others") is None
    assert question.ids("ids", 3) == (1, "x")
    assert question.sort() == (Order("a", True),)
    assert question.groups() == (Group("a", 3),)
    assert question.numbers("box", 4) == [0.0, 1.0, 2.0, 3.5]
    assert question.numbers("nothing", 4) is None
    assert question.points("polygon", 3) == [[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]


@pytest.mark.parametrize("said", [None, 3, "rows", ["ask"]])
def test_what_is_no_question_is_refused(said: Any) -> None:
    with pytest.raises(DataError, match="no question"):
        Question(said)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({}, lambda question: question.kind),
        ({"column": 3}, lambda question: question.text("column")),
        ({"start": -1}, lambda question: question.integer("start", 0, 10)),
        ({"start": 11}, lambda question: question.integer("start", 0, 10)),
        ({"start": 1.5}, lambda question: question.integer("start", 0, 10)),
        ({"start": True}, lambda question: question.integer("start", 0, 10)),
        ({"start": math.nan}, lambda question: question.integer("start", 0, 10)),
        ({"whole": "yes"}, lambda question: question.flag("whole")),
        ({"filters": {"sql": "1=1"}}, lambda question: question.filters()),
        ({"chart": ["a"]}, lambda question: question.chart("chart")),
        ({"chart": ["a", 0]}, lambda question: question.chart("chart")),
        ({"chart": ["a", True]}, lambda question: question.chart("chart")),
        ({"chart": ["a", 10_001]}, lambda question: question.chart("chart")),
        ({"charts": "ab"}, lambda question: question.charts("charts")),
        ({"charts": [["a", 1]] * 3}, lambda question: question.charts("charts", 2)),
        ({"columns": ["a", 3]}, lambda question: question.columns("columns")),
        ({"ids": [1.5]}, lambda question: question.ids("ids", 2)),
        ({"ids": [1, 2, 3]}, lambda question: question.ids("ids", 2)),
        ({"sort": [{"column": "a", "by": "b"}]}, lambda question: question.sort()),
        ({"sort": ["a"]}, lambda question: question.sort()),
        ({"groups": [{"bins": 3}]}, lambda question: question.groups()),
        ({"box": [0, 1, 2]}, lambda question: question.numbers("box", 4)),
        ({"box": [0, 1, 2, math.inf]}, lambda question: question.numbers("box", 4)),
        ({"box": [0, 1, 2, "3"]}, lambda question: question.numbers("box", 4)),
        ({"polygon": [[0, 1, 2]]}, lambda question: question.points("polygon", 3)),
    ],
)
def test_a_part_that_does_not_fit_is_refused_with_words(said: Any, read: Any) -> None:
    with pytest.raises(DataError):
        read(Question(said))
