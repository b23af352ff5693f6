"""A table of instances, on whatever engine it lies."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imlkit.errors import DataError
from imlkit.session import Session
from imlkit.streams import Stream

from .column import Column, Kind, check_fits
from .linked_state import LinkedState
from .ordering import ordered
from .predicates.condition import Equals, OneOf
from .predicates.predicate import All, AnyOf, Predicate
from .predicates.predicate_expression import matching
from .rows import Rows
from .sources.engine import Turn
from .sources.file_root import file_in
from .sources.known_columns import known_columns
from .sources.narrowing import Narrow
from .sources.table_source import open_source

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from .sources.dataset_source import DatasetRows

__all__ = ["Table"]


class Table:
    """A table, one instance a row.

    Args:
        source: a DataFrame of pandas or polars, an Arrow table, a dictionary of columns, a list of
            dictionaries; Parquet, CSV, TSV or JSON files (a path, a folder, several); a folder of
            images; a live dataset; or an Ibis table on any engine that Ibis speaks. Nothing is
            copied that need not be.
        id: the column that names each row; ``"id"`` if left out, or where there is none the rows'
            numbers from 0.
        kinds: what columns are to be taken for where it is not recognised: see
            :data:`imlkit.tables.column.Kind`.
        title: what people call it.
        root: the folder that relative paths of images and sounds in it start from, and the only
            one they may lead to; the files' own if left out.

    Attributes:
        base: the table whose rows and columns these are, where some columns were only added to it.
        version: rises when the rows or columns have changed; ``expression`` is then the new one.

    Raises:
        DataError: the source is no table, ids repeat or are missing, a column is not there.
    """

    base: Table | None = None

    def __init__(
        self,
        source: Any,
        id: str | None = None,
        kinds: Mapping[str, Kind] | None = None,
        title: str = "",
        root: str | os.PathLike[str] | None = None,
    ) -> None:
        self.title = title
        self.version: Stream[int] = Stream(0, name="version")
        self._session = Session.current()
        self._raising = threading.Lock()
        self._renewing = threading.Lock()
        self._asked_id = id
        self._root = None if root is None else Path(root).absolute()
        self._corrected: dict[str, Kind] = dict(kinds or {})
        self._files = source if _of_paths(source) else None
        self._source = open_source(source, id)
        self._columns: dict[str, Column] | None = None
        self._checked(self._corrected)
        if self._source.rows is not None:
            _follow(self, self._source.rows)

    @property
    def expression(self) -> ir.Table:
        """The rows as an Ibis table."""
        return self._source.expression

    @property
    def narrow(self) -> Narrow:
        """What gives the rows as they are now as an Ibis table with some columns at least.

        To ask that is quicker than to ask :attr:`expression` where there are thousands of columns. ::

            mean = table.narrow(["age"]).age.mean().to_pyarrow().as_py()
        """
        return self._source.narrowed

    @property
    def id(self) -> str:
        """The name of the column of ids."""
        return self._source.id

    @property
    def turn(self) -> Turn:
        """Held while the engine is asked: it is asked one thing at a time, and its errors become words."""
        return self._source.turn

    @property
    def root(self) -> Path | None:
        """The folder that relative paths start from; None where there is none."""
        return self._root or self._source.root

    @property
    def dataset(self) -> Any:
        """The live dataset whose instances the rows are; None for any other table."""
        return None if self._source.rows is None else self._source.rows.dataset

    @property
    def rows_of_dataset(self) -> DatasetRows | None:
        """The instances of a live dataset as rows."""
        return self._source.rows

    @property
    def columns(self) -> dict[str, Column]:
        """The columns by name, in their order."""
        with self._source.turn:
            source, columns = self._source, self._columns
            if columns is None:
                columns = self._columns = known_columns(source, self._corrected)
            return columns

    def take_for(self, column: str, kind: Kind) -> None:
        """Take a column for something else from now on. The version rises.

        Raises:
            DataError: there is no such column, or its values cannot be taken for that.
        """
        self._checked({column: kind})
        with self._source.turn:
            self._corrected[column] = kind
            self._columns = None
        self._changed()

    def refresh(self) -> None:
        """Read the source again, if it has changed meanwhile. The version rises.

        Files are read anew, a live dataset wholly; other tables are told of as changed.

        Raises:
            DataError: it can no longer be read; the table stays as it was.
        """
        if self._source.rows is not None:
            self._source.rows.read()
            self._reread()
        elif self._files is not None:
            self._renew(self._files)
        else:
            with self.turn:
                self._columns = None
        self._changed()

    def count(self, predicate: Predicate | None = None) -> int:
        """Return how many rows meet a predicate; all if left out.

        Raises:
            DataError: the predicate does not fit the columns.
        """
        asked = predicate if predicate is not None else All()
        return len(self._rows(matching(self.narrow(asked.columns), asked)))

    def where(self, predicate: Predicate) -> Rows:
        """Return the rows that meet a predicate.

        Raises:
            DataError: the predicate does not fit the columns.
        """
        return self._rows(matching(self.expression, predicate))

    def filtered(self, state: LinkedState) -> Rows:
        """Return the rows that a state's filters leave, in its order."""
        return self._rows(ordered(matching(self.expression, state.filters.value), state.sort.value, self.id))

    def selected(self, state: LinkedState) -> Rows:
        """Return the rows that are selected in a state, whether its filters leave them or not."""
        return self.with_ids(state.selection.value)

    def with_ids(self, ids: Iterable[str | int]) -> Rows:
        """Return the rows of these ids, in the table's order."""
        return self.where(OneOf(self.id, tuple(ids)))

    def file(self, path: str) -> Path:
        """Return the file that a value of the table names.

        Args:
            path: relative to :attr:`root`, or absolute.

        Raises:
            DataError: it leads out of the root, by links too, and the table does not name it by its
                whole path; it is an address elsewhere; or there is no such file.
        """
        return file_in(self.root, path, self._names)

    def content(self, column: str, value: Any) -> Any:
        """Return what a value of a column of images or sounds stands for.

        Args:
            column: the column.
            value: from the table: it may name a file by its whole path.

        Returns:
            the path of a file; the array of an image of a live dataset; or the value itself where
            it is no text.

        Raises:
            DataError: as :meth:`file`, or the dataset no longer has it.
        """
        rows = self._source.rows
        if rows is not None and column in rows.images:
            return rows.image(column, value)
        return file_in(self.root, value, lambda path: True) if isinstance(value, str) else value

    def dispose(self) -> None:
        """Follow a live source no longer, and let go of every subscriber."""
        if self._source.rows is not None:
            self._source.rows.dispose()
        self.version.dispose()

    def _rows(self, expression: ir.Table) -> Rows:
        return Rows(expression, self)

    def _names(self, path: str) -> bool:
        named = [name for name, column in self.columns.items() if column.kind in ("image", "audio")]
        texts = [name for name in named if self.expression[name].type().is_string()]
        return bool(texts) and self.count(AnyOf(tuple(Equals(name, path) for name in texts))) > 0

    def _checked(self, kinds: Mapping[str, Kind]) -> None:
        schema = self.expression.schema()
        for name, kind in kinds.items():
            column = Column(name, kind)
            if name in schema:
                check_fits(column, schema[name])
            elif self._source.rows is None:
                # A live dataset may yet get it.
                raise DataError(f"There is no column “{name}” to be taken for {kind!r}.")

    def _reread(self) -> None:
        self._renew(self._source.rows)

    def _renew(self, given: Any) -> None:
        with self._renewing:
            source = open_source(given, self._asked_id)
            turn = self._source.turn
            with turn:
                # The same turn, as whoever has it may ask for the old rows or the new ones.
                self._source = replace(source, turn=turn)
                self._columns = None

    def _changed(self) -> None:
        self._session.on_page(self._raise)

    def _raise(self) -> None:
        with self._raising:
            version = self.version.value + 1
            self.version.set(version)


def _of_paths(source: Any) -> bool:
    if isinstance(source, (str, os.PathLike)):
        return True
    return isinstance(source, (list, tuple)) and all(isinstance(one, (str, os.PathLike)) for one in source)


def _follow(table: Table, rows: DatasetRows) -> None:
    # A table that nobody holds is not kept by its dataset.
    held = weakref.ref(table)

    def take() -> None:
        here = held()
        if here is not None:
            here._reread()

    def changed() -> None:
        here = held()
        if here is not None:
            here._raise()

    rows.follow(take, changed)
    weakref.finalize(table, rows.dispose)
