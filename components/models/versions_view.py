"""The browser's part of a model's versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from imlkit.web import FOLDER, inlined

from .version_record import VersionRecord

__all__ = ["VersionsView", "told"]

HERE = Path(__file__)
MOST_METRICS = 6
"""Columns of metrics in the table; the comparison shows all."""


class VersionsView(JSComponent):
    """A table of versions, and what those that are ticked differ in.

    Args:
        title: names the table.
        model: the model's name, for the hint of how to begin.
        asked: called with each message of the person's doing, a dictionary with a ``type``.
    """

    title = param.String("")
    model = param.String("")
    rows = param.List(default=[])
    metrics = param.List(default=[])
    current = param.Integer(default=0)
    selected = param.Dict(default={"numbers": [], "turn": 0})
    notice = param.String("")

    _esm: ClassVar[str] = inlined(HERE.with_name("model_versions.js"))
    _stylesheets: ClassVar[list[str]] = [
        (FOLDER / "linked.css").read_text("utf-8"),
        HERE.with_name("model_versions.css").read_text("utf-8"),
    ]

    def __init__(self, title: str, model: str, asked: Callable[[Mapping[str, Any]], Any]) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            title=title, model=model, sizing_mode="stretch_width", margin=0
        )
        self._asked = asked
        self._turn = 0

    def show_versions(self, versions: Sequence[VersionRecord]) -> None:
        """Show these versions."""
        metrics = dict.fromkeys(name for version in versions for name in version.metrics)
        # What it was checked with says more of a model than what it was trained on.
        ordered = sorted(metrics, key=lambda name: not name.startswith("validation"))
        self.param.update(metrics=ordered[:MOST_METRICS], rows=[told(version) for version in versions])

    def mark(self, current: int | None) -> None:
        """Mark the version in use."""
        self.current = current or 0

    def tick(self, numbers: Sequence[int]) -> None:
        """Tick these versions."""
        self.selected = {"numbers": list(numbers), "turn": self._turn}

    def tell(self, words: str) -> None:
        """Tell the person why something could not be done."""
        self.notice = words

    def _handle_msg(self, message: Any) -> None:
        if isinstance(message, dict):
            if isinstance(turn := message.get("turn"), int):
                self._turn = turn
            self._asked(message)


def told(version: VersionRecord) -> dict[str, Any]:
    """Return what the page shows of a version."""
    return {
        "number": version.number,
        "made": "" if version.made is None else version.made.isoformat(timespec="seconds"),
        "source": _source(version),
        "note": version.note,
        "metrics": {name: f"{value:.4g}" for name, value in version.metrics.items()},
        "parameters": _flat(version.parameters),
    }


def _source(version: VersionRecord) -> str:
    origin = version.origin
    if origin.get("checkpoint"):
        of = f" of the run “{origin['run_name']}”" if origin.get("run_name") else ""
        return f"checkpoint “{origin.get('name', '')}”{of}"
    where = f" of “{version.dataset}”" if version.dataset else ""
    return f"{version.instances:,} instance{'' if version.instances == 1 else 's'}{where}"


def _flat(parameters: Mapping[str, Any], before: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{before}{name} · ")
        elif value is not None:
            flat[f"{before}{name}"[:100]] = (
                ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            )[:100]
    return flat
