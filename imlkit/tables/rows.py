"""Rows found in a table, as data for the next line of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imlkit.errors import MissingDependencyError

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Rows"]


class Rows:
    """Some rows of a table, found when they are asked for.

    Attributes:
        expression: the rows as an Ibis table, to go on from.
    """

    def __init__(self, expression: ir.Table) -> None:
        self.expression = expression

    def __len__(self) -> int:
        return int(self.expression.count().to_pyarrow().as_py())

    def to_arrow(self) -> Any:
        """Return the rows as an Arrow table."""
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
