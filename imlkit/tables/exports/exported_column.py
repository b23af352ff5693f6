"""Columns of a table as an exported page carries them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..answers.value_json import LONGEST, shown
from ..column import Column
from ..predicates.moments import clock_of, microseconds

__all__ = ["ExportedColumn", "array", "exported", "texts"]

SAFE = 2**53
MANY = 20_000
"""Rows above which values that are no text are shortened more."""
SHORT = 100


@dataclass(frozen=True)
class ExportedColumn:
    """A column for a page without Python.

    Attributes:
        told: what the page is told of it at once, as JSON has it.
        held: what its file holds, as JSON has it: arrays as base64, texts each once.
    """

    told: dict[str, Any]
    held: dict[str, Any]


def exported(column: Column, kind: Any, values: Any) -> ExportedColumn:
    """Return a column for a page.

    Args:
        column: its name and what it is taken for.
        kind: its Ibis data type.
        values: its values, an Arrow array.
    """
    told: dict[str, Any] = {"name": column.name, "kind": column.kind, "said": _said(kind)}
    if kind.is_boolean():
        return ExportedColumn({**told, "type": "truth"}, _numbers(values, np.dtype(np.uint8)))
    if kind.is_numeric():
        return ExportedColumn(
            {**told, "type": "numbers", "whole": kind.is_integer()}, _of_numbers(kind, values)
        )
    if kind.is_timestamp() or kind.is_date():
        told |= {"type": "times", "clock": clock_of(kind), "zone": getattr(kind, "timezone", None)}
        return ExportedColumn(told, _of_times(values))
    if kind.is_string() or kind.is_uuid():
        return ExportedColumn({**told, "type": "text"}, texts(values))
    return ExportedColumn({**told, "type": "other"}, _of_others(values))


def _said(kind: Any) -> str:
    if kind.is_boolean():
        return "truth values"
    if kind.is_numeric():
        return "numbers"
    if kind.is_string():
        return "text"
    return "times" if kind.is_timestamp() or kind.is_date() else f"values of type {kind}"


def _of_numbers(kind: Any, values: Any) -> dict[str, Any]:
    import pyarrow as pa

    if kind.is_decimal():
        values = values.cast(pa.float64())
    dtype = np.dtype(values.type.to_pandas_dtype())
    if dtype.kind == "f":
        # As few bytes as hold every value to the last bit.
        numbers = _filled(values, np.dtype(np.float64))
        with np.errstate(over="ignore"):
            near = numbers.astype(np.float32)
        same = np.array_equal(near.astype(np.float64), numbers, equal_nan=True)
        return _held(near if same else numbers, values)
    numbers = _filled(values, dtype)
    if not values.null_count and _counted(numbers):
        return {"form": "sequence", "start": int(numbers[0]) if len(numbers) else 0}
    return _held(_narrow(numbers), values)


def _of_times(values: Any) -> dict[str, Any]:
    moments = microseconds(values)
    floats = moments.astype(np.float64)
    return _held(floats if (floats.astype(np.int64) == moments).all() else moments, values)


def texts(values: Any) -> dict[str, Any]:
    """Return an Arrow array of texts as a page holds it: each text once, in the order of characters."""
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = values.cast(pa.large_string()).dictionary_encode()
    words = coded.dictionary
    # By bytes, which is the order of characters.
    order = pc.sort_indices(words).to_numpy()
    places = np.empty(len(words) + 1, np.int64)
    places[order] = np.arange(len(words))
    places[-1] = len(words)
    codes = places[coded.indices.fill_null(len(words)).to_numpy()]
    ordered = words.take(pa.array(order))
    lengths = pc.binary_length(ordered).to_numpy(zero_copy_only=False)
    return {
        "form": "words",
        "codes": array(_narrow(codes, least=0, most=len(words))),
        "text": _base64(b"".join(_bytes(ordered))),
        "lengths": array(_narrow(lengths)),
        "whole": values.null_count == 0,
    }


def _of_others(values: Any) -> dict[str, Any]:
    import pyarrow as pa

    most = LONGEST if len(values) <= MANY else SHORT
    said = []
    for scalar in values:
        value = shown(scalar.as_py())
        text = None if value is None else value if isinstance(value, str) else str(value)
        said.append(text if text is None or len(text) <= most else text[: most - 1] + "…")
    return texts(pa.array(said, pa.large_string()))


def _numbers(values: Any, dtype: np.dtype[Any]) -> dict[str, Any]:
    return _held(_filled(values, dtype), values)


def _filled(values: Any, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """Return an Arrow array's values, with anything in the place of missing ones."""
    zero = False if str(values.type) == "bool" else 0
    filled = values.fill_null(zero) if values.null_count else values
    return np.ascontiguousarray(filled.to_numpy(zero_copy_only=False), dtype)


def _held(numbers: npt.NDArray[Any], values: Any) -> dict[str, Any]:
    missing = None
    if values.null_count:
        marks = values.is_null().to_numpy(zero_copy_only=False)
        missing = _base64(np.packbits(marks, bitorder="little").tobytes())
    return {"form": "numbers", **array(numbers), "missing": missing}


def _counted(numbers: npt.NDArray[Any]) -> bool:
    if len(numbers) and not (int(numbers[0]) >= -(2**31) and int(numbers[0]) + len(numbers) < 2**31):
        return False
    return bool((np.diff(numbers.astype(np.int64, copy=False)) == 1).all())


def _narrow(numbers: npt.NDArray[Any], least: int | None = None, most: int | None = None) -> npt.NDArray[Any]:
    """Return whole numbers in the smallest type of JavaScript's arrays that holds them."""
    if not len(numbers):
        return numbers.astype(np.uint8)
    least = int(numbers.min()) if least is None else least
    most = int(numbers.max()) if most is None else most
    for dtype in (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32):
        bounds = np.iinfo(dtype)
        if bounds.min <= least and most <= bounds.max:
            return numbers.astype(dtype)
    if least >= -SAFE and most <= SAFE:
        return numbers.astype(np.float64)
    return numbers


_ARRAYS = {
    "int8": "Int8Array",
    "uint8": "Uint8Array",
    "int16": "Int16Array",
    "uint16": "Uint16Array",
    "int32": "Int32Array",
    "uint32": "Uint32Array",
    "int64": "BigInt64Array",
    "uint64": "BigUint64Array",
    "float32": "Float32Array",
    "float64": "Float64Array",
}


def array(numbers: npt.NDArray[Any]) -> dict[str, Any]:
    """Return numbers as a page holds them, in base64."""
    little = numbers.astype(numbers.dtype.newbyteorder("<"), copy=False)
    return {"array": _ARRAYS[numbers.dtype.name], "data": _base64(np.ascontiguousarray(little).tobytes())}


def _bytes(texts: Any) -> list[bytes]:
    import pyarrow as pa

    return texts.cast(pa.large_binary()).to_pylist()  # type: ignore[no-any-return]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
