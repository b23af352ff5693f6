"""Telling on the terminal how far a command has come."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TextIO

__all__ = ["Progress", "telling"]

_EVERY: Final = 0.2
_EVERY_LINE: Final = 10.0
"""Seconds between two lines where they cannot take each other's place, as in a log."""


class Progress:
    """Writes how far work has come: on a terminal in one line, elsewhere in a line now and then.

    Args:
        out: where to write.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._in_place = out.isatty()
        self._what = ""
        self._at = 0.0
        self._length = 0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Tell that so much of something is done."""
        now = time.monotonic()
        if what != self._what:
            self.end()
        elif now - self._at < (_EVERY if self._in_place else _EVERY_LINE) and (
            # The last of a line that is written over is what stays to be read.
            not self._in_place or done < total
        ):
            return
        self._what, self._at = what, now
        self._write(f"{what}: {done:,} of {total:,}")

    def _write(self, text: str) -> None:
        if not self._in_place:
            print(text, file=self._out, flush=True)
            return
        print(f"\r{text:{self._length}}", end="", file=self._out, flush=True)
        self._length = len(text)

    def end(self) -> None:
        """End the line."""
        if self._in_place and self._length:
            print(file=self._out, flush=True)
        self._length = 0


@contextmanager
def telling() -> Iterator[Progress]:
    """Give what tells of progress; a program that is told to stop meanwhile leaves as on Ctrl+C."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, stop) if main else None
    progress = Progress(sys.stderr)
    try:
        yield progress
    finally:
        progress.end()
        if main:
            signal.signal(signal.SIGTERM, before)
