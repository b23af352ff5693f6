from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from imlkit.tables.predicates.moments import EPOCH, first_moment, microseconds, moments_between

moments = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)


@given(moments, st.integers(0, 10_000_000), st.booleans())
def test_times_between_two_numbers_are_those_between_the_bounds(
    start: int, length: int, closed: bool
) -> None:
    low, high = start / 1000.0, (start + length) / 1000.0
    least, above, closes = moments_between(low, high, closed, "local")
    for near in (start, start + length):
        for moment in range(near - 40, near + 41):
            try:
                time = EPOCH + timedelta(microseconds=moment)
            except OverflowError:
                continue
            number = moment / 1000.0
            expected = low <= number and (number < high or (closed and number == high))
            found = (least is None or time >= least) and (
                above is None or time < above or (closes and time == above)
            )
            assert found == expected


def test_bounds_are_of_the_columns_own_kind() -> None:
    assert moments_between(-0.5, 86_400_000.0, False, "date") == (date(1970, 1, 1), date(1970, 1, 2), False)
    assert moments_between(0.0, 0.001, True, "utc") == (
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        True,
    )
    assert moments_between(1.0, 2.0, True, "date") == (date(1970, 1, 2), date(1970, 1, 2), False)


def test_bounds_outside_of_all_times_are_none() -> None:
    assert moments_between(-1e18, 1e18, True, "local") == (None, None, True)


@given(st.floats(-1e14, 1e14))
def test_the_first_moment_is_the_first(milliseconds: float) -> None:
    found = first_moment(milliseconds)
    assert found / 1000.0 >= milliseconds > (found - 1) / 1000.0


def test_times_of_every_unit_are_microseconds() -> None:
    time = datetime(1969, 12, 31, 23, 59, 58, 1)
    for unit, parts in (("s", -2_000_000), ("ms", -2_000_000), ("us", -1_999_999), ("ns", -1_999_999)):
        values = pa.array([time, None]).cast(pa.timestamp(unit), safe=False)
        assert abs(microseconds(values)[0] - parts) <= (1_000_000 if unit == "s" else 1_000)
    below = pa.array([-1], pa.timestamp("ns"))
    assert microseconds(below).tolist() == [-1]
    assert microseconds(pa.array([date(1969, 12, 31), None])).tolist() == [-86_400_000_000, 0]
    assert math.isfinite(microseconds(pa.array([None], pa.timestamp("us")))[0])
