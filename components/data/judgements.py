"""What a model says of labelled instances, beside their labels."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from imlkit.class_label import class_label
from imlkit.errors import DataError, TrainingDataError
from imlkit.model import Model, Prediction
from imlkit.store import Document

from .instance_set import InstanceSet

__all__ = ["Judgement", "Judgements", "Mistake"]


class Mistake(NamedTuple):
    """An instance that a model names otherwise than its label does.

    Attributes:
        id: the instance's id.
        label: its label ``y``.
        predicted: what the model says.
        confidence: how sure the model is of that, from 0 to 1.
    """

    id: str
    label: Any
    predicted: str
    confidence: float


class Judgement(NamedTuple):
    """What a model says of one instance.

    Attributes:
        label: the instance's label ``y``.
        content: stands for the label and the features: another number where they are others.
        prediction: what the model says.
        wrong: whether that differs from the label.
    """

    label: Any
    content: int
    prediction: Prediction
    wrong: bool

    @property
    def learned(self) -> bool:
        """Whether the model knows the class of the label."""
        return class_label(self.label) in self.prediction.confidences


class Judgements:
    """A model's judgements of instances by id, in the order in which the instances were read.

    Instances without a label are passed over.

    Args:
        model: a classifier.

    Attributes:
        left_out: ids of the labelled instances that the model cannot judge.
        problem: why not, for the last of them in the model's own words.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._judged: dict[str, Judgement] = {}
        self.left_out: set[str] = set()
        self.problem = ""

    def __len__(self) -> int:
        return len(self._judged)

    def get(self, id: str) -> Judgement | None:
        """Return the judgement of an instance, or None."""
        return self._judged.get(id)

    def drop(self, ids: Iterable[str]) -> None:
        """Forget instances."""
        for id in ids:
            self._judged.pop(id, None)
            self.left_out.discard(id)

    def judge(self, batches: Iterable[list[Document]], told: Callable[[int], bool]) -> bool:
        """Judge batches of instances; return False where that was stopped.

        Args:
            batches: each as :meth:`add` takes it.
            told: called after each batch with how many instances were judged; False stops.
        """
        done = 0
        for batch in batches:
            self.add(batch)
            done += len(batch)
            if not told(done):
                return False
        return True

    def judge_again(
        self, dataset: InstanceSet, ids: Sequence[str], size: int, told: Callable[[int], bool]
    ) -> bool:
        """Judge instances that changed, in batches, and forget those that have gone."""

        def batches() -> Iterator[list[Document]]:
            for start in range(0, len(ids), size):
                part = ids[start : start + size]
                found = dataset.find({"id": {"$in": list(part)}}, select=["x", "y"])
                self.drop(set(part).difference(instance["id"] for instance in found))
                yield found

        return self.judge(batches(), told)

    def add(self, instances: Iterable[Document]) -> None:
        """Judge instances with ``id``, ``x`` and ``y``, in place of what was known of them.

        Raises:
            NotTrainedError: the model knows nothing.
            DataError: the model is no classifier.
        """
        named: list[tuple[Document, str]] = []
        for instance in instances:
            id = instance["id"]
            self.left_out.discard(id)
            label = _named(instance.get("y"))
            if label is None or instance.get("x") is None:
                self._judged.pop(id, None)
                if label is not None:
                    self._leave_out(id, "They have no features x.")
            else:
                named.append((instance, label))
        said = self._predictions([instance for instance, _ in named])
        for instance, label in named:
            prediction = said.get(instance["id"])
            if prediction is not None:
                self._judged[instance["id"]] = Judgement(
                    instance["y"],
                    _content(label, instance["x"]),
                    prediction,
                    prediction.label != label,
                )

    def still(self, kept: Mapping[str, int]) -> dict[str, int]:
        """Return those of the instances put aside whose label and features are as they were."""
        return {
            id: content
            for id, content in kept.items()
            if (judged := self._judged.get(id)) and judged.content == content
        }

    def mistakes(self, kept: Mapping[str, int]) -> list[Mistake]:
        """Return what the model says wrongly, the surest first.

        Args:
            kept: instances to pass over, each with its content of when it was put aside.
        """
        found = [
            Mistake(id, one.label, one.prediction.label, one.prediction.confidences[one.prediction.label])
            for id, one in self._judged.items()
            if one.wrong and kept.get(id) != one.content
        ]
        found.sort(key=lambda mistake: -mistake.confidence)
        return found

    def _predictions(self, instances: list[Document]) -> dict[str, Prediction]:
        if not instances:
            return {}
        try:
            said = self._model.predict_batch([instance["x"] for instance in instances])
        except DataError as error:
            if len(instances) == 1:
                self._leave_out(instances[0]["id"], str(error))
                return {}
            # One instance with other features must not keep the rest from being judged.
            middle = len(instances) // 2
            return self._predictions(instances[:middle]) | self._predictions(instances[middle:])
        for one in said:
            if not isinstance(one, Prediction):
                raise DataError(
                    f"“{self._model.title or type(self._model).__name__}” predicts a {type(one).__name__}, "
                    "no label with confidences: give a classifier, such as MLPClassifier, to see mistakes."
                )
        return {instance["id"]: one for instance, one in zip(instances, said, strict=True)}

    def _leave_out(self, id: str, why: str) -> None:
        self._judged.pop(id, None)
        self.left_out.add(id)
        self.problem = why


def _named(y: Any) -> str | None:
    try:
        return class_label(y)
    except TrainingDataError:
        return None


def _content(label: str, x: Any) -> int:
    try:
        features = np.ascontiguousarray(x).tobytes()
    except (TypeError, ValueError):
        features = repr(x).encode()
    return zlib.crc32(features, zlib.crc32(label.encode("utf-8", "surrogatepass")))
