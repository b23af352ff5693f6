"""What a confidence plot promises."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit import ConfidencePlot, Prediction, Stream
from imlkit.errors import NotTrainedError
from imlkit.session import Session
from imlkit.streams import ErrorReport

CAT = Prediction("cat", {"dog": 0.04, "cat": 0.93, "bird": 0.03})


@pytest.fixture
def predictions() -> Stream[Prediction]:
    return Stream()


def test_it_begins_with_what_to_do(predictions: Stream[Prediction]) -> None:
    view: Any = ConfidencePlot(predictions).view()
    assert view.message.startswith("Draw something")
    assert view.bars == {}


def test_every_view_shows_label_and_shares_in_the_classes_own_order(predictions: Stream[Prediction]) -> None:
    plot = ConfidencePlot(predictions)
    views: list[Any] = [plot.view(), plot.view()]
    predictions.set(CAT)
    for view in views:
        assert view.message == ""
        assert (view.bars["label"], view.bars["share"]) == ("cat", "93 %")
        assert view.bars["rows"] == [
            ["dog", "4 %", 4.0, False],
            ["cat", "93 %", 93.0, True],
            ["bird", "3 %", 3.0, False],
        ]


def test_a_view_made_late_shows_the_latest(predictions: Stream[Prediction]) -> None:
    plot = ConfidencePlot(predictions)
    predictions.set(CAT)
    view: Any = plot.view()
    assert view.bars["label"] == "cat"


def test_cleared_it_begins_anew_and_answers_again(predictions: Stream[Prediction]) -> None:
    plot = ConfidencePlot(predictions)
    view: Any = plot.view()
    predictions.set(CAT)
    plot.clear()
    assert view.message.startswith("Draw something")
    assert view.bars == {}
    predictions.set(CAT)
    assert (view.message, view.bars["label"]) == ("", "cat")


def test_of_many_classes_the_leading_ones_are_shown_and_the_rest_counted(
    predictions: Stream[Prediction],
) -> None:
    view: Any = ConfidencePlot(predictions).view()
    shares = {f"class {n}": 0.5 / 290 for n in range(290)} | {f"top {n}": 0.05 for n in range(10)}
    predictions.set(Prediction("top 0", shares))
    assert [row[0] for row in view.bars["rows"]] == [f"top {n}" for n in range(10)]
    assert view.bars["rest"] == "290 more classes share 50 %"


def test_a_share_that_is_no_number_is_said_so(predictions: Stream[Prediction]) -> None:
    view: Any = ConfidencePlot(predictions).view()
    predictions.set(Prediction("cat", {"cat": float("nan"), "dog": 0.5}))
    assert view.bars["rows"][0] == ["cat", "not a number", 0.0, True]


def test_an_untrained_model_is_explained_in_place_of_stale_bars(
    predictions: Stream[Prediction], session: Session
) -> None:
    plot = ConfidencePlot(predictions)
    view: Any = plot.view()
    predictions.set(CAT)
    report = ErrorReport(NotTrainedError("The classifier is not trained: press Train."))

    session.errors.set(report)
    assert view.message == "The classifier is not trained: press Train."
    assert plot.explains(report)

    predictions.set(CAT)
    assert view.message == ""


def test_without_a_view_it_explains_nothing(predictions: Stream[Prediction]) -> None:
    assert not ConfidencePlot(predictions).explains(ErrorReport(NotTrainedError("no")))


def test_another_pipelines_error_is_not_its_own(predictions: Stream[Prediction], session: Session) -> None:
    plot = ConfidencePlot(predictions)
    view: Any = plot.view()
    predictions.set(CAT)
    report = ErrorReport(NotTrainedError("another model"), stream=Stream(name="elsewhere"))
    session.errors.set(report)
    assert not plot.explains(report)
    assert view.message == ""


def test_the_error_of_its_own_computation_is_explained(session: Session) -> None:
    from reactivex.scheduler import ImmediateScheduler

    def predict(_: int) -> Prediction:
        raise NotTrainedError("Train the classifier first.")

    strokes: Stream[int] = Stream()
    plot = ConfidencePlot(strokes.compute(predict, scheduler=ImmediateScheduler()))
    view: Any = plot.view()

    strokes.set(1)

    assert view.message == "Train the classifier first."
    assert plot.explains(session.errors.value)


def test_something_else_than_a_prediction_is_reported_and_survived(
    predictions: Stream[Any], session: Session
) -> None:
    view: Any = ConfidencePlot(predictions).view()
    predictions.set("cat")
    assert "shows predictions, not str" in session.errors.value.message
    predictions.set(CAT)
    assert view.bars["label"] == "cat"


def test_after_dispose_no_prediction_arrives(predictions: Stream[Prediction]) -> None:
    plot = ConfidencePlot(predictions)
    plot.dispose()
    predictions.set(CAT)
    assert plot.prediction.value is None
    assert not predictions.observed
