"""The number of each row's bar, from values that are here."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..predicates.moments import microseconds
from .bars import Bars

__all__ = ["bar_numbers"]

CHUNK = 1 << 14
"""Values whose bins are found at a time: few enough to stay in the processor's cache."""


def bar_numbers(bars: Bars, values: Any) -> npt.NDArray[np.unsignedinteger[Any]]:
    """Return the number of each value's bar.

    Args:
        bars: the bars.
        values: an Arrow array of what :meth:`Bars.source` gives.

    Returns:
        Of shape (n,), as short unsigned integers as can be; the number of bars for a value in none.
    """
    missing = values.is_null().to_numpy(zero_copy_only=False) if values.null_count else None
    found = _named(bars, values) if bars.type == "values" else _binned(bars, values)
    if missing is not None:
        found[missing] = bars.place("null")
    return found


def _named(bars: Bars, values: Any) -> npt.NDArray[np.unsignedinteger[Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found: npt.NDArray[np.unsignedinteger[Any]] = np.full(
        len(values), bars.place("others"), np.min_scalar_type(len(bars))
    )
    if bars.values:
        wanted = pa.array(bars.values, values.type)
        if pa.types.is_floating(values.type):
            # 0.0 and -0.0 are one value.
            values, wanted = pc.add(values, 0.0), pc.add(wanted, 0.0)
        index = pc.index_in(values, value_set=wanted)
        named = index.is_valid().to_numpy(zero_copy_only=False)
        np.copyto(found, pc.fill_null(index, 0).to_numpy(), where=named, casting="unsafe")
    return found


def _binned(bars: Bars, values: Any) -> npt.NDArray[np.unsignedinteger[Any]]:
    import pyarrow.compute as pc

    if bars.type == "times":
        numbers = microseconds(values)
    else:
        numbers = (pc.fill_null(values, 0.0) if values.null_count else values).to_numpy()
    found = np.empty(len(numbers), np.min_scalar_type(len(bars)))
    for start in range(0, len(numbers), CHUNK):
        part = slice(start, start + CHUNK)
        chunk = numbers[part] / 1000.0 if bars.type == "times" else numbers[part]
        index = np.full(len(chunk), -1) if bars.bins is None else bars.bins.indices(chunk)
        if index.size and index.min() < 0:
            outside = np.flatnonzero(index < 0)
            rest = chunk[outside]
            index[outside] = len(bars)
            for special, those in (("nan", np.isnan), ("inf", np.isposinf), ("-inf", np.isneginf)):
                index[outside[those(rest)]] = bars.place(special)
        found[part] = index
    return found
