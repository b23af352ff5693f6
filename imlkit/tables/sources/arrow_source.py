"""Whatever holds a table in memory, as an Arrow table that any engine can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from imlkit.errors import DataError

from ..column import Kind
from .column_names import distinct_names, notes_of_names

__all__ = ["ArrowSource", "arrow_source", "of_columns"]


@dataclass(frozen=True)
class ArrowSource:
    """A table in memory.

    Attributes:
        table: the Arrow table; its columns' names are distinct on every engine.
        notes: what there is to say of columns, by name.
        kinds: what columns are known to be, by name.
    """

    table: Any
    notes: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)


def arrow_source(source: Any) -> ArrowSource:
    """Return what is given as an Arrow table; columns are copied only where they need to be.

    Args:
        source: a DataFrame of pandas or polars (or polars' LazyFrame), an Arrow table, a mapping of
            column names to equally long sequences, a sequence of mappings, one a row, or whatever
            else gives an Arrow stream.

    Raises:
        DataError: it is none of these, or has no column.
    """
    import pyarrow as pa

    try:
        found = _found(source)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"No table can be made of this {type(source).__name__}: {error}") from error
    if found is None:
        raise DataError(
            f"No table can be made of a {type(source).__name__}: give a DataFrame, an Arrow or Ibis table, "
            "the path of a Parquet or CSV file, or a dictionary of columns."
        )
    return found


def _found(source: Any) -> ArrowSource | None:
    import pyarrow as pa

    if isinstance(source, pa.Table):
        return of_columns(source.column_names, source.columns)
    if isinstance(source, Mapping):
        return of_columns(source, [_rows_of_array(values) for values in source.values()])
    if isinstance(source, Sequence) and not isinstance(source, (str, bytes)):
        if not all(isinstance(row, Mapping) for row in source):
            return None
        names = dict.fromkeys(name for row in source for name in row)
        return of_columns(names, [[row.get(name) for row in source] for name in names])
    package = type(source).__module__.partition(".")[0]
    if package == "pandas" and hasattr(source, "columns"):
        return _of_pandas(source)
    if package == "polars" and hasattr(source, "lazy"):
        # Asking one that is not computed yet for its columns takes as long as computing it.
        return _of_polars(source.lazy().collect() if hasattr(source, "collect") else source)
    if hasattr(source, "__arrow_c_stream__") and package not in ("pandas", "polars"):
        table = pa.table(source)
        return of_columns(table.column_names, table.columns)
    return None


def of_columns(names: Iterable[Any], columns: Sequence[Any], missing_nan: bool = False) -> ArrowSource:
    """Return columns as a table.

    Args:
        names: what they are called, anything.
        columns: sequences of values or Arrow arrays, equally long.
        missing_nan: whether NaN is a missing value, as in pandas.

    Raises:
        DataError: there is none, or they are not equally long.
    """
    import pyarrow as pa

    originals = list(names)
    if not originals:
        raise DataError("No table can be made of this: it has no columns. Give at least one.")
    distinct = distinct_names(originals)
    notes = dict(notes_of_names(originals, distinct))
    kinds: dict[str, Kind] = {}
    arrays = []
    for name, values in zip(distinct, columns, strict=True):
        array, note = _array(values, missing_nan)
        if pa.types.is_dictionary(array.type) and _of_text(array.type.value_type):
            kinds[name] = "nominal"
        array, more = _readable(array)
        arrays.append(array)
        said = " ".join(part for part in (notes.get(name, ""), note, more) if part)
        if said:
            notes[name] = said
    lengths = {len(array): name for name, array in zip(distinct, arrays, strict=True)}
    if len(lengths) > 1:
        (few, short), *_, (many, long) = sorted(lengths.items())
        raise DataError(
            f"No table can be made of this dict: “{short}” has {few:,} values and “{long}” has {many:,}. "
            "Give columns of one length."
        )
    return ArrowSource(pa.table(arrays, names=distinct), notes, kinds)


def _of_pandas(frame: Any) -> ArrowSource:
    import pyarrow as pa

    named = [name for name in frame.index.names if name is not None]
    if named and not any(name in frame.columns for name in named):
        # An index that somebody has named holds what rows are called.
        frame = frame.reset_index(level=named)
    try:
        table = pa.Table.from_pandas(frame.set_axis(range(frame.shape[1]), axis=1), preserve_index=False)
        columns = table.columns
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        columns = [frame.iloc[:, place] for place in range(frame.shape[1])]
    columns = [
        frame.iloc[:, place].astype(str) if _foreign(column) else column
        for place, column in enumerate(columns)
    ]
    return of_columns(frame.columns, columns, missing_nan=True)


def _of_polars(frame: Any) -> ArrowSource:
    import polars

    columns = [
        series.to_list() if series.dtype == polars.Object else series.to_arrow()
        for series in frame.get_columns()
    ]
    return of_columns(frame.columns, columns)


def _foreign(column: Any) -> bool:
    # What pandas calls a period or an interval is to others a number or a pair of them.
    return str(getattr(column, "type", "")).startswith("extension<pandas.")


def _rows_of_array(values: Any) -> Any:
    shape = getattr(values, "shape", None)
    return list(values) if shape is not None and len(shape) > 1 else values


def _array(values: Any, missing_nan: bool) -> tuple[Any, str]:
    import pyarrow as pa

    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values, ""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__"):
        raise DataError(f"{values!r:.100} is no column: give a list of values.")
    try:
        return pa.array(values, from_pandas=missing_nan), ""
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        values = list(values)
    present = [value for value in values if not _missing(value)]
    types = sorted({type(value).__name__ for value in present})
    texts = [None if _missing(value) else _text(value) for value in values]
    if types == ["PosixPath"] or types == ["WindowsPath"]:
        return pa.array(texts, pa.string()), ""
    if len(types) == 1:
        return pa.array(texts, pa.string()), f"Values of type {types[0]}, taken as texts."
    listed = ", ".join(types[:5]) + (" and more" if len(types) > 5 else "")
    return pa.array(texts, pa.string()), f"Values of several types ({listed}): they are taken as texts."


def _missing(value: Any) -> bool:
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return str(value).encode("utf-8", "replace").decode()


def _of_text(type: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(type) or pa.types.is_large_string(type) or pa.types.is_string_view(type))


def _readable(array: Any) -> tuple[Any, str]:
    """Return values in a type that DuckDB reads, and what to say of that."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_null(kind):
        return array.cast(pa.string()), "No row has a value."
    for known, convert, note in _conversions():
        if known(kind):
            return convert(array), note
    if isinstance(kind, pa.BaseExtensionType) and not isinstance(kind, pa.UuidType):
        return _readable(_storage(array))
    if _strange(kind):
        texts = [None if value is None else _text(value) for value in array.to_pylist()]
        return pa.array(texts, pa.string()), f"Values of type {kind}, taken as texts."
    return array, ""


def _conversions() -> list[tuple[Callable[[Any], bool], Callable[[Any], Any], str]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    return [
        (pa.types.is_float16, lambda array: array.cast(pa.float32()), ""),
        (pa.types.is_decimal256, lambda array: array.cast(pa.float64()), "Rounded to 15 digits."),
        (pa.types.is_run_end_encoded, pc.run_end_decode, ""),
        (
            pa.types.is_duration,
            lambda array: pc.divide(
                array.cast(pa.int64()).cast(pa.float64(), safe=False), _per_second(array.type.unit)
            ),
            "Durations, in seconds.",
        ),
    ]


def _per_second(unit: str) -> float:
    return {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[unit]


def _storage(array: Any) -> Any:
    import pyarrow as pa

    if isinstance(array, pa.ChunkedArray):
        return pa.chunked_array([chunk.storage for chunk in array.chunks], array.type.storage_type)
    return array.storage


def _strange(kind: Any) -> bool:
    """Whether DuckDB has no such type, here or somewhere within."""
    import pyarrow as pa

    if pa.types.is_union(kind) or pa.types.is_float16(kind) or pa.types.is_decimal256(kind):
        return True
    return any(_strange(kind.field(place).type) for place in range(kind.num_fields))
