"""Accuracy with its interval, and the scores of each class, side by side."""

from __future__ import annotations

import pytest

from imlkit.components.evaluation.batch_prediction import BatchPrediction
from imlkit.components.evaluation.classification_report import ClassificationReport, Score
from imlkit.components.evaluation.metrics import accuracy, class_scores, confusion, wilson_interval
from imlkit.components.evaluation.report_tables import report_html
from imlkit.components.models.knn_classifier import KNNClassifier
from imlkit.errors import DataError
from tests.awaiting import awaited

from .conftest import World


def score(truths: str, said: str, title: str = "m") -> Score:
    counted = confusion(truths.split(), said.split())
    return Score(title, accuracy(counted), class_scores(counted), 0, "All up to date.")


def test_it_reports_what_is_there_and_follows_a_corrected_label(world: World) -> None:
    untrained = BatchPrediction("none", world.store, KNNClassifier(title="Later"), world.held_out)
    report = ClassificationReport(world.predicted(), untrained)
    first, second = awaited(
        report.scores, lambda scores: scores[0].accuracy and "Train" in scores[1].standing
    )
    assert (first.accuracy.right, first.accuracy.total, first.accuracy.high) == (12, 12, 1.0)
    assert (second.title, second.accuracy) == ("Later", None)
    world.held_out.patch("a2", {"y": "b"})
    first, _ = awaited(report.scores, lambda scores: scores[0].accuracy.right == 11)
    assert (first.accuracy.low, first.accuracy.high) == wilson_interval(11, 12)
    assert [(each.label, each.precision, each.recall) for each in first.classes] == [
        ("a", 0.75, 1.0),
        ("b", 1.0, 0.8),
        ("c", 1.0, 1.0),
    ]


def test_the_page_says_the_numbers_their_interval_and_of_how_many() -> None:
    page = report_html([score("a a b b", "a b b b", "One"), score("a a b b", "a a b b", "Two")])
    for said in ("75.0 %", "30.1 % to 95.4 %", "3 of 4", "66.7 %", "4 of 4", ">One<", ">Two<"):
        assert said in page
    assert "is not defined" not in page


def test_what_is_not_defined_is_a_dash_with_an_explanation() -> None:
    page = report_html([score("a b", "a a")])
    assert "<td>–</td>" in page
    assert "– is not defined" in page


def test_titles_and_labels_are_text() -> None:
    page = report_html([score("<img> b", "<img> b", "<script>x</script>")])
    assert "&lt;img&gt;" in page
    assert "<img" not in page
    assert "<script" not in page


def test_nothing_predicted_says_what_to_do() -> None:
    page = report_html([Score("m", None, (), 0, "Nothing is predicted yet. Train “m” first.")])
    assert "Train “m” first" in page
    assert "Each class" not in page


def test_a_report_on_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="give it a BatchPrediction"):
        ClassificationReport()
