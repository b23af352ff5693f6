from __future__ import annotations

import numpy as np
import pytest

from imlkit.components.data.query_strategy import (
    MEASURES,
    SHORTLIST,
    STRATEGIES,
    entropy,
    farthest_first,
    least_confident,
    margin,
    most,
)

CONFIDENCES = np.array(
    [
        [1.00, 0.00, 0.00],  # sure
        [0.50, 0.50, 0.00],  # two classes alike: the smallest margin
        [0.40, 0.30, 0.30],  # spread over all: the highest entropy, the lowest best
        [0.70, 0.20, 0.10],
    ]
)
FEATURES = np.zeros((4, 2))


def test_the_margin_is_one_less_the_difference_of_the_two_likeliest() -> None:
    assert margin(CONFIDENCES) == pytest.approx([0.0, 1.0, 0.9, 0.5])


def test_the_entropy_is_the_sum_of_minus_p_ln_p_and_nought_for_nought() -> None:
    spread = -(0.4 * np.log(0.4) + 2 * 0.3 * np.log(0.3))
    uneven = -(0.7 * np.log(0.7) + 0.2 * np.log(0.2) + 0.1 * np.log(0.1))
    assert entropy(CONFIDENCES) == pytest.approx([0.0, np.log(2), spread, uneven])


def test_the_least_confident_has_the_lowest_best_class() -> None:
    assert least_confident(CONFIDENCES) == pytest.approx([0.0, 0.5, 0.6, 0.3])


@pytest.mark.parametrize(
    ("strategy", "first_two"), [("margin", [1, 2]), ("entropy", [2, 3]), ("least_confident", [2, 1])]
)
def test_each_strategy_chooses_by_its_own_uncertainty(strategy: str, first_two: list[int]) -> None:
    assert STRATEGIES[strategy](CONFIDENCES, FEATURES, 2).tolist() == first_two  # type: ignore[index]


def test_two_classes_are_ranked_alike_by_all_uncertainties() -> None:
    best = np.array([0.9, 0.5, 0.6, 0.75])
    confidences = np.stack([best, 1 - best], axis=1)
    for measure in MEASURES.values():
        assert most(measure(confidences), 4).tolist() == [1, 2, 3, 0]


def test_of_equally_uncertain_ones_the_earlier_come_first() -> None:
    assert most(np.array([0.2, 0.7, 0.7, 0.2, 0.7]), 4).tolist() == [1, 2, 4, 0]


def test_the_farthest_come_first_on_a_line() -> None:
    line = np.array([[0.0], [1.0], [9.0], [5.0], [10.0]])
    # From 0 the farthest is 10; then 5 is 5 from both; then 1 and 9 are each 1 from their nearest.
    assert farthest_first(line, 4).tolist() == [0, 4, 3, 1]
    assert farthest_first(line, 2, centres=np.array([[0.0], [10.0]])).tolist() == [3, 1]


def test_instances_that_are_all_alike_are_each_chosen_once() -> None:
    assert sorted(farthest_first(np.ones((3, 2)), 3).tolist()) == [0, 1, 2]
    assert sorted(farthest_first(np.ones((3, 2)), 3, centres=np.ones((2, 2))).tolist()) == [0, 1, 2]


def test_diversity_passes_over_the_double_of_the_most_uncertain() -> None:
    best = np.array([0.50, 0.51, 0.52, 0.99])
    confidences = np.stack([best, 1 - best], axis=1)
    features = np.array([[0.0, 0.0], [0.0, 0.1], [3.0, 4.0], [0.0, 1.0]])
    assert STRATEGIES["margin"](confidences, features, 2).tolist() == [0, 1]
    assert STRATEGIES["diversity"](confidences, features, 2).tolist() == [0, 2]


def test_diversity_never_looks_beyond_the_most_uncertain() -> None:
    uncertain = np.linspace(0.5, 0.6, SHORTLIST)
    best = np.append(uncertain, 1.0)
    confidences = np.stack([best, 1 - best], axis=1)
    # The last is the farthest of all, and the surest.
    features = np.append(np.zeros(SHORTLIST), 100.0)[:, None]
    assert STRATEGIES["diversity"](confidences, features, 1).tolist() == [0]
    assert SHORTLIST in STRATEGIES["diversity"](confidences, features, 2)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_asked_for_more_than_there_are_all_come_once(strategy: str) -> None:
    chosen = STRATEGIES[strategy](CONFIDENCES, FEATURES, 9)  # type: ignore[index]
    assert sorted(chosen.tolist()) == [0, 1, 2, 3]
    assert STRATEGIES[strategy](CONFIDENCES, FEATURES, 0).tolist() == []  # type: ignore[index]
