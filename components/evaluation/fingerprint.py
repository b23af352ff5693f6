"""A short name for the features of an instance: other features, another name."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np

__all__ = ["fingerprint"]


def fingerprint(x: Any) -> str:
    """Return 32 hexadecimal digits that are the same for the same features alone.

    Args:
        x: an array or a list of numbers; anything else is told apart by how Python writes it.
    """
    try:
        array = np.ascontiguousarray(x)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype.kind in "biufc":
        told, content = f"{array.dtype.str}{array.shape}", array.data
    else:
        told, content = type(x).__name__, memoryview(repr(x).encode(errors="surrogatepass"))
    digest = blake2b(told.encode(), digest_size=16)
    # An empty array has no bytes to view.
    if content.nbytes:
        digest.update(content)
    return digest.hexdigest()
