"""What a model knows, for the person to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.plain_text import PlainText

from .model_card import ModelCard

if TYPE_CHECKING:
    from .learner import Learner

__all__ = ["model_card_view"]

MOST_CLASSES = 12
LONGEST_LABEL = 40


def model_card_view(model: Learner) -> Viewable:
    """Return a new view of what a model was trained with, and of what it will be."""
    known: Any = PlainText("", margin=0, sx={"overflowWrap": "anywhere"})
    model.follow(model.card, known, lambda view, card: _show(view, card, model.begin))
    planned: Any = PlainText(
        _listed(model.parameters()),
        margin=(8, 0, 0, 0),
        variant="body2",
        sx={"overflowWrap": "anywhere"},
    )
    return pmui.Column(known, planned, margin=0, sizing_mode="stretch_width")


def _show(view: Any, card: ModelCard | None, begin: str) -> None:
    view.object = _told(card, begin)


def _told(card: ModelCard | None, begin: str) -> str:
    if card is None:
        return f"Not trained yet. {begin}"
    classes = ", ".join(_short(label) for label in card.labels[:MOST_CLASSES])
    more = len(card.labels) - MOST_CLASSES
    if more > 0:
        classes += f" and {more:,} more"
    if card.origin.get("checkpoint"):
        of = f" of the run “{_short(card.origin['run_name'])}”" if card.origin.get("run_name") else ""
        classes = f" {len(card.labels):,} classes: {classes}." if card.labels else ""
        return f"The checkpoint “{_short(card.origin.get('name', ''))}”{of}.{classes}"
    told = f"Trained on {card.instances:,} instances, {card.trained[:16].replace('T', ' ')} UTC. "
    accuracy = card.metrics.get("validation_accuracy")
    if accuracy and card.validation_instances:
        told += (
            f"{accuracy[-1]:.0%} of {card.validation_instances:,} validation instances are named rightly. "
        )
    return f"{told}{len(card.labels):,} classes: {classes}." if card.labels else told.rstrip()


def _listed(parameters: dict[str, Any]) -> str:
    def words(value: Any) -> str:
        return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)

    values = "; ".join(f"{name.replace('_', ' ')} {words(value)}" for name, value in parameters.items())
    return f"Parameters of the next training: {values}."


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
