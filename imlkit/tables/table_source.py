"""Whatever holds a table, as an Ibis table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imlkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

__all__ = ["open_source"]

READERS = {".parquet": "read_parquet", ".csv": "read_csv", ".tsv": "read_csv"}


def open_source(source: Any) -> ir.Table:
    """Return an Ibis table of what is given, on its own engine or on an embedded DuckDB.

    Args:
        source: an Ibis table; a pandas or polars DataFrame; an Arrow table; a mapping of column
            names to equally long sequences; a sequence of mappings, one a row; a path of a
            Parquet or CSV file or of a folder of such files; several paths.

    Raises:
        DataError: it is none of these, is not there or cannot be read.
    """
    if type(source).__module__.startswith("ibis.") and hasattr(source, "schema"):
        return source
    if isinstance(source, (str, Path)):
        return _of_files([Path(source)])
    paths = isinstance(source, Sequence) and source and all(isinstance(one, (str, Path)) for one in source)
    if paths:
        return _of_files([Path(one) for one in source])
    return _of_arrow(_arrow(source))


def _connected() -> Any:
    import ibis

    connection = ibis.duckdb.connect()
    # Nothing is fetched from elsewhere.
    connection.con.execute("SET autoinstall_known_extensions = false")
    return connection


def _of_arrow(arrow: pa.Table) -> ir.Table:
    names = arrow.column_names
    twice = (
        next((name for name in names if names.count(name) > 1), None)
        if len(set(names)) < len(names)
        else None
    )
    if twice is not None:
        raise DataError(f"There are several columns “{twice}”: give each a name of its own.")
    lower: dict[str, str] = {}
    for name in names:
        other = lower.setdefault(name.lower(), name)
        if other != name:
            raise DataError(
                f"The columns “{other}” and “{name}” differ in capitals only, which DuckDB takes for one: "
                "rename one of them."
            )
    connection = _connected()
    connection.con.register("rows", arrow)
    return connection.table("rows")


def _arrow(source: Any) -> pa.Table:
    import pyarrow as pa

    try:
        if isinstance(source, pa.Table):
            return source
        if isinstance(source, Mapping):
            return pa.table({str(name): _array(values) for name, values in source.items()})
        if isinstance(source, Sequence) and all(isinstance(row, Mapping) for row in source):
            return pa.Table.from_pylist([{str(name): value for name, value in row.items()} for row in source])
        kind = type(source).__module__.partition(".")[0]
        if kind == "pandas":
            return pa.Table.from_pandas(
                source.rename(columns=str), preserve_index=False
            ).replace_schema_metadata()
        if kind == "polars":
            return source.to_arrow()
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise DataError(f"No table can be made of this {type(source).__name__}: {error}") from error
    raise DataError(
        f"No table can be made of a {type(source).__name__}: give a DataFrame, an Arrow or Ibis table, "
        "the path of a Parquet or CSV file, or a dictionary of columns."
    )


def _array(values: Any) -> Any:
    shape = getattr(values, "shape", None)
    return list(values) if shape is not None and len(shape) > 1 else values


def _of_files(paths: Iterable[Path]) -> ir.Table:
    files = [file for path in paths for file in _files(path)]
    endings = sorted({file.suffix.lower() for file in files})
    if len(endings) > 1:
        raise DataError(f"The files are of several kinds ({', '.join(endings)}): give those of one kind.")
    connection = _connected()
    try:
        return getattr(connection, READERS[endings[0]])([str(file) for file in files])
    except Exception as error:
        raise DataError(f"“{files[0].name}” cannot be read as a table: {error}") from error


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        for ending in READERS:
            found = sorted(file for file in path.rglob(f"*{ending}") if file.is_file())
            if found:
                return found
        raise DataError(f"There is no Parquet or CSV file in {str(path)!r}: give a folder that has some.")
    if not path.is_file():
        raise DataError(f"There is no file {str(path)!r}: check the path.")
    if path.suffix.lower() not in READERS:
        raise DataError(f"{str(path)!r} is no table: give a file that ends in {', '.join(READERS)}.")
    return [path]
