"""Counts and shares, against scikit-learn and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from imlkit.components.evaluation.metrics import accuracy, class_scores, confusion, wilson_interval
from imlkit.errors import DataError


def test_counts_scores_and_shares_are_those_of_scikit_learn() -> None:
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    random = np.random.default_rng(0)
    truths = random.choice(list("abcd"), 300).tolist()
    said = [t if random.random() < 0.7 else str(random.choice(list("abcd"))) for t in truths]
    counted = confusion(truths, said)
    labels = list(counted.labels)
    np.testing.assert_array_equal(counted.counts, confusion_matrix(truths, said, labels=labels))
    for shares, normalize in ((counted.by_true, "true"), (counted.by_predicted, "pred")):
        np.testing.assert_allclose(shares, confusion_matrix(truths, said, labels=labels, normalize=normalize))
    expected = precision_recall_fscore_support(truths, said, labels=labels)
    scores = [(each.precision, each.recall, each.f1, each.support) for each in class_scores(counted)]
    np.testing.assert_allclose(np.array(scores, float).T, np.array(expected, float))


def test_what_is_not_defined_is_absent_and_not_nought() -> None:
    counted = confusion(["a", "a", "b"], ["a", "c", "a"], labels=["d"])
    scores = {score.label: score for score in class_scores(counted)}
    assert (scores["b"].precision, scores["b"].recall) == (None, 0.0)
    assert (scores["c"].precision, scores["c"].recall) == (0.0, None)
    assert (scores["d"].precision, scores["d"].recall, scores["d"].f1) == (None, None, None)
    assert np.isnan(counted.by_true[3]).all()
    assert accuracy(confusion([], [])) is None


def test_classes_stand_in_the_order_of_their_numbers_then_of_their_names() -> None:
    assert confusion(["10", "2", "b"], ["a", "2", "nan"]).labels == ("2", "10", "a", "b", "nan")


def test_the_interval_is_wilsons() -> None:
    # The worked example of R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    low, high = wilson_interval(10, 10)
    assert high == 1.0
    assert low == pytest.approx(1 / (1 + 1.959964**2 / 10), abs=1e-6)
    assert wilson_interval(0, 10) == pytest.approx((0.0, 1 - low))
    assert wilson_interval(0, 10)[0] == 0.0


def test_intervals_hold_the_true_share_as_often_as_they_say() -> None:
    """Exactly, by summing the binomial distribution: on average over shares about 95 %."""
    n = 40
    intervals = [wilson_interval(k, n) for k in range(n + 1)]
    shares = np.linspace(0.05, 0.95, 181)
    covered = [
        sum(
            math.comb(n, k) * p**k * (1 - p) ** (n - k)
            for k, (low, high) in enumerate(intervals)
            if low <= p <= high
        )
        for p in shares
    ]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize(("right", "total"), [(0, 0), (3, 2), (-1, 2)])
def test_a_share_of_nothing_is_refused(right: int, total: int) -> None:
    with pytest.raises(DataError, match="is no share"):
        wilson_interval(right, total)


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(DataError, match="do not belong together"):
        confusion(["a"], [])
