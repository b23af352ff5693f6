"""Two columns of a table that rows are placed by, one across and one up or down."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import Any

from imlkit.errors import DataError
from imlkit.tables.linked.linked_component import LinkedComponent
from imlkit.tables.table import Table

__all__ = ["place_once_there", "two_axes"]


def place_once_there(component: LinkedComponent) -> None:
    """Give a component that has no two columns yet those that its table gets while it is open."""
    # A table can be open for longer than what shows it.
    held = weakref.ref(component)

    def changed(_version: int) -> None:
        here = held()
        if here is None or None not in (here.config.value["x"], here.config.value["y"]):
            return
        try:
            placed = here.checked(here.config.value)
        except DataError:
            return  # the view tells what is wrong
        if placed != here.config.value:
            here.config.set(placed)

    component.session.track(component.table.version.subscribe(changed))


def two_axes(
    table: Table, said: Mapping[str, Any], fitting: Sequence[str], what: str, kind: str
) -> dict[str, Any]:
    """Return the columns of both axes.

    Args:
        table: the table.
        said: the names given as ``"x"`` and ``"y"``. One that is left out becomes the first column
            that fits, is not the ids and not the other's, if there is one; else None.
        fitting: the columns that an axis can have.
        what: what is drawn, such as "Points", for words.
        kind: what kind of columns fit, such as "of numbers", for words.

    Raises:
        DataError: a column does not fit, or both axes have the same.
    """
    axes = {axis: said.get(axis) for axis in ("x", "y")}
    for name in axes.values():
        if name is not None and name not in fitting:
            known = f"this table has {', '.join(fitting):.300}" if fitting else "this table has none"
            raise DataError(
                f"{what} cannot be placed by {name!r:.100}: give a column {kind}, of which {known}."
            )
    left = [name for name in fitting if name != table.id and name not in axes.values()]
    for axis, name in axes.items():
        if name is None and left:
            axes[axis] = left.pop(0)
    if axes["x"] is not None and axes["x"] == axes["y"]:
        raise DataError(f"{what} of “{axes['x']}” by itself say nothing: give two columns.")
    return axes
