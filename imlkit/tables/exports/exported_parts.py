"""What components an exported page consists of."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from imlkit.component import Component
from imlkit.errors import DataError

from ..linked.linked_component import LinkedComponent

__all__ = ["part", "parts_of"]


def parts_of(component: Component) -> Sequence[Any]:
    """Return what a component consists of that has a view in a browser: itself, or its ``parts``."""
    if _shown(component):
        return (component,)
    parts = getattr(component, "parts", ())
    if not parts or not all(map(_shown, parts)):
        raise DataError(f"{component!r:.100} is no view of a table: give components such as SummaryCharts.")
    return tuple(parts)


def _shown(component: Any) -> bool:
    """Return whether a component is linked, or a script shows it by its configuration alone."""
    scripted = all(hasattr(component, part) for part in ("module", "config"))
    return isinstance(component, LinkedComponent) or (isinstance(component, Component) and scripted)


def part(n: int, component: Any) -> str:
    """Return the place of a component on the page, with its title."""
    if component.title:
        named, heading = f'aria-labelledby="title-{n}"', f'<h2 id="title-{n}">{escape(component.title)}</h2>'
    else:
        words = component.module.stem.replace("_", " ").capitalize()
        named, heading = f'aria-label="{escape(words)}"', ""
    return f'<section class="page-part" {named}>{heading}<div id="part-{n}"></div></section>'
