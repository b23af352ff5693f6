"""What is known of a trained model, in JSON beside its weights."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import imlkit
from imlkit.errors import ModelFileError

__all__ = ["FORMAT", "VERSION", "ModelCard"]

FORMAT = "imlkit.model"
VERSION = 1

MOST_EPOCHS_KEPT = 10_000
"""Metrics of longer trainings are thinned out when written."""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model was trained with, and how it went.

    Attributes:
        kind: the class that made it, such as ``"MLPClassifier"``.
        labels: its classes, in the order of its outputs; none of a regression.
        features: how many numbers describe an instance; 0 while that is not known.
        instances: how many instances it was trained on.
        validation_instances: how many it was checked with.
        dataset: the name of the dataset it was trained on.
        parameters: the parameters it was trained with.
        epochs: epochs trained.
        metrics: each metric's value after every epoch.
        trained: when, in UTC, ISO 8601.
        imlkit: the version of imlkit that trained it.
        shape: of an instance, where that is not a list of numbers.
        origin: where the weights come from where they were not trained here: ``checkpoint`` and ``run``,
            ids, and what they are called, ``name`` and ``run_name``.
    """

    kind: str
    labels: tuple[str, ...]
    features: int
    instances: int
    validation_instances: int = 0
    dataset: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    epochs: int = 0
    metrics: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    trained: str = field(default_factory=_now)
    imlkit: str = imlkit.__version__
    shape: tuple[int, ...] = ()
    origin: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the card as JSON, with the name and version of the format."""
        card = asdict(self)
        step = max(1, -(-self.epochs // MOST_EPOCHS_KEPT))
        card["metrics"] = {name: values[::-step][::-1] for name, values in self.metrics.items()}
        return json.dumps({"format": FORMAT, "version": VERSION, **card}, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> ModelCard:
        """Read a card. Raises ModelFileError where it is none, or one of a newer imlkit."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise ModelFileError("This is no model of imlkit: choose a file that imlkit downloaded.")
        version = values.get("version")
        if not isinstance(version, int) or not _whole(version, 1):
            raise ModelFileError(f"The model file is damaged: its version is {version!r:.40}.")
        if version > VERSION:
            raise ModelFileError(
                f"The model was saved by a newer imlkit ({values.get('imlkit')!s:.40}, file version "
                f"{version}; this one reads up to {VERSION}): update imlkit, then try again."
            )
        for name, holds in _SOUND.items():
            if not holds(values.get(name)):
                raise ModelFileError(
                    f"The model file is damaged: its {name} cannot be read. Download it again, or train anew."
                )
        metrics = {name: tuple(map(float, told)) for name, told in values["metrics"].items()}
        kept = {name: values[name] for name in _SOUND} | {
            "labels": tuple(values["labels"]),
            "metrics": metrics,
        }
        return cls(**kept, shape=_shape(values.get("shape")), origin=_origin(values.get("origin")))


def _whole(value: Any, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**53


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _labels(value: Any) -> bool:
    return isinstance(value, list) and len(set(map(str, value))) == len(value) != 1 and all(map(_text, value))


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, list) and all(_whole(size) for size in value) else ()


def _origin(value: Any) -> dict[str, str]:
    return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}


def _metrics(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(told, list)
        and all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in told)
        for told in value.values()
    )


def _time(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


_SOUND = {
    "kind": _text,
    "labels": _labels,
    "features": _whole,
    "instances": _whole,
    "validation_instances": _whole,
    "dataset": _text,
    "parameters": lambda value: isinstance(value, dict),
    "epochs": _whole,
    "metrics": _metrics,
    "trained": _time,
    "imlkit": _text,
}
