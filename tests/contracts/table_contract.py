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
from datetime import date, datetime, timedelta
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
from imlkit.tables.counting.bars import Bars, bars_of
from imlkit.tables.counting.bins import Bins
from imlkit.tables.counting.counting import Counting
from imlkit.tables.counting.engine_counting import EngineCounting
from imlkit.tables.counting.histogram import histogram
from imlkit.tables.counting.value_counts import value_counts
from imlkit.tables.predicates.predicate_expression import expressed

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
        "day": pa.array([None if n == 5 else date(2020, 2, 1 + n * n % 20) for n in range(12)]),
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
            value = moment(row[column])
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


def shown(filters: Predicate) -> list[dict[str, Any]]:
    return [row for row in ROWS.to_pylist() if meets(row, filters)]


def without(filters: All, *columns: str) -> All:
    return All(tuple(part for part in filters.parts if part.columns not in [{column} for column in columns]))


def by_hand(chart: Bars, rows: list[dict[str, Any]]) -> list[int]:
    return [sum(meets(row, chart.predicate([bar])) for row in rows) for bar in range(len(chart))]


def equal(value: Any, wanted: Any) -> bool:
    if value is None:
        return False
    wanted = moment(wanted)
    return bool(value == wanted or (value != value and wanted != wanted))


def moment(value: Any) -> Any:
    return datetime(value.year, value.month, value.day) if type(value) is date else value


def met(table: Table, bars: Bars) -> list[int]:
    """How many rows meet the condition of each bar, asked at once."""
    if not len(bars):
        return []
    rows = table.expression
    conditions = {f"bar{n}": expressed(rows, bars.predicate([n])).fill_null(False) for n in range(len(bars))}
    sums = rows.aggregate(**{name: condition.sum() for name, condition in conditions.items()})
    return [int(rows or 0) for rows in sums.to_pyarrow().to_pylist()[0].values()]


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

    @pytest.mark.parametrize("pattern", ["(a", "a)(b", "[", "a\0(", "\ud800"])
    @pytest.mark.parametrize("whole_word", [False, True])
    def test_a_pattern_that_is_none_is_said(self, table: Table, pattern: str, whole_word: bool) -> None:
        with pytest.raises(DataError, match="is no regular expression"):
            table.count(TextContains("word", pattern, whole_word=whole_word, regex=True))

    def test_texts_are_found_whatever_their_capitals(self, put: Callable[[pa.Table], Any]) -> None:
        words = ["ΟΔΟΣ", "οδος", "Οδοσ αβ", "ΟΔΟΣΗ", "Straße", "STRAẞE", "Žena", "ŽENA", "Дом", "𐐀𐐨", "42 K"]
        table = Table(put(pa.table({"id": range(len(words)), "word": words})))
        for found, texts in {
            (0, 1, 2, 3): ("ΟΔΟΣ", "οδος", "Οδοσ"),
            (4, 5): ("straße", "STRAẞE", "tra"),
            (6, 7): ("žena", "ŽENA"),
            (8,): ("ДОМ", "дом"),
            (9,): ("𐐀𐐨",),
            (10,): ("42 k",),
        }.items():
            for text in texts:
                rows = table.where(TextContains("word", text)).to_dicts()
                assert {row["id"] for row in rows} == set(found), text
        assert table.count(TextContains("word", "ŽENA", case=True)) == 1

    @pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "cat\0"])
    def test_texts_that_are_no_value_are_met_by_none(self, table: Table, text: str) -> None:
        conditions: list[Predicate] = [Equals("word", text), OneOf("word", (text, text + "x"))]
        conditions += [
            TextContains("word", text, case, word) for case in (True, False) for word in (True, False)
        ]
        for condition in conditions:
            assert table.count(condition) == 0
            assert table.count(~condition) == ROWS.num_rows
        assert table.count(OneOf("word", (text, "cat"))) == 1

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

    @pytest.mark.parametrize("column", ["number", "whole", "truth", "word", "when", "day", *NAMES])
    def test_every_row_is_in_one_bar_and_a_bar_finds_its_rows(self, table: Table, column: str) -> None:
        bars = bars_of(table.expression, column, 4)
        counts = bars.counts(table.expression)
        assert counts.sum() == ROWS.num_rows
        assert counts.tolist() == met(table, bars)
        some = [0, len(bars) - 1]
        assert table.count(bars.predicate(some)) == counts[sorted(set(some))].sum()
        with pytest.raises(DataError, match="has no bar"):
            bars.predicate([len(bars)])

    @pytest.fixture(params=[Counting.of, EngineCounting], ids=["chosen", "engine"])
    def counting(self, table: Table, request: pytest.FixtureRequest) -> Counting:
        """What counts the table's rows: what is chosen for it, and its engine."""
        counting: Counting = request.param(table)
        return counting

    def test_charts_filter_one_another_and_not_themselves(self, counting: Counting) -> None:
        charts = [counting.bars(name, 5) for name in ("number", "word", "truth", "when", "day")]
        filters = All(
            (
                InRange("number", 0, 1),
                OneOf("word", ("cat", "dog", "a_b")),
                InRange("whole", 0, 9),
                InRange("when", datetime(2020, 1, 2)) | IsNull("word"),
            )
        )
        for asked in (All(), filters):
            for chart, counts in zip(charts, counting.counts(charts, asked), strict=True):
                rows = shown(without(asked, chart.column))
                assert counts.tolist() == by_hand(chart, rows), chart.column
        assert [counts.sum() for counts in counting.counts(charts, All())] == [ROWS.num_rows] * len(charts)

    def test_a_group_is_counted_in_every_chart(self, counting: Counting) -> None:
        charts = [counting.bars(name, 5) for name in ("number", "word", "when")]
        filters = All((InRange("whole", 0, 9), OneOf("word", ("cat", "dog", "a_b"))))
        active = counting.bars("whole", 7)
        for group in (Equals("word", "cat"), IsNull("word"), InRange("number", 0, 1)):
            within = All((group,))
            counted = counting.counts(charts, filters, within)
            cube = counting.cube(active, 50, charts, filters, within)
            for n, chart in enumerate(charts):
                # Unlike a filter on the chart's own column.
                left = without(filters, chart.column)
                assert counted[n].tolist() == by_hand(chart, shown(left & group)), (group, chart.column)
                brush = active.positions(50).predicate(range(50))
                left = without(filters, "whole", chart.column)
                assert cube.counts(0, 50)[n].tolist() == by_hand(chart, shown(left & group & brush))

    def test_a_brush_counts_what_setting_it_would(self, counting: Counting) -> None:
        charts = [counting.bars(name, 5) for name in ("word", "truth", "number", "when")]
        filters = All(
            (
                OneOf("word", ("cat", "dog", "a_b", "été")),
                Equals("when", datetime(2020, 1, 2, 1)) | InRange("when", datetime(2020, 1, 3)),
                InRange("whole", 5, 6),
                InRange("when", datetime(2020, 1, 4)),
            )
        )
        for column in ("whole", "when", "day"):
            active = counting.bars(column, 7)
            cube = counting.cube(active, 50, charts, filters)
            finer = active.positions(50)
            assert active.bins is not None
            assert cube.edges.tolist() == np.linspace(*active.bins.span, 51).tolist()
            for low, high in ((0, 50), (0, 1), (0, 25), (49, 50), (7, 7)):
                brush = finer.predicate(range(low, high)) if high > low else AnyOf()
                for chart, counts in zip(charts, cube.counts(low, high), strict=True):
                    left = without(filters, column, chart.column)
                    assert counts.tolist() == by_hand(chart, shown(left & brush)), (column, chart.column)
        for name in ("word", "truth"):
            with pytest.raises(DataError, match="only those can be brushed"):
                counting.cube(counting.bars(name), 10, charts, filters)

    def test_means_are_of_the_finite_numbers_in_each_bar(self, counting: Counting) -> None:
        charts = [counting.bars(name, 4) for name in ("word", "number", "when")]
        filters = All((InRange("number", -1, 1),))
        for of in ("number", "whole", "truth"):
            for chart, means in zip(charts, counting.means(charts, of, filters), strict=True):
                for bar, mean in enumerate(means):
                    rows = shown(without(filters, chart.column) & chart.predicate([bar]))
                    values = [row[of] for row in rows if row[of] is not None and math.isfinite(row[of])]
                    assert mean == pytest.approx(np.mean(values) if values else math.nan, nan_ok=True)
        for of in ("word", "when", "nowhere"):
            with pytest.raises(DataError, match="of numbers to take the mean of"):
                counting.means(charts, of, filters)

    def test_pairs_count_what_is_in_both_bars(self, counting: Counting) -> None:
        x, y = counting.bars("number", 4), counting.bars("word", 3)
        for filters in (All(), All((InRange("whole", 0, 6), OneOf("word", ("cat", "dog", "Cat"))))):
            counts = counting.pairs(x, y, filters)
            assert counts.tolist() == [
                by_hand(y, shown(filters & x.predicate([bar]))) for bar in range(len(x))
            ]

    def test_a_chart_of_what_is_not_there_is_refused(self, counting: Counting) -> None:
        for ask in (
            lambda: counting.bars("nowhere"),
            lambda: counting.counts([Bars("nowhere", values=("a",))], All()),
            lambda: counting.counts([counting.bars("word")], All((Equals("nowhere", 1),))),
        ):
            with pytest.raises(DataError, match="no column “nowhere”"):
                ask()

    @pytest.mark.parametrize("count", [1, 3, 20])
    def test_times_are_in_bins_exactly_to_the_microsecond(
        self, put: Callable[[pa.Table], Any], count: int
    ) -> None:
        start = datetime(1969, 12, 31, 23, 59, 59, 999_990)
        step = timedelta(microseconds=1)
        far = [start + 700 * n * step for n in range(40)] + [start + (700 * 20 + n) * step for n in (-1, 1)]
        times = [start + n * step for n in range(60)] + [None]
        days = [date(1969, 12, 25) + timedelta(days=n % 30) for n in range(len(times))]
        columns = {
            "near": pa.array(times, pa.timestamp("us")),
            "zone": pa.array(times, pa.timestamp("us", "UTC")),
            "far": pa.array([far[n % len(far)] for n in range(len(times))], pa.timestamp("us")),
            "late": pa.array(
                [datetime(9998, 1, 1) + n * step for n in range(len(times))], pa.timestamp("us")
            ),
            "same": pa.array([start] * len(times), pa.timestamp("us")),
            "day": pa.array(days),
            "one": pa.array([days[0]] * len(times)),
        }
        table = Table(put(pa.table({"id": range(len(times)), **columns})))
        for counting in (Counting.of(table), EngineCounting(table)):
            for name, values in columns.items():
                bars = counting.bars(name, count)
                assert (bars.type, bars.to_json()["type"]) == ("times", "times")
                [counts] = counting.counts([bars], All())
                assert counts.sum() == len(times)
                found = met(table, bars)
                assert counts.tolist() == found, name
                assert bars.bins is not None
                whole = values.drop_null().cast(pa.timestamp("us")).cast(pa.int64()).to_numpy() / 1000
                assert counts[:count].tolist() == np.histogram(whole, bars.bins.edges)[0].tolist(), name
                brushed = bars.positions(10)
                found = met(table, brushed)
                assert counting.counts([brushed], All())[0].tolist() == found

    def test_ids_that_repeat_or_are_missing_are_said(self, put: Callable[[pa.Table], Any]) -> None:
        with pytest.raises(DataError, match="repeat, 'b' for one"):
            Table(put(pa.table({"id": ["a", "b", "b"]})))
        with pytest.raises(DataError, match="1 rows have no id"):
            Table(put(pa.table({"id": ["a", None, "b"]})))
        with pytest.raises(DataError, match="of type float64"):
            Table(put(pa.table({"id": [1.5, 2.5]})))
        with pytest.raises(DataError, match="no column “key” of ids"):
            Table(put(pa.table({"id": ["a"]})), id="key")
