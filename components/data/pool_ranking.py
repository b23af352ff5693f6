"""The instances of a pool from which the next to label are chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from imlkit.errors import DataError
from imlkit.model import Model, Prediction
from imlkit.store import Document, Query

from .instance_set import InstanceSet
from .query_strategy import MEASURES, SHORTLIST, STRATEGIES, Strategy, farthest_first, most

__all__ = ["UNLABELLED", "Candidate", "PoolRanking", "features_of"]

UNLABELLED: Final[Query] = {"y": None}
"""Matches the instances with no label, left out or None."""

_BATCH: Final = 256
_LEAST_HELD: Final = 200
_MOST_CENTRES: Final = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """An instance that may be asked about.

    Attributes:
        id: the instance's id.
        x: its features, (d,).
        prediction: what the model says of it; None before the first training.
    """

    id: str
    x: NDArray[np.float32]
    prediction: Prediction | None = None


class PoolRanking:
    """The most uncertain instances of a pool, or a sample of it while the model knows nothing.

    However large the pool is, a batch of it and a few hundred candidates are in memory.

    Args:
        model: whose uncertainty counts.
        strategy: how to choose.
        count: how many will be chosen at a time.

    Attributes:
        looked: how many instances were looked at.
        left_out: the ids of those without features that the model takes.
        dropped: how many more there are, or may be, than the candidates held.
        problem: what the model said of features that it does not take; empty for nothing.
        trained: whether the model could predict.
    """

    def __init__(self, model: Model, strategy: Strategy, count: int) -> None:
        self._model = model
        self._strategy = strategy
        self._held = max(_LEAST_HELD, 2 * SHORTLIST * count)
        self._random = np.random.default_rng(0)
        self._candidates: dict[str, Candidate] = {}
        self.trained = model.trained
        self.looked = 0
        self.dropped = 0
        self.left_out: set[str] = set()
        self.problem = ""

    def __len__(self) -> int:
        return len(self._candidates)

    def add(self, instances: Iterable[Document], told: Callable[[int], bool] = lambda done: True) -> None:
        """Look at instances (their ``x``), a batch at a time.

        Args:
            instances: from which to keep the most uncertain.
            told: called after each batch with how many have been looked at; False stops.
        """
        for batch in _batches(instances):
            self.looked += len(batch)
            self._keep(self._judged(batch))
            if not told(self.looked):
                self.dropped += 1
                break

    def drop(self, ids: Iterable[str]) -> None:
        """Forget instances that have changed or are not to be asked about."""
        for id in ids:
            self._candidates.pop(id, None)
            self.left_out.discard(id)

    def choose(self, count: int, kept: Sequence[str], known: InstanceSet) -> list[Candidate]:
        """Return the next to ask about.

        Args:
            count: how many, at most.
            kept: ids that are asked about already and stay so, as far as they are still candidates.
            known: where labelled instances are, to differ from while the model knows nothing.
        """
        stay = [self._candidates[id] for id in kept if id in self._candidates][:count]
        staying = {candidate.id for candidate in stay}
        rest = [one for id, one in self._candidates.items() if id not in staying]
        lacking = count - len(stay)
        if not rest or lacking <= 0:
            return stay
        if not self.trained:
            rest, rows = self._differing(rest, stay, lacking, known)
        elif self._strategy == "diversity" and stay:
            shortlist = most(MEASURES["diversity"](_confidences(rest)), SHORTLIST * lacking)
            rest = [rest[row] for row in shortlist]
            rest, rows = _differing_from(rest, lacking, [one.x for one in stay])
        else:
            x, rest = _of_one_length(rest)
            rows = STRATEGIES[self._strategy](_confidences(rest), x, lacking).tolist()
        return [*stay, *(rest[row] for row in rows)]

    def _differing(
        self, rest: list[Candidate], stay: list[Candidate], count: int, known: InstanceSet
    ) -> tuple[list[Candidate], list[int]]:
        centres = [one.x for one in stay]
        labelled: Query = {"y": {"$ne": None}}
        skip = max(0, known.count(labelled) - _MOST_CENTRES)
        for instance in known.find(labelled, skip=skip, limit=_MOST_CENTRES, select=["x"]):
            x = features_of(instance)
            if x is not None:
                centres.append(x)
        return _differing_from(rest, count, centres)

    def _judged(self, batch: list[Document]) -> list[Candidate]:
        found: list[Candidate] = []
        for instance in batch:
            x = features_of(instance)
            if x is None:
                self.left_out.add(instance["id"])
            else:
                found.append(Candidate(instance["id"], x))
        if not self.trained:
            return found
        judged: list[Candidate] = []
        # One instance of other features must not keep the rest from being judged.
        found.sort(key=lambda one: len(one.x))
        for _, group in groupby(found, key=lambda one: len(one.x)):
            alike = list(group)
            try:
                predictions = self._model.predict_batch(np.stack([one.x for one in alike]))
            except DataError as error:
                self.problem = str(error)
                self.left_out.update(one.id for one in alike)
                continue
            for one, prediction in zip(alike, predictions, strict=True):
                if not isinstance(prediction, Prediction):
                    raise DataError(
                        f"“{self._model.title}” tells no confidences but a {type(prediction).__name__}: "
                        "give a classifier, such as MLPClassifier, to be asked about its uncertainty."
                    )
                judged.append(Candidate(one.id, one.x, prediction))
        return judged

    def _keep(self, found: list[Candidate]) -> None:
        if self.trained:
            self._candidates.update((one.id, one) for one in found)
            if len(self._candidates) > self._held:
                held = list(self._candidates.values())
                best = most(MEASURES[self._strategy](_confidences(held)), self._held)
                self._candidates = {held[row].id: held[row] for row in best}
                self.dropped += len(held) - self._held
            return
        # A sample in which each instance is as likely as any other (Vitter's algorithm R, 1985).
        for one in found:
            if len(self._candidates) < self._held:
                self._candidates[one.id] = one
                continue
            self.dropped += 1
            place = int(self._random.integers(self._held + self.dropped))
            if place < self._held:
                del self._candidates[list(self._candidates)[place]]
                self._candidates[one.id] = one


def features_of(instance: Document) -> NDArray[np.float32] | None:
    """Return an instance's features as finite numbers, (d,); None where it has none."""
    try:
        x = np.asarray(instance.get("x"), np.float32)
    except (TypeError, ValueError):
        return None
    return x if x.ndim == 1 and x.size and np.isfinite(x).all() else None


def _confidences(candidates: Collection[Candidate]) -> NDArray[np.float64]:
    told = [one.prediction.confidences if one.prediction else {} for one in candidates]
    labels = list(dict.fromkeys(label for confidences in told for label in confidences))
    return np.array([[confidences.get(label, 0.0) for label in labels] for confidences in told])


def _of_one_length(candidates: list[Candidate]) -> tuple[NDArray[Any], list[Candidate]]:
    ((length, _),) = Counter(len(one.x) for one in candidates).most_common(1)
    alike = [one for one in candidates if len(one.x) == length]
    return np.stack([one.x for one in alike]), alike


def _differing_from(
    candidates: list[Candidate], count: int, centres: list[NDArray[np.float32]]
) -> tuple[list[Candidate], list[int]]:
    x, alike = _of_one_length(candidates)
    there = [centre for centre in centres if len(centre) == x.shape[1]]
    rows = farthest_first(x, count, np.stack(there) if there else None)
    return alike, rows.tolist()


def _batches(instances: Iterable[Document]) -> Iterator[list[Document]]:
    held: list[Document] = []
    for instance in instances:
        held.append(instance)
        if len(held) == _BATCH:
            yield held
            held = []
    if held:
        yield held
