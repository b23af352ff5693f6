"""Arrays that were asked for lately."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

import numpy.typing as npt

__all__ = ["Recent"]


class Recent:
    """Keeps arrays by name, up to so many bytes; those not asked for the longest go first.

    Args:
        most: how many bytes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, npt.NDArray[Any]] = OrderedDict()
        self._bytes = 0
        self._turn = threading.Lock()

    def get(self, name: Hashable) -> npt.NDArray[Any] | None:
        """Return the array of a name, or None."""
        with self._turn:
            if name not in self._kept:
                return None
            self._kept.move_to_end(name)
            return self._kept[name]

    def put(self, name: Hashable, array: npt.NDArray[Any]) -> None:
        """Keep an array, to be read only from now on."""
        array.flags.writeable = False
        with self._turn:
            if name in self._kept:
                self._bytes -= self._kept.pop(name).nbytes
            self._kept[name] = array
            self._bytes += array.nbytes
            while self._bytes > self._most and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= gone.nbytes
