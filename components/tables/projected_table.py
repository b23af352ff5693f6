"""A table with two columns more: where each row lies on a map."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imlkit.session import Session
from imlkit.streams import Stream
from imlkit.tables.column import Column, Kind
from imlkit.tables.sources.narrowing import WIDE, Narrow, narrowed
from imlkit.tables.table import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from imlkit.tables.sources.dataset_source import DatasetRows
    from imlkit.tables.sources.engine import Turn

__all__ = ["ProjectedTable"]


class ProjectedTable(Table):
    """The rows of another table, joined with coordinates by the engine that they lie on.

    The ids are the same, so that a state can be shared; conditions on any column hold here as there.
    At first there are no coordinates. When the other table changes this one does.

    Args:
        base: the other table.

    Attributes:
        base: the other table.
        axes: the names of the two columns of coordinates; none while there are none.
    """

    def __init__(self, base: Table) -> None:
        # A table made of a table has nothing to open, nor ids to look through anew.
        self.base: Table = base
        self.title = base.title
        self.version: Stream[int] = Stream(0, name="version")
        self.axes: tuple[str, str] | None = None
        self._session = Session.current()
        self._raising = threading.Lock()
        self._joining = threading.Lock()
        self._placed: Any = None
        self._joined: tuple[Any, Any, Any] | None = None
        held = weakref.ref(self)

        def changed(_version: int) -> None:
            here = held()
            if here is not None:
                here._changed()

        self._following = base.version.subscribe(changed)

    def place(self, method: str, ids: Any, coordinates: npt.NDArray[np.float64]) -> None:
        """Give rows their coordinates, in the place of those that there were. The version rises.

        Args:
            method: what the columns are named by.
            ids: those of the rows that have coordinates, as Arrow has them.
            coordinates: float64 of shape (rows, 2).
        """
        import ibis
        import pyarrow as pa

        taken = {name.casefold() for name in self.base.columns}
        key, x, y = (_unused(name, taken) for name in ("row", f"{method} 1", f"{method} 2"))
        columns = {key: ids, x: coordinates[:, 0].copy(), y: coordinates[:, 1].copy()}
        with self._joining:
            self._placed = (key, ibis.memtable(pa.table(columns)))
            self.axes = (x, y)
            self._joined = None
        self._changed()

    @property
    def expression(self) -> ir.Table:
        """The rows as an Ibis table."""
        rows = self.base.expression
        with self._joining:
            if self._placed is None or self.axes is None:
                return rows
            if self._joined is None or self._joined[0] is not rows or self._joined[1] is not self._placed:
                key, placed = self._placed
                both = rows.left_join(placed, rows[self.base.id] == placed[key])
                self._joined = (rows, self._placed, both.select([*rows.columns, *self.axes]))
            return self._joined[2]

    @property
    def narrow(self) -> Narrow:
        """What gives the rows as they are now with some columns at least."""
        expression = self.expression
        with self._joining:
            placed, axes, joined = self._placed, self.axes, self._joined
        if placed is None or axes is None or joined is None or len(self.base.columns) <= WIDE:
            return lambda columns: narrowed(expression, columns)
        of_base = self.base.narrow
        key, places = placed

        def narrow(columns: Iterable[str]) -> ir.Table:
            wanted = [name for name in columns if name not in axes]
            # Joined even for none of the coordinates: the rows come in one order.
            rows = of_base([self.base.id, *wanted])
            both = rows.left_join(places, rows[self.base.id] == places[key])
            return both.select([*rows.columns, *axes])

        return narrow

    @property
    def id(self) -> str:
        """The name of the column of ids."""
        return self.base.id

    @property
    def turn(self) -> Turn:
        """Held while the engine is asked, which is the other table's."""
        return self.base.turn

    @property
    def root(self) -> Path | None:
        """The folder that relative paths start from; None where there is none."""
        return self.base.root

    @property
    def dataset(self) -> Any:
        """The live dataset whose instances the rows are; None for any other table."""
        return self.base.dataset

    @property
    def rows_of_dataset(self) -> DatasetRows | None:
        """The instances of a live dataset as rows."""
        return self.base.rows_of_dataset

    @property
    def columns(self) -> dict[str, Column]:
        """The columns by name, the two coordinates last."""
        return {**self.base.columns, **{name: Column(name, "continuous") for name in self.axes or ()}}

    def take_for(self, column: str, kind: Kind) -> None:
        """Take a column for something else from now on, in the other table too."""
        self.base.take_for(column, kind)

    def refresh(self) -> None:
        """Read the other table's source again."""
        self.base.refresh()

    def file(self, path: str) -> Path:
        """Return the file that a value of the table names."""
        return self.base.file(path)

    def content(self, column: str, value: Any) -> Any:
        """Return what a value of a column of images or sounds stands for."""
        return self.base.content(column, value)

    def dispose(self) -> None:
        """Follow the other table no longer, and let go of every subscriber."""
        self._following.dispose()
        self.version.dispose()


def _unused(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found.casefold() in taken:
        found, number = f"{name} ({number})", number + 1
    taken.add(found.casefold())
    return found
