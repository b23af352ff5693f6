from __future__ import annotations

import json
import urllib.parse
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imlkit.errors import DataError
from imlkit.tables import All, Equals, Group, InRange, LinkedState, OneOf, Order, Seen
from tests.imlkit.tables.predicates.test_predicate_json import columns, predicates

ids = st.lists(st.integers(-5, 5) | st.text(max_size=4), max_size=4)
seens = st.builds(
    Seen,
    predicates.map(lambda predicate: All((predicate,))),
    st.lists(st.builds(Group, columns, st.none() | st.integers(1, 50)), max_size=2).map(tuple),
    ids.map(lambda given: tuple(dict.fromkeys(given))),
    st.lists(st.builds(Order, columns, st.booleans()), max_size=2).map(tuple),
)


def test_a_condition_takes_the_place_of_the_one_on_the_same_columns() -> None:
    state = LinkedState()
    state.filter(InRange("a", 0, 1))
    state.filter(Equals("b", "x"))
    both = InRange("a", 0, 9) & InRange("b", 0, 9)
    state.filter(both)
    state.filter(InRange("a", 2, 3))
    assert state.filters.value.parts == (InRange("a", 2, 3), Equals("b", "x"), both)
    assert state.filter_on("a") == InRange("a", 2, 3)
    assert state.filter_on("b", "a") == both
    assert state.filter_on("c") is None
    assert state.filters_without("a").parts == (Equals("b", "x"), both)
    state.unfilter("a", "b")
    assert state.filters.value.parts == (InRange("a", 2, 3), Equals("b", "x"))
    state.unfilter()
    assert state.filters.value == All()


def test_streams_take_what_means_the_same_and_refuse_the_rest() -> None:
    state = LinkedState()
    state.filters.set(Equals("a", 1))
    assert state.filters.value == All((Equals("a", 1),))
    state.filters.set(None)
    assert state.filters.value == All()
    state.selection.set(["x", "y", "x", 3])
    assert state.selection.value == ("x", "y", 3)
    state.sort.set(Order("a"))
    assert state.sort.value == (Order("a"),)
    wrong: list[tuple[Any, Any]] = [
        (state.filters, "a > 3"),
        (state.selection, "abc"),
        (state.selection, [1.5]),
        (state.selection, [["x"]]),
        (state.groups, ["a"]),
        (state.sort, "a"),
    ]
    for stream, value in wrong:
        before = stream.value
        with pytest.raises(DataError):
            stream.set(value)
        assert stream.value == before


def test_steps_are_taken_back_and_again_and_a_new_one_forgets_those_taken_back() -> None:
    state = LinkedState()
    counts: list[tuple[str, int]] = []
    state.undoable.subscribe(lambda n: counts.append(("undo", n)))
    state.filter(Equals("a", 1))
    state.selection.set(["x"])
    state.hover.set("x")
    state.undo()
    assert (state.filters.value.parts, state.selection.value) == ((Equals("a", 1),), ())
    state.undo()
    assert state.seen == Seen()
    state.undo()
    state.redo()
    assert state.filters.value.parts == (Equals("a", 1),)
    state.groups.set([Group("b")])
    state.redo()
    assert state.selection.value == ()
    assert (state.undoable.value, state.redoable.value) == (2, 0)
    assert counts[:3] == [("undo", 0), ("undo", 1), ("undo", 2)]


def test_setting_what_is_there_is_no_step() -> None:
    state = LinkedState()
    state.filter(OneOf("a", ("x", "y")))
    state.filter(OneOf("a", ("y", "x")))
    assert state.undoable.value == 1


def test_a_hundred_steps_are_kept() -> None:
    state = LinkedState()
    for n in range(150):
        state.filter(Equals("a", n))
    for _ in range(200):
        state.undo()
    assert state.filters.value.parts == (Equals("a", 49),)


def test_all_that_is_shown_changes_in_one_step() -> None:
    state = LinkedState()
    told: list[Any] = []
    state.selection.subscribe(told.append)
    state.show(Seen(All((Equals("a", 1),)), (Group("b"),), ("x",), (Order("c", True),)))
    assert state.undoable.value == 1
    state.undo()
    assert state.seen == Seen()
    assert told == [(), ("x",), ()]


def test_an_unlinked_state_is_its_own() -> None:
    state = LinkedState()
    state.filter(Equals("a", 1))
    other = state.unlinked()
    assert other.seen == state.seen
    other.unfilter()
    assert state.filter_on("a") == Equals("a", 1)


@given(seens)
def test_what_is_shown_comes_back_from_json_and_from_an_address(seen: Seen) -> None:
    state = LinkedState(seen)
    assert LinkedState.from_json(state.to_json()).seen == seen
    url = state.to_url("http://127.0.0.1:5006/app?lang=é&state=old#main")
    assert url.isascii()
    assert url.endswith("#main")
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["lang"] == ["é"]
    assert LinkedState.from_url(url).seen == seen


def test_an_address_without_a_state_shows_what_is_seen_at_first() -> None:
    assert LinkedState.from_url("http://127.0.0.1/app#main").seen == Seen()
    assert LinkedState().to_url("http://127.0.0.1/app?state=x&a=1") == "http://127.0.0.1/app?a=1"


def test_a_state_after_the_hash_is_read_as_well() -> None:
    state = LinkedState(Seen(selection=("x y", 3)))
    assert LinkedState.from_url("page.html#" + state.to_url().lstrip("?")).seen == state.seen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"filter":{}}',
        '{"filters":null}',
        '{"groups":[{"column":"a","bins":0}]}',
        '{"groups":[{"columns":"a"}]}',
        '{"groups":[3]}',
        '{"selection":"abc"}',
        '{"selection":[[1]]}',
        '{"selection":{"a":1}}',
        '{"sort":[{"column":"a","descending":1}]}',
        '{"sort":3}',
        "[" * 100_000,
        '{"selection":["' + "x" * 1_000_000 + '"]}',
    ],
)
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        LinkedState.from_json(text)


def test_what_is_too_long_for_an_address_is_said() -> None:
    state = LinkedState(Seen(selection=tuple(range(20_000))))
    with pytest.raises(DataError, match="select fewer rows"):
        state.to_url("http://127.0.0.1/")
    assert json.loads(state.to_json())["selection"][-1] == 19_999


def test_a_step_is_told_once_as_a_whole() -> None:
    state = LinkedState()
    told: list[tuple[int, Seen]] = []
    state.showing.subscribe(lambda seen: told.append((state.undoable.value, seen)))
    moved = Seen(All((Equals("a", 1),)), (Group("a"),), ("x",), (Order("a"),))
    state.show(moved)
    state.show(moved)
    state.undo()
    assert told == [(0, Seen()), (1, moved), (0, Seen())]
