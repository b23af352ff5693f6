"""What a store tells of one version of a model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from imlkit.store import Document

__all__ = ["VersionRecord"]

LONGEST = 300


@dataclass(frozen=True)
class VersionRecord:
    """A version of a model, as its document tells.

    Attributes:
        number: counts the versions of one model, from 1 on.
        made: when it was saved, in UTC; None if that is not known.
        kind: the class that made it, such as ``"TorchModel"``.
        note: what was said of it.
        instances: how many instances it was trained on.
        labels: its classes.
        dataset: what it was trained on.
        metrics: the last value of each metric.
        parameters: what it was trained with.
        origin: where it comes from where it was not trained here: ``run``, ``checkpoint``, and their names.
        asset: its file in the store.
    """

    number: int
    made: datetime | None = None
    kind: str = ""
    note: str = ""
    instances: int = 0
    labels: tuple[str, ...] = ()
    dataset: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)
    asset: str = ""

    @property
    def title(self) -> str:
        """What it is called: ``"version 3"``."""
        return f"version {self.number}"

    @classmethod
    def read(cls, document: Document) -> VersionRecord:
        """Return what a document tells; what it says wrongly is left out."""
        made = document.get("made")
        labels = document.get("labels")
        return cls(
            number=_whole(document.get("number")),
            made=made.astimezone(UTC) if isinstance(made, datetime) else None,
            kind=_text(document.get("kind")),
            note=_text(document.get("note")),
            instances=_whole(document.get("instances")),
            labels=tuple(map(_text, labels)) if isinstance(labels, list) else (),
            dataset=_text(document.get("dataset")),
            metrics={
                _text(name): float(value)
                for name, value in _mapping(document.get("metrics")).items()
                if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            },
            parameters=_mapping(document.get("parameters")),
            origin={_text(name): _text(value) for name, value in _mapping(document.get("origin")).items()},
            asset=_text(document.get("asset")),
        )


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _text(value: Any) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
