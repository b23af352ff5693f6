"""The three tasks: draw examples, train a classifier with them, test it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from imlkit import (
    Button,
    ConfidencePlot,
    Dataset,
    DatasetBrowser,
    EventLog,
    HogFeatures,
    MLPClassifier,
    Prediction,
    Sketchpad,
    Store,
    Stream,
    TrainingProgress,
    TrainingStatus,
)
from imlkit.apps.study.goal import Goal, Progress, counted
from imlkit.apps.study.participants import Participant
from imlkit.apps.study.sheet import Sheet
from imlkit.components.models.model_card import ModelCard
from imlkit.images import RGBImage
from imlkit.store import Change
from imlkit.streams import Chain

__all__ = ["Teaching"]


class Teaching:
    """What one participant draws, trains and tests, with an event for all they do.

    Args:
        store: where it is kept.
        participant: who.
        log: of their events.
        classes: what is drawn.
        examples: how many of each class are asked for.
        tests: how many tests are asked for.
    """

    def __init__(
        self,
        store: Store,
        participant: Participant,
        log: EventLog,
        classes: Sequence[str],
        examples: int,
        tests: int,
    ) -> None:
        self.participant, self.log = participant, log
        self.features = HogFeatures()
        self.examples = Dataset(participant.examples, store, title="Your drawings")
        self.tests = Dataset(participant.tests, store, title="Your tests")
        self.classifier = MLPClassifier(layers=(64, 32), epochs=30, validation_split=0)
        self.wanted = dict.fromkeys(classes, examples)
        self.wanted_tests = tests
        self._draw()
        self._train()
        self._test()

    def _draw(self) -> None:
        self.pad = Sketchpad(title="Draw here")
        self.drawn = Goal("Nothing drawn yet.", "Draw some examples first.")
        self.sheet = Sheet(self.pad, "This is a {}", self.wanted, self._keep_example)
        self.adds = self.sheet.buttons
        self.browser = DatasetBrowser(self.examples.where({}), title="Your drawings")
        self.examples.counts.map(lambda counts: counted(counts, self.wanted)).subscribe(self.drawn.progress)
        self.examples.changes.compute(self._record_change)

    def _train(self) -> None:
        self.train = Button("Train the computer")
        self.missing_training: Stream[str] = Stream("Train the computer first.")
        self.learned: Stream[str] = Stream("")
        self.progress = TrainingProgress(self.classifier)
        self._began = self._running = False
        before = self.participant.latest_model()
        if before is not None:
            self.classifier.upload(before)
        self.train.clicks.subscribe(lambda _: self._begin_training())
        self.drawn.missing.map(bool).subscribe(self.train.disabled)
        self.classifier.training.map(lambda status: status.running).subscribe(self.train.loading)
        known: Chain[Any] = self.classifier.card.filter(bool)
        known.map(lambda card: f"It learned from {card.instances} drawings.").subscribe(self.learned)
        known.map(lambda _: "").subscribe(self.missing_training)
        known.filter(lambda _: self._began).compute(self._keep_model)
        self.classifier.training.subscribe(self._follow_training)

    def _test(self) -> None:
        # A prediction is an event: one at each stroke's end is enough.
        self.trial = Sketchpad(title="Draw something new", live_rate=0)
        self.tested = Goal("Nothing tested yet.", "Test the computer first.")
        self.trial_sheet = Sheet(self.trial, "I drew a {}", self.wanted, self._keep_test)
        self.says = self.trial_sheet.buttons
        described = self.trial.images.compute(self.features.process, policy="latest")
        predictions = described.compute(self.classifier.predict, policy="latest")
        self.log.observe("predict", predictions, _said)
        self.answer = ConfidencePlot(predictions, title="The computer says")
        self.trial.cleared.subscribe(lambda _: self.answer.clear())
        self.tests.counts.compute(self._tests_done, policy="latest").subscribe(self.tested.progress)

    def _keep_example(self, name: str, drawing: RGBImage) -> None:
        x, time = self.features.process(drawing), datetime.now(UTC)
        kept = self.examples.create({"x": x, "y": name, "thumbnail": drawing, "time": time})
        self.log.record("capture", label=name, drawing=kept["id"])

    def _record_change(self, change: Change) -> None:
        # Of two open pages of one participant each hears of a change: it is one event all the same.
        if change.kind == "removed":
            for id in change.ids:
                self.log.record("remove", once=f"removed {id}", drawing=id)
        elif change.kind == "updated":
            for drawing in self.examples.find({"id": {"$in": list(change.ids)}}, select=["y"]):
                id, label = drawing["id"], str(drawing.get("y", ""))
                self.log.record("relabel", once=f"relabelled {id} {label}", drawing=id, label=label)

    def _begin_training(self) -> None:
        self._began = True
        self.log.record("train", drawings=self.examples.count())
        self.classifier.train(self.examples)

    def _keep_model(self, learned: ModelCard) -> None:
        about: dict[str, Any] = {"drawings": learned.instances, "classes": list(learned.labels)}
        about["metrics"] = {name: values[-1] for name, values in learned.metrics.items() if values}
        self.participant.keep_model(self.classifier.download(), epochs=learned.epochs, **about)
        self.log.record("trained", **about)

    def _follow_training(self, status: TrainingStatus) -> None:
        was_running, self._running = self._running, status.running
        if was_running and status.state in ("error", "cancelled"):
            self.log.record("train failed", reason=status.message or status.state)

    def _keep_test(self, name: str, drawing: RGBImage) -> None:
        x, time = self.features.process(drawing), datetime.now(UTC)
        said = self.classifier.predict(x)
        about = _said(said)
        kept = self.tests.create({"x": x, "y": name, "thumbnail": drawing, "time": time, **about})
        self.log.record("test", label=name, drawing=kept["id"], **about)

    def _tests_done(self, _: Any) -> Progress:
        tests = self.tests.find(select=["y", "prediction"])
        done, right = len(tests), sum(test["y"] == test["prediction"] for test in tests)
        said = f"{done} of {self.wanted_tests} tests, {right} of them right."
        if done >= self.wanted_tests:
            return Progress(
                f"Done: {said}", 1.0, advice="You may test more, train again, or go on with Next."
            )
        left = self.wanted_tests - done
        more = "1 more drawing" if left == 1 else f"{left} more drawings"
        return Progress(said, done / self.wanted_tests, f"Test the computer with {more}.")


def _said(prediction: Prediction) -> dict[str, Any]:
    return {"prediction": prediction.label, "confidence": prediction.confidences[prediction.label]}
