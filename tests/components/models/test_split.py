from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from imlkit.components.models.split import stratified_split


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=80),
    st.floats(0, 0.99),
    st.integers(0, 2**63 - 1),
)
def test_every_instance_is_on_one_side_and_every_class_is_trained_on(
    classes: list[int], fraction: float, seed: int
) -> None:
    rows, aside = stratified_split(classes, fraction, seed)
    assert sorted([*rows.tolist(), *aside.tolist()]) == list(range(len(classes)))
    names = np.array(classes)
    assert set(names[rows]) == set(classes)
    for name in set(classes):
        share = (names == name).sum() * fraction
        assert abs((names[aside] == name).sum() - share) <= 1 or (names == name).sum() == 1


def test_every_class_gives_the_same_share() -> None:
    classes = np.repeat([0, 1, 2], [10, 50, 100])
    _, aside = stratified_split(classes, 0.2, 0)
    assert np.bincount(classes[aside]).tolist() == [2, 10, 20]


def test_classes_too_small_for_a_share_take_turns() -> None:
    classes = np.repeat(np.arange(10), 2)
    _, aside = stratified_split(classes, 0.2, 0)
    assert len(aside) == 4
    taken = {tuple(stratified_split(classes, 0.2, seed)[1]) for seed in range(20)}
    assert len(taken) > 10


def test_the_seed_decides() -> None:
    classes = np.repeat([0, 1], 50)
    one, again, other = (stratified_split(classes, 0.2, seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_nothing_is_set_aside_where_nothing_is_asked() -> None:
    rows, aside = stratified_split([0, 0, 1], 0.0, 0)
    assert (len(rows), len(aside)) == (3, 0)
