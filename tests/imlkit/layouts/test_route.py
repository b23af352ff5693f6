from __future__ import annotations

import pytest

from imlkit.layouts.route import Route
from imlkit.layouts.step import Step


def steps(*names: str) -> list[Step]:
    return [Step(name) for name in names]


def names(found: list[Step]) -> list[str]:
    return [step.name for step in found]


def test_steps_follow_in_their_order() -> None:
    one, two, three = steps("One", "Two", "Three")
    route = Route([one, two, three])
    assert route.after(one) is two
    assert route.after(three) is None
    assert names(route.ahead(one)) == ["Two", "Three"]


def test_a_branch_leaves_out_what_it_passes_by() -> None:
    one, two, three = steps("One", "Two", "Three")
    one.leads_to(lambda: "Three")
    route = Route([one, two, three])
    assert names(route.whole()) == ["One", "Three"]


def test_going_on_and_back_follows_the_way_that_was_taken() -> None:
    one, two, three = steps("One", "Two", "Three")
    route = Route([one, two, three])
    for step in (one, three):
        route.enter(step)
    one.leads_to(lambda: "Three")
    route.enter(one)
    route.enter(three)
    assert route.before is one
    route.enter(one)
    assert names(route.taken) == ["One"]
    assert route.before is None


def test_who_comes_by_a_link_has_gone_the_way_that_leads_there() -> None:
    every = steps("One", "Two", "Three")
    route = Route(every)
    route.enter(every[2])
    assert names(route.taken) == ["One", "Two", "Three"]


def test_a_step_off_the_way_can_be_entered_and_left_again() -> None:
    one, two, three = every = steps("One", "Two", "Three")
    one.leads_to(lambda: "Three")
    route = Route(every)
    route.enter(one)
    route.enter(two)
    assert route.before is one
    assert names(route.whole()) == ["One", "Two", "Three"]
    route.enter(three)
    assert names(route.taken) == ["One", "Two", "Three"]


def test_steps_that_lead_in_a_circle_are_each_ahead_once() -> None:
    one, two = steps("One", "Two")
    two.leads_to(lambda: "One")
    assert names(Route([one, two]).ahead(one)) == ["Two"]


def test_leading_to_a_step_that_is_not_there_names_those_that_are() -> None:
    one = Step("One").leads_to(lambda: "Nowhere")
    with pytest.raises(ValueError, match="no step 'Nowhere': its steps are 'One'"):
        Route([one]).after(one)
