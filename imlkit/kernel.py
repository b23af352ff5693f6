"""The kernel of a notebook: its thread, its event loop, and whether a cell runs."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

__all__ = ["Kernel"]

_of_shells: weakref.WeakKeyDictionary[Any, Kernel] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


class Kernel:
    """The thread on which a notebook's cells run, and on which its views may be changed.

    A view's connection to the browser is no place for two threads at a time. So workers hand over
    to the kernel's event loop, which is at rest only between cells.

    Args:
        loop: the kernel's event loop.
        thread: the number of the thread on which it runs.
        busy: whether a cell runs at the moment.

    Attributes:
        busy: whether a cell runs.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, thread: int, busy: bool = False) -> None:
        self._loop = loop
        self._thread = thread
        self._results: list[Callable[[], object]] = []
        self._turn = threading.Lock()
        self.busy = busy

    @classmethod
    def current(cls) -> Kernel | None:
        """Return the kernel that the code runs in; None in a script, a server and a terminal."""
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython is not None else None
        loop = getattr(getattr(getattr(shell, "kernel", None), "io_loop", None), "asyncio_loop", None)
        if shell is None or loop is None:
            return None
        with _lock:
            kernel = _of_shells.get(shell)
            if kernel is None:
                thread = threading.main_thread().ident or 0
                kernel = _of_shells[shell] = cls(loop, thread, busy=_runs_cell(thread))
                shell.events.register("pre_execute", kernel.cell_began)
                shell.events.register("post_execute", kernel.cell_ended)
            return kernel

    @property
    def here(self) -> bool:
        """Whether the code that runs now is on the kernel's thread."""
        return threading.get_ident() == self._thread

    def post(self, action: Callable[[], object]) -> None:
        """Run an action on the kernel's thread: between cells, after those given before it."""
        # Nothing is left to draw once the kernel has stopped.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(action)

    def deliver(self, action: Callable[[], object]) -> None:
        """Hand over a result: on the kernel's thread, but at once while that is in a cell.

        The cell may wait for it. Results given from one thread are handed over in the order given.
        """
        with self._turn:
            wait = not (self.here or self.busy)
            if wait:
                self._results.append(action)
        if wait:
            self.post(self._deliver_waiting)
        else:
            action()

    def cell_began(self) -> None:
        """Hand over what has waited: the cell may wait for it."""
        if not self.here:
            return
        while True:
            self._deliver_waiting()
            with self._turn:
                # What is given from now on must not overtake what was given before.
                if not self._results:
                    self.busy = True
                    return

    def cell_ended(self) -> None:
        """From now on results wait for the event loop again."""
        if self.here:
            self.busy = False

    def _deliver_waiting(self) -> None:
        with self._turn:
            results, self._results = self._results, []
        for action in results:
            action()


def _runs_cell(thread: int) -> bool:
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_code.co_name == "run_code" and frame.f_globals.get("__name__", "").startswith("IPython."):
            return True
        frame = frame.f_back
    return False
