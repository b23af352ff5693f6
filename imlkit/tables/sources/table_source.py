"""Whatever holds a table, as an Ibis table."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imlkit.errors import DataError
from imlkit.folder_walk import Found, walked

from ..column import IMAGES, Kind
from .arrow_source import ArrowSource, arrow_source
from .dataset_source import DatasetRows, LiveDataset
from .embedded import embedded
from .embedded_rows import EmbeddedRows
from .engine import Turn, connected, turn_of
from .file_source import ENDINGS, of_files
from .ibis_source import of_ibis
from .image_folder import of_images
from .narrowing import narrowed
from .row_ids import checked, numbering

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Source", "open_source"]


@dataclass(frozen=True)
class Source:
    """A table as it was when it was opened.

    Attributes:
        expression: the rows as an Ibis table.
        id: the name of the column of ids.
        turn: the right to ask its engine.
        root: the folder that relative paths in it start from; None where there is none.
        notes: what there is to say of columns, by name.
        kinds: what columns are known to be, by name.
        rows: the dataset's rows, of a live one.
        embedded: gives some of the columns, of rows on an embedded DuckDB.
    """

    expression: ir.Table
    id: str
    turn: Turn
    root: Path | None = None
    notes: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    rows: DatasetRows | None = None
    embedded: EmbeddedRows | None = None

    def narrowed(self, columns: Iterable[str]) -> ir.Table:
        """Return the rows with these columns at least; with all where one is not there."""
        with self.turn:
            return narrowed(self.expression, columns, None if self.embedded is None else self._cut)

    def _cut(self, columns: Iterable[str]) -> ir.Table:
        assert self.embedded is not None
        cut = self.embedded.cut(columns)
        # Ids may be of another type than those that were read.
        types = {name: self.expression.schema()[name] for name in cut.columns}
        changed = {name: type for name, type in types.items() if cut.schema()[name] != type}
        if not changed:
            return cut
        return cut.mutate(**{name: cut[name].cast(type) for name, type in changed.items()})


def open_source(source: Any, id: str | None = None) -> Source:
    """Return an Ibis table of what is given, on its own engine or on an embedded DuckDB.

    Args:
        source: an Ibis table; a live dataset, or its rows; the path of a Parquet, CSV, TSV or JSON
            file, of a folder of such files or of images; several paths of files; or what
            :func:`imlkit.tables.sources.arrow_source.arrow_source` takes.
        id: the column of ids; ``"id"`` if left out, or where there is none the rows' numbers.

    Raises:
        DataError: it is none of these, is not there or cannot be read, or its ids repeat.
    """
    if type(source).__module__.startswith("ibis.") and hasattr(source, "schema"):
        return _of_ibis(source, id)
    if isinstance(source, (str, os.PathLike)):
        return _of_path(Path(source).absolute(), id)
    if _paths(source):
        files = [_existing(Path(one).absolute()) for one in source]
        return _of_files(files, Path(os.path.commonpath([file.parent for file in files])), id)
    if isinstance(source, LiveDataset):
        source = DatasetRows(source)
    if isinstance(source, DatasetRows):
        return _of_arrow(source.source(), id, rows=source)
    return _of_arrow(arrow_source(source), id)


def _paths(source: Any) -> bool:
    return (
        isinstance(source, Sequence)
        and bool(source)
        and all(isinstance(one, (str, os.PathLike)) for one in source)
    )


def _of_ibis(table: Any, id: str | None) -> Source:
    try:
        backend = table._find_backend(use_default=True)
    except Exception as error:
        raise DataError(f"This Ibis table lies on no engine: make it with a connection ({error}).") from error
    table = of_ibis(table)
    turn = turn_of(backend)
    notes: dict[str, str] = {}
    number = numbering(id)(table.columns)
    with turn:
        if number is None:
            return Source(checked(table, id or "id", notes), id or "id", turn, notes=notes)
        if backend.name != "duckdb":
            raise DataError(
                f"The rows of this table on {backend.name} have no numbers: name the column of their ids "
                "with id=…."
            )
        import ibis

        return Source(table.mutate(**{number: ibis.row_number()}), number, turn)


def _of_arrow(
    found: ArrowSource, id: str | None, root: Path | None = None, rows: DatasetRows | None = None
) -> Source:
    import pyarrow as pa

    table = found.table
    number = numbering(id)(table.column_names)
    if number is not None:
        import numpy as np

        table = table.append_column(number, pa.array(np.arange(table.num_rows)))
    connection = connected()
    turn = turn_of(connection)
    with turn:
        connection.con.register("given", table)
        read = embedded(connection, "given", found.notes, given=table)
        expression = read.expression
        if number is None:
            expression = checked(expression, id or "id", found.notes)
    return Source(expression, number or id or "id", turn, root, found.notes, found.kinds, rows, read)


def _of_files(files: Sequence[Path], root: Path, id: str | None) -> Source:
    notes: dict[str, str] = {}
    read, number = of_files(files, notes, numbering(id))
    expression = read.expression
    turn = turn_of(expression._find_backend(use_default=True))
    if number is None:
        with turn:
            expression = checked(expression, id or "id", notes)
    return Source(expression, number or id or "id", turn, root, notes, embedded=read)


def _of_path(path: Path, id: str | None) -> Source:
    if not path.is_dir():
        return _of_files([_existing(path)], path.parent, id)
    by_ending: dict[str, list[Found]] = {}
    for file in walked(path):
        by_ending.setdefault(file.ending, []).append(file)
    images = [file for ending in IMAGES for file in by_ending.get(ending, ())]
    for ending in ENDINGS:
        # Beside images, tables in subfolders are what goes with single ones.
        files = [file for file in by_ending.get(ending, ()) if not (images and file.folder)]
        if files:
            return _of_files([path / file.path for file in files], path, id)
    if images:
        return _of_arrow(of_images(sorted(images, key=lambda file: file.path)), id, path)
    raise DataError(
        f"There is no table and no image in {str(path)!r}: give a folder with files that end in "
        f"{', '.join(ENDINGS)} or in {', '.join(sorted(IMAGES))}."
    )


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise DataError(f"There is no file {str(path)!r}: check the path.")
    if path.suffix.lower() not in ENDINGS:
        raise DataError(f"{str(path)!r} is no table: give a file that ends in {', '.join(ENDINGS)}.")
    return path
