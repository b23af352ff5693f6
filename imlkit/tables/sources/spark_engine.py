"""Spark, asked so that missing values stay what they are."""

from __future__ import annotations

from typing import Any

import ibis.expr.operations as ops
from ibis.backends.pyspark import Backend
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.formats.pyarrow import PyArrowData
from pyspark.sql.types import ArrayType, MapType, StructField, StructType

__all__ = ["SparkEngine", "on_spark"]


class SparkCompiler(PySparkCompiler):  # type: ignore[misc]
    """Writes queries for Spark in which NaN is a number; Ibis's own takes it for a missing one."""

    __slots__ = ()

    def visit_IsNull(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return super(PySparkCompiler, self).visit_IsNull(op, arg=arg)

    def visit_NotNull(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return super(PySparkCompiler, self).visit_NotNull(op, arg=arg)


class SparkEngine(Backend):  # type: ignore[misc]
    """An Ibis connection to Spark whose results come as Arrow.

    Ibis's own fetches them by way of pandas, where a missing number becomes NaN and a long integer in
    a column with a missing one loses its last digits.

    Args:
        backend: the connection whose session is asked. What is on either can be joined.
    """

    compiler = SparkCompiler()

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self.__dict__ |= backend.__dict__ | {"db_identity": backend.db_identity}

    def to_pyarrow(self, expr: Any, /, *, params: Any = None, limit: Any = None, **kwargs: Any) -> Any:
        """Return the values of an expression."""
        if self.mode == "streaming":
            return super().to_pyarrow(expr, params=params, limit=limit, **kwargs)
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        rows = self.raw_sql(self.compile(table, params=params, limit=limit))
        nullable = _nullable(rows.schema)
        if any(one.dataType != other.dataType for one, other in zip(rows.schema, nullable, strict=True)):
            rows = rows.to(nullable)
        found = rows.toArrow()
        return expr.__pyarrow_result__(PyArrowData.convert_table(found, table.schema()))


def _nullable(type: Any) -> Any:
    # Where the whole may be missing Arrow wants that its parts may be.
    if isinstance(type, StructType):
        return StructType([StructField(part.name, _nullable(part.dataType)) for part in type])
    if isinstance(type, ArrayType):
        return ArrayType(_nullable(type.elementType))
    if isinstance(type, MapType):
        return MapType(_nullable(type.keyType), _nullable(type.valueType))
    return type


def on_spark(table: Any, backend: Backend) -> Any:
    """Return an Ibis table on a Spark backend as one on a :class:`SparkEngine`."""
    engine = SparkEngine(backend)

    def moved(node: Any, changed: dict[str, Any] | None) -> Any:
        if isinstance(node, (ops.DatabaseTable, ops.SQLQueryResult)):
            return node.copy(source=engine)
        return node.copy(**changed) if changed else node

    return table.op().replace(moved).to_expr()
