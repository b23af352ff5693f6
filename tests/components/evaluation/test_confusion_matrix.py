"""Counts side by side, and the instances behind them."""

from __future__ import annotations

import numpy as np
import pytest

from imlkit.components.data.dataset_browser import DatasetBrowser
from imlkit.components.evaluation.batch_prediction import BatchPrediction
from imlkit.components.evaluation.cell import Cell
from imlkit.components.evaluation.confusion_matrix import CHOOSE, ConfusionMatrix
from imlkit.components.evaluation.confusion_tables import ConfusionTables
from imlkit.components.evaluation.matrix import Matrix
from imlkit.components.evaluation.metrics import confusion
from imlkit.components.evaluation.share_words import percent
from imlkit.components.models.knn_classifier import KNNClassifier
from imlkit.errors import DataError
from imlkit.session import Session
from tests.awaiting import awaited

from .conftest import World, around


def total(matrices: tuple[Matrix, ...]) -> list[int]:
    return [matrix.confusion.total for matrix in matrices]


def test_it_counts_what_was_predicted_and_follows_a_corrected_label(world: World) -> None:
    matrix = ConfusionMatrix(world.predicted())
    (shown,) = awaited(matrix.matrices, lambda matrices: total(matrices) == [12])
    assert shown.confusion.labels == ("a", "b", "c")
    np.testing.assert_array_equal(shown.confusion.counts, np.diag([4, 4, 4]))
    world.held_out.patch("a2", {"y": "b"})
    (shown,) = awaited(matrix.matrices, lambda matrices: matrices[0].confusion.counts[1, 0] == 1)
    assert shown.note == ""


def test_a_selected_cell_gives_its_instances_and_goes_on_giving_them(world: World) -> None:
    matrix = ConfusionMatrix(world.predicted())
    assert (matrix.ids.value, matrix.description.value) == ((), CHOOSE)
    matrix.selected.set(Cell("b", "a"))
    assert matrix.ids.value == ()
    assert "No instance of “b” is left that “Neighbours” takes for “a”" in matrix.description.value
    world.held_out.patch_many(["a1", "a3"], {"y": "b"})
    awaited(matrix.ids, lambda ids: ids == ("a1", "a3"))
    assert matrix.instances.value == {"id": {"$in": ["a1", "a3"]}}
    awaited(matrix.description, lambda said: said == "2 instances of “b” that “Neighbours” takes for “a”.")
    matrix.selected.set(None)
    assert (matrix.ids.value, matrix.description.value) == ((), CHOOSE)


def test_a_browser_shows_the_instances_of_the_selected_cell_and_relabels_them(world: World) -> None:
    matrix = ConfusionMatrix(world.predicted())
    browser = DatasetBrowser(world.held_out.where(matrix.instances))
    awaited(browser.listing, lambda listing: listing.total == 0)
    world.held_out.patch("c1", {"y": "a"})
    matrix.selected.set(Cell("a", "c"))
    awaited(browser.listing, lambda listing: listing.shown == {"c1"})
    browser.select(["c1"])
    browser.relabel("c")
    awaited(browser.listing, lambda listing: listing.total == 0)
    assert world.held_out.get("c1")["y"] == "c"
    awaited(browser.selected, lambda ids: ids == ())


def test_models_side_by_side_have_the_same_classes(world: World) -> None:
    batch = world.predicted()
    other = KNNClassifier(k=1, title="Other")
    second = BatchPrediction("other", world.store, other, world.held_out)
    matrix = ConfusionMatrix(batch, second)
    awaited(matrix.matrices, lambda matrices: total(matrices) == [12, 0] and "Train" in matrices[1].note)
    world.training.create([{"x": around("c", n) + 30, "y": "d"} for n in range(4)])
    world.held_out.create({"x": around("c", 1) + 30, "y": "d"})
    other.train(world.training)
    other.wait(30)
    second.run()
    second.wait(30)
    matrices = awaited(matrix.matrices, lambda matrices: total(matrices) == [12, 13])
    assert [m.confusion.labels for m in matrices] == [tuple("abcd")] * 2
    assert [m.title for m in matrices] == ["Neighbours", "Other"]
    matrix.selected.set(Cell("d", "d", 1))
    assert len(matrix.ids.value) == 1
    awaited(matrix.matrices, lambda matrices: "1 out of date" in matrices[0].note)


def test_what_the_page_gets_is_sparse_and_keeps_every_label_as_it_is(world: World) -> None:
    labels = ["<b>" + "long " * 50, "short"]
    tables = ConfusionTables("Matrix", lambda cell: None, lambda shares: None)
    tables.show_matrices((Matrix("m", confusion([*labels, labels[0]], [labels[0]] * 3)),))
    assert tables.drawn["labels"] == labels
    (panel,) = tables.drawn["panels"]
    assert [cell[:6] for cell in panel["cells"]] == [
        [0, 0, 2, "2", "100 %", "67 %"],
        [1, 0, 1, "1", "100 %", "33 %"],
    ]
    assert (panel["absent"], panel["unsaid"]) == ([], [1])


def test_a_cell_pressed_again_is_let_go(world: World) -> None:
    matrix = ConfusionMatrix(world.predicted())
    view = matrix.view()
    assert isinstance(view, ConfusionTables)
    view._handle_msg({"cell": [0, "a", "a"]})
    assert matrix.selected.value == Cell("a", "a")
    assert view.selected == [0, "a", "a"]
    view._handle_msg({"cell": [0, "a", "a"]})
    assert matrix.selected.value is None
    view._handle_msg({"shares": "by true class"})
    view._handle_msg({"shares": "nonsense"})
    view._handle_msg({"cell": "nonsense"})
    assert matrix.shares.value == view.shares == "by true class"


def test_views_agree(world: World) -> None:
    matrix = ConfusionMatrix(world.predicted())
    one, two = matrix.view(), matrix.view()
    assert isinstance(one, ConfusionTables)
    assert isinstance(two, ConfusionTables)
    one._handle_msg({"cell": [0, "b", "b"]})
    assert two.selected == [0, "b", "b"]


def test_a_cell_of_no_matrix_is_said_and_changes_nothing(world: World, session: Session) -> None:
    matrix = ConfusionMatrix(world.predicted())
    matrix.selected.set(Cell("a", "a", 5))
    assert "There is no matrix 5" in session.errors.value.message
    assert matrix.ids.value == ()


def test_a_matrix_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="give it a BatchPrediction"):
        ConfusionMatrix()


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [
        (0.0, 0, "0 %"),
        (1.0, 1, "100 %"),
        (0.004, 0, "<1 %"),
        (0.996, 0, ">99 %"),
        (0.9996, 1, ">99.9 %"),
        (0.0004, 1, "<0.1 %"),
        (0.667, 0, "67 %"),
        (0.667, 1, "66.7 %"),
        (None, 1, "–"),
        (float("nan"), 0, "–"),
    ],
)
def test_shares_never_say_more_than_is_so(share: float | None, digits: int, said: str) -> None:
    assert percent(share, digits) == said
