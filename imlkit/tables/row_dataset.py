"""Rows of a table as a PyTorch dataset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.utils.data import Dataset

from imlkit.errors import DataError
from imlkit.images import as_rgb, open_image

from .sources.file_root import file_in

if TYPE_CHECKING:
    from .column import Column
    from .rows import Rows
    from .table import Table

__all__ = ["RowDataset", "row_dataset"]

LEARNT_FROM = ("boolean", "integer", "continuous", "latitude", "longitude", "embedding", "image")


class RowDataset(Dataset[Any]):
    """Rows, each an item; see :meth:`imlkit.tables.rows.Rows.to_torch`.

    Attributes:
        ids: the rows' ids.
        columns: the names of the columns that items hold.
        classes: what the numbers of a nominal target stand for; empty for any other.
    """

    def __init__(
        self,
        ids: Sequence[str | int],
        values: dict[str, Callable[[int], Any]],
        alone: bool,
        target: Callable[[int], Any] | None,
        classes: Sequence[Any],
    ) -> None:
        self.ids = list(ids)
        self.columns = list(values)
        self.classes = list(classes)
        self._values = values
        self._alone = alone
        self._target = target

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, place: int) -> Any:
        if not -len(self.ids) <= place < len(self.ids):
            raise IndexError(f"There is no item {place}: there are {len(self.ids):,}.")
        place = int(place) % len(self.ids)
        item: Any = {name: value(place) for name, value in self._values.items()}
        if self._alone:
            [item] = item.values()
        return item if self._target is None else (item, self._target(place))


def row_dataset(rows: Rows, columns: str | Sequence[str] | None, target: str | None) -> RowDataset:
    """Return rows as a dataset. Raises DataError; see :meth:`imlkit.tables.rows.Rows.to_torch`."""
    table = rows.table
    known = table.columns
    if columns is None:
        left = (table.id, target)
        names = [name for name, column in known.items() if column.kind in LEARNT_FROM and name not in left]
    else:
        names = [columns] if isinstance(columns, str) else list(columns)
    for name in [*names, *([] if target is None else [target])]:
        if name not in known or name not in rows.expression.columns:
            raise DataError(f"There is no column “{name}” to learn from: choose another.")
    if not names:
        raise DataError("No column holds numbers, embeddings or images to learn from: name some columns.")
    read = dict.fromkeys([table.id, *names, *([] if target is None else [target])])
    with table.turn:
        found = rows.expression.select(list(read)).to_pyarrow()
    values = {name: _values(table, known[name], found.column(name)) for name in names}
    aim, classes = (None, []) if target is None else _target(table, known[target], found.column(target))
    ids = found.column(table.id).to_pylist()
    return RowDataset(ids, values, isinstance(columns, str), aim, classes)


def _values(table: Table, column: Column, values: Any) -> Callable[[int], Any]:
    if column.kind == "image":
        return Images(table, column.name, values.to_pylist())
    if column.kind == "embedding":
        return Vectors(column.name, values)
    if column.kind in LEARNT_FROM:
        return Held(torch.from_numpy(_numbers(values)))
    listed = values.to_pylist()
    if column.kind in ("nominal", "text", "audio"):
        listed = ["" if value is None else value for value in listed]
    return Held(listed)


def _target(table: Table, column: Column, values: Any) -> tuple[Callable[[int], Any], list[Any]]:
    if values.null_count:
        raise DataError(
            f"{values.null_count:,} rows have no “{column.name}” to predict: leave them out, for example "
            f"with table.where(~IsNull({column.name!r}))."
        )
    if column.kind != "nominal":
        return _values(table, column, values), []
    listed = values.to_pylist()
    classes = sorted(set(listed))
    numbers = {value: number for number, value in enumerate(classes)}
    return Held(torch.tensor([numbers[value] for value in listed], dtype=torch.int64)), classes


def _numbers(values: Any) -> Any:
    import pyarrow as pa

    kind = values.type
    whole = pa.types.is_integer(kind) and not values.null_count and kind != pa.uint64()
    if pa.types.is_boolean(kind) and not values.null_count:
        return np.array(values.to_pylist(), bool)
    if whole:
        return values.to_numpy().astype(np.int64)
    return values.cast(pa.float64(), safe=False).to_numpy().astype(np.float32)


class Held:
    """The values of rows, as they are."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def __call__(self, place: int) -> Any:
        return self._values[place]


class Vectors:
    """The embeddings of rows, float32 of shape (n,)."""

    def __init__(self, column: str, values: Any) -> None:
        self._column = column
        self._values = values.combine_chunks()

    def __call__(self, place: int) -> torch.Tensor:
        scalar = self._values[place]
        if not scalar.is_valid:
            raise DataError(
                f"The row at {place:,} has no “{self._column}”: leave rows without one out, for example with "
                f"table.where(~IsNull({self._column!r}))."
            )
        return torch.from_numpy(scalar.values.to_numpy(zero_copy_only=False).astype(np.float32))


class Images:
    """The images of rows, uint8 of shape (3, H, W), opened one by one."""

    def __init__(self, table: Table, column: str, values: Sequence[Any]) -> None:
        # Not the table: workers of a loader are given this, and a table cannot be sent.
        self._root = table.root
        self._rows = table.rows_of_dataset
        self._column = column
        self._named = values

    def __call__(self, place: int) -> torch.Tensor:
        value = self._named[place]
        if value is None:
            raise DataError(f"The row at {place:,} has no image in “{self._column}”: leave such rows out.")
        if self._rows is not None and self._column in self._rows.images:
            pixels = as_rgb(self._rows.image(self._column, value))
        else:
            file = value if isinstance(value, bytes) else file_in(self._root, value, lambda path: True)
            pixels = open_image(file)
        return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))
