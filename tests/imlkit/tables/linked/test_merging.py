"""What several views change at once is all kept."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.tables import All, Equals, Group, InRange, LinkedState, Order, Table
from imlkit.tables.linked.linked_view import LinkedView
from imlkit.tables.linked.merging import merged
from imlkit.tables.seen import Seen

YOUNG, OLD, CAT = InRange("age", 0, 5), InRange("age", 10, 20), Equals("kind", "cat")


def filtered(*parts: Any) -> Seen:
    return Seen(filters=All(parts))


def test_what_a_view_has_not_changed_stays_as_it_is_now() -> None:
    before = filtered(YOUNG)
    now = Seen(All((CAT,)), (Group("kind"),), ("a",), (Order("age"),))
    assert merged(now, before, Seen(filters=before.filters, selection=("b",))) == Seen(
        All((CAT,)), (Group("kind"),), ("b",), (Order("age"),)
    )


@pytest.mark.parametrize(
    ("now", "before", "after", "wanted"),
    [
        ((CAT,), (), (YOUNG,), (CAT, YOUNG)),
        ((OLD, CAT), (), (YOUNG,), (CAT, YOUNG)),
        ((YOUNG, CAT), (YOUNG,), (), (CAT,)),
        ((YOUNG, CAT), (YOUNG,), (OLD,), (CAT, OLD)),
        ((), (YOUNG,), (YOUNG, CAT), (CAT,)),
        ((YOUNG,), (), (YOUNG,), (YOUNG,)),
        ((YOUNG,), (YOUNG,), (YOUNG, OLD), (YOUNG, OLD)),
        ((YOUNG, CAT), (YOUNG,), (YOUNG, OLD), (YOUNG, CAT, OLD)),
    ],
)
def test_conditions_of_two_views_are_joined(
    now: tuple[Any, ...], before: tuple[Any, ...], after: tuple[Any, ...], wanted: tuple[Any, ...]
) -> None:
    assert merged(filtered(*now), filtered(*before), filtered(*after)) == filtered(*wanted)


def test_a_page_that_has_not_heard_of_groups_yet_selects_without_taking_them_away() -> None:
    state = LinkedState()
    view = LinkedView(SummaryCharts(Table({"id": ["a", "b"], "age": [1, 2]}), state))
    state.groups.set([Group("age")])
    said = {"type": "show", "turn": 1, "before": "{}", "seen": '{"selection":["a"]}'}
    view._handle_msg(said)
    assert state.seen == Seen(groups=(Group("age"),), selection=("a",))
    assert view.seen == {"turn": 1, "seen": state.to_json()}
