"""The samples of rows, as views ask for them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imlkit.errors import DataError
from imlkit.user_folders import cache_folder

from ..predicates.condition import OneOf
from ..predicates.predicate_expression import matching
from ..sources.file_root import file_in
from .sample_cache import SampleCache
from .sample_type import ROW, Sample, SampleType, sample_type

if TYPE_CHECKING:
    from ..seen import Id
    from ..table import Table

__all__ = ["samples"]

log = logging.getLogger("imlkit")

MOST = 500
"""The most samples of one question."""
MOST_WHOLE = 20
SIZES = (8, 2_048)
COLUMNS_OF_A_PREVIEW = 8
"""How many columns of a row are looked at to show it in small."""
LONGEST = 1_000
LONGEST_WHOLE = 1_000_000
WORKERS = 4


def samples(
    table: Table, column: str | None, ids: Sequence[Id], size: int, whole: bool = False
) -> list[dict[str, Any]]:
    """Return the samples of some rows; several are made at a time.

    Previews of files are kept on disk (see :class:`imlkit.tables.samples.sample_cache.SampleCache`).

    Args:
        table: the table.
        column: which column's values to show; None for the whole rows.
        ids: the rows' ids; those there is no row of are left out.
        size: the most pixels of a preview each way.
        whole: whether to show them in full.

    Returns:
        dictionaries of ``id``, ``media_type``, ``data`` (bytes or None), ``url`` (None) and
        ``text``, in the order of the ids. What cannot be shown has no media type (None), and its
        text says why.

    Raises:
        DataError: there is no such column, or the question asks for too much.
    """
    _check(table, column, ids, size, whole)
    type = sample_type(ROW if column is None else table.columns[column].kind)
    values = _values(table, column, list(dict.fromkeys(ids)), whole)
    shown = _pool().map(lambda id: _answer(table, column, type, id, values[id], size, whole), values)
    return list(shown)


def _check(table: Table, column: str | None, ids: Sequence[Id], size: int, whole: bool) -> None:
    if column is not None and column not in table.columns:
        raise DataError(f"There is no column “{column}” to show samples of: choose another.")
    if not isinstance(ids, (list, tuple)) or not all(type(id) in (int, str) for id in ids):
        raise DataError(f"{str(ids)[:100]} are no ids of rows: give a list of texts or whole numbers.")
    most = MOST_WHOLE if whole else MOST
    if len(ids) > most:
        raise DataError(f"{len(ids):,} samples are too many at once: ask for at most {most}.")
    if type(size) is not int or not SIZES[0] <= size <= SIZES[1]:
        raise DataError(f"A sample cannot have a size of {size!r}: give {SIZES[0]} to {SIZES[1]:,} pixels.")


def _values(table: Table, column: str | None, ids: list[Id], whole: bool) -> dict[Id, Any]:
    names = list(table.columns) if column is None else [column]
    if column is None and not whole:
        names = names[:COLUMNS_OF_A_PREVIEW]
    asked = list(dict.fromkeys([*names, table.id]))
    rows = matching(table.narrow(asked), OneOf(table.id, tuple(ids)))
    with table.turn:
        found = rows.select(asked).to_pyarrow()
    named = found.column(table.id).to_pylist()
    shown = found.select(names).to_pylist() if column is None else found.column(column).to_pylist()
    values = dict(zip(named, shown, strict=True))
    return {id: values[id] for id in ids if id in values}


def _answer(
    table: Table, column: str | None, type: SampleType, id: Id, value: Any, size: int, whole: bool
) -> dict[str, Any]:
    try:
        if value is None:
            raise DataError("There is no value.")
        if type.of_files and isinstance(value, str):
            value = _content(table, column, value)
        sample = type.detail(value) if whole else _preview(type, value, size)
    except DataError as error:
        return _unshown(id, str(error))
    except Exception as error:
        # One row that a type fails on must not take the others away.
        log.exception("A sample was not made, of the row %.200r", id)
        return _unshown(id, f"This could not be shown ({error.__class__.__name__}). The log tells more.")
    text = sample.text[: LONGEST_WHOLE if whole else LONGEST]
    return {"id": id, "media_type": sample.media_type, "data": sample.data, "url": None, "text": text}


def _content(table: Table, column: str | None, value: str) -> Any:
    rows = table.rows_of_dataset
    if column is not None and rows is not None and column in rows.images:
        return table.content(column, value)
    # The table holds this path: it need not be asked whether it does.
    return file_in(table.root, value, lambda path: True)


def _unshown(id: Id, why: str) -> dict[str, Any]:
    return {"id": id, "media_type": None, "data": None, "url": None, "text": why}


def _preview(type: SampleType, value: Any, size: int) -> Sample:
    if not isinstance(value, Path):
        return type.preview(value, size)
    try:
        key = _cache().key(value, f"{type.__class__.__module__}.{type.__class__.__qualname__}", size)
    except (OSError, ValueError):
        # The type knows best what to say of a file that is not there.
        return type.preview(value, size)
    sample = _cache().get(key)
    if sample is None:
        sample = type.preview(value, size)
        _cache().put(key, sample)
    return sample


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WORKERS, "imlkit-samples")


def _cache() -> SampleCache:
    return _cache_in(cache_folder())


@cache
def _cache_in(folder: Path) -> SampleCache:
    return SampleCache(folder / "previews")
