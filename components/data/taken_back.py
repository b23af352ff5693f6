"""What a person did, to be taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Deed", "TakenBack"]

_MOST = 50


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done.

    Attributes:
        words: what was done, for the person.
        undo: takes it back; returns whether it could.
    """

    words: str
    undo: Callable[[], bool]


class TakenBack:
    """The last things done, the newest to be taken back first. May be used from any thread.

    Args:
        tell: called with the words of what would be taken back next; empty for nothing.
    """

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._deeds: list[Deed] = []
        self._lock = threading.Lock()

    def add(self, deed: Deed) -> None:
        """Take notice of something done; of more than 50 the oldest are forgotten."""
        with self._lock:
            self._deeds = [*self._deeds[1 - _MOST :], deed]
        self._tell(deed.words)

    def undo(self) -> bool | None:
        """Take back what was done last; return whether it could be, or None if there is nothing.

        Where that raises, it can be tried again.
        """
        with self._lock:
            deed = self._deeds.pop() if self._deeds else None
        if deed is None:
            return None
        try:
            done = deed.undo()
        except BaseException:
            with self._lock:
                self._deeds.append(deed)
            raise
        with self._lock:
            words = self._deeds[-1].words if self._deeds else ""
        self._tell(words)
        return done
