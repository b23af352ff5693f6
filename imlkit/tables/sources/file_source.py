"""Files that hold a table, on an embedded DuckDB."""

from __future__ import annotations

import csv
import glob
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from imlkit.errors import DataError

from .column_names import notes_of_names
from .embedded import embedded, text_literal
from .embedded_rows import EmbeddedRows, quoted
from .engine import connected, reason

__all__ = ["ENDINGS", "of_files"]

ENDINGS = (".parquet", ".csv", ".tsv", ".jsonl", ".ndjson", ".json")
"""How the names of tables' files end; of several kinds in a folder the first is taken."""

NUMBERED = "file_row_number"
BRANCHES = 100
"""Up to how many files the rows' numbers are best counted in cases."""
LOOKED_AT = 100_000
"""How many rows are looked at to say that texts are mostly numbers."""
MOSTLY = 0.5
DELIMITERS = ",;\t|"


def of_files(
    files: Sequence[Path], notes: dict[str, str], id: Callable[[Sequence[str]], str | None]
) -> tuple[EmbeddedRows, str | None]:
    """Return the rows of files, one file after another, and the name of the numbers added to them.

    Parquet files are read where they lie, at each question. Others are read once, now.

    Args:
        files: of one kind; columns that some of them lack have no value there.
        notes: what there is to say of columns; more is added.
        id: gives the name of the column of numbers to add to columns of these names, or None.

    Raises:
        DataError: they are of several kinds, or one cannot be read.
    """
    endings = sorted({file.suffix.lower() for file in files})
    if len(endings) > 1:
        raise DataError(f"The files are of several kinds ({', '.join(endings)}): give those of one kind.")
    empty = next((file for file in files if not _size(file)), None)
    if empty is not None:
        raise DataError(f"“{empty.name}” is empty: give a file with at least a line of columns' names.")
    connection = connected()
    try:
        if endings[0] == ".parquet":
            return _of_parquet(connection, files, notes, id)
        if endings[0] in (".csv", ".tsv"):
            _read_csv(connection, files, notes)
        else:
            listed = _listed(files)
            connection.con.execute(
                f"CREATE TABLE read AS SELECT * FROM read_json({listed}, union_by_name = true, "
                "sample_size = -1, map_inference_threshold = -1, maximum_object_size = 1000000000)"
            )
        number = id(_names(connection, "read"))
        return embedded(connection, "read", notes, number, "rowid"), number
    except DataError:
        raise
    except Exception as error:
        which = files[0].name if len(files) == 1 else f"{files[0].name} and {len(files) - 1:,} more"
        raise DataError(f"“{which}” cannot be read as a table: {reason(error)}") from error


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError as error:
        raise DataError(f"“{file}” cannot be read ({error.strerror}): check its rights.") from error


def _of_parquet(
    connection: Any,
    files: Sequence[Path],
    notes: dict[str, str],
    id: Callable[[Sequence[str]], str | None],
) -> tuple[EmbeddedRows, str | None]:
    listed = _listed(files)
    if len(files) > 1:
        # Reading the columns of every file at each question takes time, where all have the same.
        kinds = connection.con.execute(
            "SELECT count(DISTINCT columns) FROM (SELECT string_agg(concat_ws(' ', name, type, "
            "converted_type, logical_type), ',') AS columns "
            f"FROM parquet_schema({listed}) GROUP BY file_name)"
        ).fetchone()[0]
        listed += ", union_by_name = true" if kinds > 1 else ""
    inner, outer = _partitions(files)
    rows = f"read_parquet({listed}, hive_partitioning = {'true' if inner else 'false'})"
    names = [name for name in _names(connection, rows) if not (inner and name in outer)]
    without = outer if inner else []
    notes.update(_notes_of_first(connection, files[0], names))
    number = id(names)
    if number is None:
        return embedded(connection, rows, notes, without=without), None
    hidden = any(name.lower() in (NUMBERED, "file_index") for name in names)
    counted = "row_number() OVER () - 1" if hidden else _counted(connection, files)
    return embedded(connection, rows, notes, number, counted, without), number


def _partitions(files: Sequence[Path]) -> tuple[list[str], list[str]]:
    """Return the columns named in folders (``year=2020``) below the one that all lie in, and above."""
    common = Path(os.path.commonpath([file.parent for file in files]))
    below = [part for part in files[0].parent.relative_to(common).parts if "=" in part]
    inner = [part.partition("=")[0] for part in below]
    above = [part.partition("=")[0] for part in common.parts if "=" in part]
    return inner, [name for name in dict.fromkeys(above) if name not in inner]


def _counted(connection: Any, files: Sequence[Path]) -> str:
    """Return the rows' numbers over all files, in SQL."""
    if len(files) == 1:
        return NUMBERED
    found = connection.con.execute(
        f"SELECT file_name, num_rows FROM parquet_file_metadata({_listed(files)})"
    ).fetchall()
    rows = dict(found)
    before = [0]
    for file in files[:-1]:
        before.append(before[-1] + rows[str(file)])
    if len(files) > BRANCHES:
        return f"{NUMBERED} + {before}[file_index::BIGINT + 1]"
    cases = " ".join(f"WHEN {place} THEN {rows}" for place, rows in enumerate(before))
    return f"{NUMBERED} + CASE file_index {cases} END"


def _notes_of_first(connection: Any, file: Path, names: Sequence[str]) -> dict[str, str]:
    import pyarrow.parquet as pq

    originals = pq.read_schema(file).names
    if len(originals) != len(names):
        return {}
    return dict(notes_of_names(originals, names))


def _read_csv(connection: Any, files: Sequence[Path], notes: dict[str, str]) -> None:
    """Read files into the table “read”, more and more carefully until they can be read."""
    # No line is passed over: DuckDB would rather leave lines out than find none of one length.
    options = {"skip": "0"} | ({"union_by_name": "true"} if len(files) > 1 else {})
    if files[0].suffix.lower() == ".tsv":
        options["delim"] = "'\t'"
    with open(files[0], "rb") as file:
        if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            options["encoding"] = "'utf-16'"
    while True:
        given = "".join(f", {name} = {value}" for name, value in options.items())
        try:
            connection.con.execute(
                f"CREATE OR REPLACE TABLE read AS SELECT * FROM read_csv({_listed(files)}{given})"
            )
        except Exception as error:
            said = str(error)
            if "not utf-8" in said and "encoding" not in options:
                options["encoding"] = "'latin-1'"
            elif "onver" in said and "sample_size" not in options:
                options["sample_size"] = "-1"
            elif "onver" in said and "all_varchar" not in options:
                options["all_varchar"] = "true"
            else:
                raise
            continue
        names = _names(connection, "read")
        joined = next((sign for sign in DELIMITERS if len(names) == 1 and sign in names[0]), None)
        if joined is None or "delim" in options:
            break
        # Lines of different numbers of fields are taken for lines of one.
        _demand_even(files[0], joined)
        options["delim"] = f"'{joined}'"
    notes.update(_notes_of_header(files[0], names))
    if files[0].suffix.lower() == ".csv":
        _note_mixed(connection, notes)


def _demand_even(file: Path, sign: str) -> None:
    with open(file, encoding="utf-8-sig", errors="replace", newline="") as lines:
        rows = csv.reader(lines, delimiter=sign)
        named = len(next(rows, []))
        for row in rows:
            if row and len(row) != named:
                fields = "1 field" if len(row) == 1 else f"{len(row):,} fields"
                raise DataError(
                    f"“{file.name}” cannot be read as a table: line {rows.line_num:,} has {fields}, "
                    f"where the first has {named:,}. Give every line as many."
                )


def _notes_of_header(file: Path, names: Sequence[str]) -> dict[str, str]:
    with open(file, encoding="utf-8-sig", errors="replace", newline="") as lines:
        line = lines.readline(10_000_000)
    for sign in DELIMITERS:
        originals = next(csv.reader([line], delimiter=sign), [])
        same = sum(one == other for one, other in zip(originals, names, strict=False))
        # A file need not have a line of names.
        if len(originals) == len(names) and same:
            return dict(notes_of_names(originals, names))
    return {}


def _note_mixed(connection: Any, notes: dict[str, str]) -> None:
    described = connection.con.execute("DESCRIBE read").fetchall()
    texts = [name for name, kind, *_ in described if kind == "VARCHAR"]
    if not texts:
        return
    asked = ", ".join(
        f"count({name}), count(TRY_CAST({name} AS DOUBLE)), "
        f"any_value({name}) FILTER (TRY_CAST({name} AS DOUBLE) IS NULL AND {name} IS NOT NULL)"
        for name in map(quoted, texts)
    )
    found = connection.con.execute(f"SELECT {asked} FROM (FROM read LIMIT {LOOKED_AT})").fetchone()
    for place, name in enumerate(texts):
        present, numbers, example = found[3 * place : 3 * place + 3]
        if example is not None and numbers > MOSTLY * present:
            notes[name] = (
                f"Most values are numbers, but not all (“{example[:50]}” for one): they are taken as texts."
            )


def _names(connection: Any, rows: str) -> list[str]:
    return [name for name, *_ in connection.con.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()]


def _listed(files: Sequence[Path]) -> str:
    """Return paths as SQL has them; what would stand for several files stands for itself."""
    return "[{}]".format(", ".join(text_literal(glob.escape(os.fspath(file))) for file in files))
