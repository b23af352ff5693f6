"""What a table must do on any engine.

A test module subclasses the contract and gives it a function that puts an Arrow table on its engine::

    class TestOnMyEngine(TableContract):
        @pytest.fixture(scope="class")
        @classmethod
        def put(cls):
            return lambda arrow: connection.create_table("rows", arrow)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from imlkit.errors import DataError
from imlkit.tables import (
    All,
    AnyOf,
    Equals,
    InRange,
    IsNull,
    LinkedState,
    Not,
    OneOf,
    Order,
    Predicate,
    Table,
    TextContains,
)
from imlkit.tables.bars import bars_of
from imlkit.tables.bins import Bins
from imlkit.tables.cross_filter import CrossFilter
from imlkit.tables.histogram import histogram, value_counts

NAMES = ['a"b', "x'; drop table rows", "été", " ", "constructor", "__proto__"]

ROWS = pa.table(
    {
        "id": pa.array([f"row {n}" for n in range(12)]),
        "number": pa.array([0.0, 0.1, 0.5, 1.0, -1.0, None, math.nan, math.inf, -math.inf, 1e300, 0.5, 0.3]),
        "whole": pa.array([0, 1, 2, 3, -4, None, 6, 7, 2**62, 9, 2, 1]),
        "truth": pa.array([True, False, None, True, False, True, None, False, True, True, False, None]),
        "word": pa.array(
            ["cat", "dog", "Cat", "", None, "cat dog", "concat", "été", "l'été!", "50%", "a_b", "a.b\\c"]
        ),
        "when": pa.array(
            [None if n == 3 else datetime(2020, 1, 1 + n, n) for n in range(12)], pa.timestamp("us")
        ),
        **{name: pa.array([str(n % 3) for n in range(12)]) for name in NAMES},
    }
)

CONDITIONS: list[Predicate] = [
    All(),
    AnyOf(),
    *(Equals("number", value) for value in (0.5, 1, math.nan, math.inf, -math.inf, 17.5)),
    *(Equals("whole", value) for value in (2, 2.0, 2.5, 2**62, math.nan)),
    Equals("truth", True),
    Equals("truth", False),
    *(Equals("word", value) for value in ("cat", "", "l'été!", "' or 1=1 --")),
    Equals("when", datetime(2020, 1, 2, 1)),
    Equals("when", date(2020, 1, 1)),
    OneOf("number", ()),
    OneOf("number", (0.5, math.nan, 3)),
    OneOf("word", ("cat", "dog", "unheard of")),
    OneOf("id", ("row 1", "row 7")),
    InRange("number"),
    InRange("number", 0.1),
    InRange("number", None, 0.5),
    InRange("number", 0.1, 0.5),
    InRange("number", 0.1, 0.5, closed=True),
    InRange("number", 0.5, math.inf),
    InRange("number", -math.inf, math.inf, closed=True),
    InRange("whole", 1, 3),
    InRange("whole", 0.5, 2, closed=True),
    InRange("when", datetime(2020, 1, 3), datetime(2020, 1, 6)),
    InRange("when", date(2020, 1, 3), None),
    *(IsNull(column) for column in ("number", "whole", "truth", "word", "when")),
    TextContains("word", "CAT"),
    TextContains("word", "Cat", case=True),
    TextContains("word", "cat", whole_word=True),
    TextContains("word", "ÉTÉ", whole_word=True),
    TextContains("word", "été", whole_word=True, case=True),
    TextContains("word", "t", whole_word=True),
    TextContains("word", "%"),
    TextContains("word", "_", case=True),
    TextContains("word", ".b\\", whole_word=False, case=True),
    TextContains("word", "a.b", regex=True, case=True),
    TextContains("word", "^CAT$", regex=True),
    TextContains("word", "c?at|dog", regex=True, whole_word=True),
    TextContains("word", ""),
    *(Equals(name, "1") for name in NAMES),
]


def meets(row: dict[str, Any], predicate: Predicate) -> bool:
    """What a predicate means, in plain Python."""
    match predicate:
        case All(parts):
            return all(meets(row, part) for part in parts)
        case AnyOf(parts):
            return any(meets(row, part) for part in parts)
        case Not(part):
            return not meets(row, part)
        case IsNull(column):
            return row[column] is None
        case Equals(column, value):
            return equal(row[column], value)
        case OneOf(column, values):
            return any(equal(row[column], value) for value in values)
        case InRange(column, low, high, closed):
            value = row[column]
            if value is None or value != value:
                return False
            above = low is None or value >= moment(low)
            return above and (high is None or value < moment(high) or (closed and value == moment(high)))
        case TextContains(column, text, case, whole_word, regex):
            if row[column] is None:
                return False
            pattern = text if regex else re.escape(text)
            pattern = rf"(?:^|(?<!\w))(?:{pattern})(?!\w)" if whole_word else pattern
            return re.search(pattern, row[column], 0 if case else re.IGNORECASE) is not None
    raise AssertionError(predicate)


def equal(value: Any, wanted: Any) -> bool:
    if value is None:
        return False
    wanted = moment(wanted)
    return bool(value == wanted or (value != value and wanted != wanted))


def moment(value: Any) -> Any:
    return datetime(value.year, value.month, value.day) if type(value) is date else value


class TableContract:
    """The tests; see the module."""

    @pytest.fixture(scope="class")
    @classmethod
    def put(cls) -> Callable[[pa.Table], Any]:
        """Puts an Arrow table on the engine; returns what Table takes."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def table(cls, put: Callable[[pa.Table], Any]) -> Table:
        return Table(put(ROWS))

    @pytest.mark.parametrize("predicate", CONDITIONS, ids=str)
    def test_a_condition_and_its_negation_find_what_they_mean(
        self, table: Table, predicate: Predicate
    ) -> None:
        rows = ROWS.to_pylist()
        for asked in (predicate, ~predicate):
            found = {row["id"] for row in table.where(asked).to_dicts()}
            assert found == {row["id"] for row in rows if meets(row, asked)}
            assert table.count(asked) == len(found)

    def test_trees_of_conditions_find_what_they_mean(self, table: Table) -> None:
        rows = ROWS.to_pylist()
        for n, first in enumerate(CONDITIONS):
            second, third = (
                CONDITIONS[(n * 7 + 3) % len(CONDITIONS)],
                CONDITIONS[(n * 5 + 1) % len(CONDITIONS)],
            )
            asked = (first | ~second) & ~(second & third)
            assert table.count(asked) == sum(meets(row, asked) for row in rows), asked

    @pytest.mark.parametrize(
        ("predicate", "words"),
        [
            (Equals("nowhere", 1), "There is no column “nowhere”"),
            (Equals("number", "0.5"), "“number” holds numbers"),
            (Equals("whole", True), "“whole” holds numbers"),
            (Equals("truth", 1), "“truth” holds truth values"),
            (Equals("word", 3), "“word” holds text"),
            (OneOf("word", ("cat", 3)), "cannot be compared with 3"),
            (InRange("word", 1, 2), "“word” holds text"),
            (InRange("when", 1, 2), "“when” holds times"),
            (TextContains("number", "1"), "in a column of text only"),
        ],
    )
    def test_what_does_not_fit_a_column_is_said(self, table: Table, predicate: Predicate, words: str) -> None:
        with pytest.raises(DataError, match=words):
            table.count(predicate)

    def test_a_pattern_that_is_none_is_said(self, table: Table) -> None:
        with pytest.raises(DataError, match=r"“\(a” is no regular expression"):
            table.count(TextContains("word", "(a", regex=True))

    def test_rows_come_in_the_order_asked_for_with_those_without_a_value_last(self, table: Table) -> None:
        state = LinkedState()
        state.filter(InRange("number", 0, 1, closed=True) | IsNull("number"))
        state.sort.set([Order("number", descending=True), Order("id")])
        ids = [row["id"] for row in table.filtered(state).to_dicts()]
        assert ids == ["row 3", "row 10", "row 2", "row 11", "row 1", "row 0", "row 5"]
        state.sort.set([Order("number")])
        assert [row["id"] for row in table.filtered(state).to_dicts()][-1] == "row 5"

    def test_selected_rows_are_data(self, table: Table) -> None:
        state = LinkedState()
        state.selection.set(["row 3", "row 1", "gone"])
        state.filter(Equals("whole", 3))
        assert set(table.selected(state).to_pandas()["word"]) == {"dog", ""}
        assert table.filtered(state).to_arrow().column("id").to_pylist() == ["row 3"]

    @pytest.mark.parametrize("count", [1, 2, 3, 7, 20, 97])
    def test_bins_are_those_of_numpy(self, put: Callable[[pa.Table], Any], count: int) -> None:
        random = np.random.default_rng(count)
        values = np.concatenate(
            [
                np.linspace(-0.7, 12.3, 400),
                random.normal(3, 4, 400),
                np.arange(-1, 12) * 0.1,
                [math.nan, math.inf, -math.inf],
            ]
        )
        low, high = -0.7, 0.1 + 0.2 + 12
        bins = Bins(low, high, count)
        table = Table(put(pa.table({"id": range(len(values)), "value": values})))
        index = bins.expression(table.expression["value"])
        found = table.expression.mutate(bin=index).order_by(table.id).to_pyarrow().column("bin").to_pylist()
        assert [-1 if one is None else one for one in found] == bins.indices(values).tolist()
        counts, edges = np.histogram(values[np.isfinite(values)], bins=count, range=(low, high))
        assert (
            np.bincount([one for one in found if one is not None], minlength=count).tolist()
            == counts.tolist()
        )
        assert (edges == bins.edges).all()

    def test_a_histogram_counts_as_numpy_and_shows_what_is_in_no_bin(self, table: Table) -> None:
        said = histogram(table.expression, "number", 5)
        values = np.array([n for n in ROWS.column("number").to_pylist() if n is not None])
        finite = values[np.isfinite(values)]
        assert said.counts.tolist() == np.histogram(finite, 5)[0].tolist()
        assert (said.nulls, said.nans, said.minus_infinities, said.infinities) == (1, 1, 1, 1)
        assert said.outside == 0
        near = histogram(table.expression, "number", bins=Bins(0, 1, 10))
        assert near.counts.tolist() == np.histogram(finite, 10, (0, 1))[0].tolist()
        assert near.outside == 2
        whole = histogram(table.expression, "whole", 4, Bins(-4, 9, 13))
        assert whole.counts.tolist() == [1, 0, 0, 0, 1, 2, 2, 1, 0, 0, 1, 1, 1]
        assert (whole.nulls, whole.nans, whole.outside) == (1, 0, 1)

    def test_histograms_of_what_is_all_alike_or_not_there(self, put: Callable[[pa.Table], Any]) -> None:
        columns = {
            "same": [7.5, 7.5, 7.5],
            "null": pa.array([None] * 3, pa.float64()),
            "nan": [math.nan] * 3,
            "near": [1.0, math.nextafter(1, 2), None],
        }
        table = Table(put(pa.table({"id": [1, 2, 3], **columns}))).expression
        same = histogram(table, "same", 4)
        assert same.bins == Bins(7.5, 7.5, 4)
        assert same.counts.tolist() == np.histogram([7.5] * 3, 4)[0].tolist()
        assert (histogram(table, "null").bins, histogram(table, "null").nulls) == (None, 3)
        assert (histogram(table, "nan").bins, histogram(table, "nan").nans) == (None, 3)
        assert histogram(table, "near").counts.sum() == 2
        empty = Table(put(pa.table({"id": pa.array([], pa.int64()), "x": pa.array([], pa.float64())})))
        assert histogram(empty.expression, "x").counts.tolist() == []
        for name in ("word", "nowhere"):
            with pytest.raises(DataError, match="of numbers to count"):
                histogram(table, name)

    def test_values_are_counted_the_most_frequent_first(self, put: Callable[[pa.Table], Any]) -> None:
        words = ["b"] * 3 + ["a"] * 3 + ["c"] * 2 + ["d", "", None, None]
        table = Table(put(pa.table({"id": range(len(words)), "word": words}))).expression
        said = value_counts(table, "word", 3)
        assert (said.values, said.counts) == (("a", "b", "c"), (3, 3, 2))
        assert (said.others, said.distinct, said.nulls) == (2, 5, 2)
        for name in NAMES:
            named = put(pa.table({"id": [1, 2], name: ["x", "y"]}))
            assert value_counts(Table(named).expression, name).values == ("x", "y")
        with pytest.raises(DataError, match="no column “nowhere”"):
            value_counts(table, "nowhere")

    @pytest.mark.parametrize("column", ["number", "whole", "truth", "word", *NAMES])
    def test_every_row_is_in_one_bar_and_a_bar_finds_its_rows(self, table: Table, column: str) -> None:
        bars = bars_of(table.expression, column, 4)
        counts = bars.counts(table.expression)
        assert counts.sum() == ROWS.num_rows
        assert counts.tolist() == [table.count(bars.predicate([bar])) for bar in range(len(bars))]
        some = [0, len(bars) - 1]
        assert table.count(bars.predicate(some)) == counts[sorted(set(some))].sum()
        with pytest.raises(DataError, match="has no bar"):
            bars.predicate([len(bars)])

    def test_charts_filter_one_another_and_not_themselves(self, table: Table) -> None:
        state = LinkedState()
        charts = CrossFilter(table, state, ["number", "word", "truth"], 5)
        assert all((charts.counts()[name] == charts.totals[name]).all() for name in charts.bars)
        state.filter(InRange("number", 0, 1))
        state.filter(OneOf("word", ("cat", "dog", "a_b")))
        state.filter(InRange("whole", 0, 9))
        for name, counts in charts.counts().items():
            asked = state.filters_without(name)
            rows = [row for row in ROWS.to_pylist() if meets(row, asked)]
            bars = charts.bars[name]
            expected = [sum(meets(row, bars.predicate([bar])) for row in rows) for bar in range(len(bars))]
            assert counts.tolist() == expected

    def test_a_brush_counts_what_setting_it_would(self, table: Table) -> None:
        state = LinkedState()
        charts = CrossFilter(table, state, ["whole", "word", "truth", "number"], 5)
        state.filter(OneOf("word", ("cat", "dog", "a_b", "été")))
        state.filter(Equals("when", datetime(2020, 1, 2, 1)) | InRange("when", datetime(2020, 1, 3)))
        state.filter(InRange("whole", 5, 6))
        positions, cube = charts.brush("whole", 50)
        edges = positions.edges
        for low, high in ((0, 50), (0, 1), (0, 25), (49, 50), (7, 7)):
            moved = state.unlinked()
            moved.filter(InRange("whole", edges[low], edges[high], closed=high == 50))
            if low == high:
                moved.filter(OneOf("whole", ()))
            set_ = CrossFilter(table, moved, ["whole", "word", "truth", "number"], 5).counts()
            brushed = dict(zip(("word", "truth", "number"), cube.counts(low, high), strict=True))
            assert {name: counts.tolist() for name, counts in brushed.items()} == {
                name: set_[name].tolist() for name in brushed
            }
        for name in ("word", "when"):
            with pytest.raises(DataError, match="only those can be brushed"):
                charts.brush(name)

    def test_ids_that_repeat_or_are_missing_are_said(self, put: Callable[[pa.Table], Any]) -> None:
        with pytest.raises(DataError, match="repeat, 'b' for one"):
            Table(put(pa.table({"id": ["a", "b", "b"]})))
        with pytest.raises(DataError, match="1 rows have no id"):
            Table(put(pa.table({"id": ["a", None, "b"]})))
        with pytest.raises(DataError, match="of type float64"):
            Table(put(pa.table({"id": [1.5, 2.5]})))
        with pytest.raises(DataError, match="no column “key” of ids"):
            Table(put(pa.table({"id": ["a"]})), id="key")
