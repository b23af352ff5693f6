"""Reactive streams: hot, ordered, isolated, holding their latest value.

::

    celsius = Stream(20.0)
    celsius.map(lambda c: c * 9 / 5 + 32).subscribe(print)     # 68.0
    celsius.set(25.0)                                          # 77.0
"""

from .chain import Chain
from .compute import Computed, Policy
from .report import ErrorReport
from .stream import UNSET, Stream, Unset

__all__ = ["UNSET", "Chain", "Computed", "ErrorReport", "Policy", "Stream", "Unset"]
