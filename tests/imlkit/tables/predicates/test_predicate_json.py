from __future__ import annotations

import json
import math
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imlkit.errors import DataError
from imlkit.tables import All, AnyOf, Equals, InRange, IsNull, Not, OneOf, Predicate, TextContains
from imlkit.tables.predicates.predicate_json import predicate_from_json, predicate_to_json

columns = st.text(max_size=5) | st.sampled_from(
    ['a"b', "x'; drop", " ", "constructor", "__proto__", "equals"]
)
scalars = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(max_size=5)
    | st.datetimes()
    | st.dates()
)
ranges = st.tuples(
    columns, st.lists(st.floats(allow_nan=False), min_size=2, max_size=2).map(sorted), st.booleans()
).map(lambda r: InRange(r[0], r[1][0], r[1][1], r[2]))
leaves: st.SearchStrategy[Predicate] = st.one_of(
    st.builds(Equals, columns, scalars),
    st.builds(OneOf, columns, st.lists(scalars, max_size=4).map(tuple)),
    ranges,
    st.builds(InRange, columns, st.none(), st.dates()),
    st.builds(IsNull, columns),
    st.builds(TextContains, columns, st.text(max_size=5), st.booleans(), st.booleans(), st.booleans()),
)
predicates = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)


@given(predicates)
def test_every_predicate_comes_back_from_strict_json(predicate: Predicate) -> None:
    text = json.dumps(predicate_to_json(predicate), allow_nan=False)
    assert predicate_from_json(json.loads(text)) == predicate


def test_times_and_numbers_keep_their_type() -> None:
    for value in (True, 1, 1.0, "1", math.inf, datetime(2020, 2, 3, 4), date(2020, 2, 3)):
        said = json.loads(json.dumps(predicate_to_json(Equals("a", value))))
        back = predicate_from_json(said)
        assert isinstance(back, Equals)
        assert (type(back.value), back.value) == (type(value), value)


@pytest.mark.parametrize(
    "said",
    [
        None,
        3,
        "a > 3",
        [],
        {},
        {"all": 3},
        {"all": [], "any": []},
        {"not": None},
        {"column": 3, "null": True},
        {"column": "a"},
        {"column": "a", "null": False},
        {"column": "a", "equals": None},
        {"column": "a", "equals": {"number": "4"}},
        {"column": "a", "equals": {"time": "soon"}},
        {"column": "a", "equals": 10**400},
        {"column": "a", "in": "xyz"},
        {"column": "a", "range": [1], "closed": False},
        {"column": "a", "range": [2, 1], "closed": False},
        {"column": "a", "range": ["x", None], "closed": False},
        {"column": "a", "equals": 1, "in": []},
        {"column": "a", "text": "x", "case": 1, "word": False, "regex": False},
        {"column": "a", "text": "x" * 2000, "case": True, "word": False, "regex": False},
        {"all": [{"column": "a", "null": True}] * 10_001},
    ],
)
def test_what_is_no_predicate_is_refused(said: Any) -> None:
    with pytest.raises(DataError):
        predicate_from_json(said)


def test_what_is_too_deep_is_refused() -> None:
    said: Any = {"column": "a", "null": True}
    for _ in range(60):
        said = {"not": said}
    with pytest.raises(DataError, match="make it simpler"):
        predicate_from_json(said)
