"""Rows found in a table, as data for the next line of Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from imlkit.errors import MissingDependencyError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from .row_dataset import RowDataset
    from .table import Table

__all__ = ["Rows"]


class Rows:
    """Some rows of a table, found when they are asked for.

    Attributes:
        expression: the rows as an Ibis table, to go on from.
        table: the table that they are of.
    """

    def __init__(self, expression: ir.Table, table: Table) -> None:
        self.expression = expression
        self.table = table

    def __len__(self) -> int:
        with self.table.turn:
            return int(self.expression.count().to_pyarrow().as_py())

    def to_arrow(self) -> Any:
        """Return the rows as an Arrow table. Raises DataError where they can no longer be read."""
        with self.table.turn:
            return self.expression.to_pyarrow()

    def to_pandas(self) -> Any:
        """Return the rows as a pandas DataFrame."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """Return the rows as a polars DataFrame. Raises MissingDependencyError without polars."""
        try:
            import polars
        except ImportError as error:
            raise MissingDependencyError(
                "polars is not installed, which this needs: pip install polars, or use to_arrow."
            ) from error
        return polars.from_arrow(self.to_arrow())

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        rows: list[dict[str, Any]] = self.to_arrow().to_pylist()
        return rows

    def to_torch(self, columns: str | Sequence[str] | None = None, target: str | None = None) -> RowDataset:
        """Return the rows as they are now as a map-style PyTorch dataset.

        Numbers and truth values are tensors of no dimension (float32; int64 for whole numbers;
        a missing one among them makes them float32 with NaN), embeddings float32 of shape (n,),
        images uint8 of shape (3, H, W), opened when they are asked for; everything else is as it
        is, texts with ``""`` for a missing one.

        Args:
            columns: one column, whose values the items then are, or several, whose values the items
                have by name; all of numbers, truth values, embeddings and images if left out.
            target: the column of what is to be predicted: items are then pairs of the above and
                this. Of nominal values it is the number of the class in ``dataset.classes``.

        Raises:
            DataError: there is no such column, no column is left, or a row has no target.
        """
        from .row_dataset import row_dataset

        return row_dataset(self, columns, target)
