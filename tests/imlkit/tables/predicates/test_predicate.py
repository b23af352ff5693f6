from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pytest

from imlkit.errors import DataError
from imlkit.tables import All, AnyOf, Equals, InRange, IsNull, Not, OneOf, TextContains

A, B, C = Equals("a", 1), InRange("b", 0, 1), IsNull("c")


def test_operators_combine_without_nesting_what_is_of_one_kind() -> None:
    assert All((A, B, C)) == (A & B & C)
    assert AnyOf((A, B, C)) == (A | B | C)
    assert AnyOf((All((A, B)), C)) == (A & B | C)
    assert Not(A) == ~A
    assert ~~A == A


def test_a_predicate_knows_its_columns() -> None:
    assert (A & ~(B | C)).columns == {"a", "b", "c"}
    assert All().columns == frozenset()


def test_equal_conditions_are_equal_and_true_is_not_one() -> None:
    assert Equals("a", math.nan) == Equals("a", math.nan)
    assert len({Equals("a", math.nan), Equals("a", math.nan)}) == 1
    assert Equals("a", True) != Equals("a", 1)
    assert Equals("a", "1") != Equals("a", 1)
    assert Equals("a", 1) != Equals("b", 1)
    assert OneOf("a", ("x", "y")) == OneOf("a", ("y", "x"))
    assert OneOf("a", (True,)) != OneOf("a", (1,))
    assert OneOf("a", ("x",)) != Equals("a", "x")


def test_lists_are_taken_as_well() -> None:
    given: Any = ["x", "y"]
    assert OneOf("a", given).values == ("x", "y")
    conditions: Any = [A, B]
    assert All(conditions) == All((A, B))
    assert hash(All(conditions)) == hash(All((A, B)))


def made(kind: Any, *arguments: Any) -> Any:
    """What a script without type checks may try."""
    return kind(*arguments)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: made(Equals, "a", [1]), "cannot be compared with"),
        (lambda: made(Equals, "a", None), "cannot be compared with"),
        (lambda: made(Equals, "a", 10**400), "64 bits"),
        (lambda: made(Equals, 3, 1), "give the name of a column"),
        (lambda: made(OneOf, "a", (1, {})), "cannot be compared with"),
        (lambda: made(OneOf, "a", range(100_001)), "100,001 values"),
        (lambda: made(InRange, "a", "x", "y"), "'x' is no bound"),
        (lambda: made(InRange, "a", True), "True is no bound"),
        (lambda: made(InRange, "a", math.nan), "nan is no bound"),
        (lambda: made(InRange, "a", 3, 1), "give the lower first"),
        (lambda: made(InRange, "a", 3, datetime(2020, 1, 1)), "two of one kind"),
        (lambda: made(InRange, "a", date(2020, 1, 1), datetime(2020, 1, 1)), "two of one kind"),
        (lambda: made(TextContains, "a", "x" * 1001), "1,000 characters"),
        (lambda: made(TextContains, "a", 3), "no text"),
        (lambda: made(All, (A, "b > 3")), "'b > 3' is no condition"),
        (lambda: made(Not, None), "None is no condition"),
    ],
)
def test_what_is_no_condition_is_refused_and_said_why(make: Any, words: str) -> None:
    with pytest.raises(DataError, match=words.replace("(", r"\(")):
        make()
