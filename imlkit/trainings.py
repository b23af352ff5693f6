"""The thread that runs a model's training, and how the training is told, cancelled and awaited."""

from __future__ import annotations

import atexit
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from .errors import ImlkitError, TrainingBusyError
from .model import TrainingStatus
from .question import Question
from .streams import Stream
from .streams.report import report

if TYPE_CHECKING:
    from .session import Session

__all__ = ["CancelledError", "Task", "Telling", "Trainings"]

BATCHES_TOLD_EVERY = 0.1
"""Seconds between two tellings of batches: a page shows no more, and the training goes on faster."""

PATIENCE_AT_EXIT = 2.0
"""Seconds that a program which ends waits for a training to notice it."""


class CancelledError(Exception):
    """The training was asked to stop. Only :class:`Trainings` catches it."""


class Task:
    """One training: what its work tells, and whether it may go on.

    Attributes:
        by: the page that began it.
        status: what was told last.
    """

    def __init__(self, trainings: Trainings, previous: Task | None, epochs: int, by: Telling) -> None:
        self._trainings = trainings
        self._previous = previous
        self._stop = threading.Event()
        self._told_at = time.monotonic()
        self.by = by
        self.over = False
        self.ended = threading.Event()
        self.thread: threading.Thread | None = None
        self.status = TrainingStatus("start", epochs=epochs)

    @property
    def stopping(self) -> bool:
        """Whether the training was asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the training to stop at its next check."""
        self._stop.set()

    def check(self) -> None:
        """Raise if the training was asked to stop. Call this at least once a batch."""
        if self._stop.is_set():
            raise CancelledError

    def tell(self, status: TrainingStatus) -> None:
        """Make this the latest status of the training."""
        self.status = status
        self._trainings.tell(self)

    def tell_batch(self, batch: int, batches: int, message: str = "") -> None:
        """Tell how far the epoch has come, unless something was told a moment ago."""
        now = time.monotonic()
        if now - self._told_at >= BATCHES_TOLD_EVERY:
            self._told_at = now
            self.tell(
                replace(
                    self.status,
                    state="batch" if batches else "start",
                    batch=batch,
                    batches=batches,
                    message=message,
                )
            )

    def stop_and_wait(self) -> None:
        """Cancel, and wait a moment for the end: a thread must not be inside torch when Python exits."""
        self.cancel()
        self.ended.wait(PATIENCE_AT_EXIT)


class Telling:
    """One page's hearing of the trainings of a model.

    Args:
        training: the stream in which they are told, always on the page and in order.
        learned_elsewhere: called before a success is told that another page's training had.

    Attributes:
        status: what was told last.
    """

    def __init__(self, training: Stream[TrainingStatus], learned_elsewhere: Callable[[], object]) -> None:
        self._training = training
        self._learned_elsewhere = learned_elsewhere
        self._delivering = threading.Lock()
        self._told: deque[TrainingStatus] = deque()
        self.status = TrainingStatus()

    @property
    def session(self) -> Session:
        """The page's session."""
        return self._training.session

    def tell(self, status: TrainingStatus) -> None:
        """Put a status into the stream, on the page."""
        self.status = status
        self._told.append(status)
        self.session.on_page(self._deliver)

    def tell_of(self, run: Task) -> None:
        """Tell how a training stands that this page or another one began."""
        if run.status.state == "success" and run.by is not self:
            self._learned_elsewhere()
        self.tell(run.status)

    def report(self, error: Exception) -> None:
        """Report what a training has failed of."""
        self.session.on_page(lambda: report(error, self._training))

    def _deliver(self) -> None:
        # Told from the page and from a thread: whoever comes first delivers what was told first.
        while self._told and self._delivering.acquire(False):
            try:
                while self._told:
                    self._training.set(self._told.popleft())
            finally:
                self._delivering.release()


class Trainings:
    """The trainings of one model: one at a time, each on a thread of its own.

    Several pages may have the same model: each hears of every training, may cancel it, and is
    asked before it begins another. A training goes on when the page that began it is closed.

    Args:
        title: what the person calls the model.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._latest: Task | None = None
        self._starting = threading.Lock()
        self._tellings: tuple[Telling, ...] = ()
        self._asked: list[tuple[Session, Question]] = []

    @property
    def running(self) -> bool:
        """Whether a training is under way."""
        return self._latest is not None and not self._latest.over

    def join(self, telling: Telling) -> None:
        """Tell this page too from now on, at once if a training is under way."""
        with self._starting:
            if telling not in self._tellings:
                self._tellings += (telling,)
            run = self._latest
        if run is not None and not run.over:
            telling.tell_of(run)

    def leave(self, telling: Telling) -> None:
        """Tell this page no more."""
        with self._starting:
            self._tellings = tuple(one for one in self._tellings if one is not telling)

    def begin(self, work: Callable[[Task], TrainingStatus], epochs: int, by: Telling) -> None:
        """Run ``work`` on a new thread; it returns the last status, or raises.

        While a training runs that was not asked to stop, the person is asked first.

        Args:
            work: does the training.
            epochs: how many epochs it will have.
            by: the page that begins it.

        Raises:
            TrainingBusyError: a training runs, and there is no page to ask on.
        """
        with self._starting:
            run = None if self.running and not self._stopping else self._made(epochs, by)
        if run is not None:
            self._start(run, work)
            return
        question = Question(
            "A training is running",
            f"“{self._title}” is being trained. Stopped now, it forgets what this training taught it.",
            {
                "Keep training": lambda: None,
                "Stop it and start again": lambda: self._instead(work, epochs, by),
            },
        )
        self._asked.append((by.session, question))
        if not by.session.ask(question):
            raise TrainingBusyError(
                f"“{self._title}” is being trained already: wait() for the end or cancel(), then train again."
            )

    def cancel(self) -> None:
        """Ask the training that runs to stop."""
        if self._latest is not None:
            self._latest.cancel()

    def wait(self, timeout: float | None = None) -> None:
        """Block until no training runs, or for so many seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while (run := self._latest) is not None:
            if run.thread is threading.current_thread():
                raise RuntimeError("wait() was called by a subscriber of the training that it waits for")
            if not run.ended.wait(None if end is None else max(0.0, end - time.monotonic())):
                break
            if run is self._latest:
                break

    def tell(self, run: Task) -> None:
        """Tell every page how a training stands, first the one that began it."""
        for telling in sorted(self._tellings, key=lambda telling: telling is not run.by):
            telling.tell_of(run)

    @property
    def _stopping(self) -> bool:
        return self._latest is not None and self._latest.stopping

    def _made(self, epochs: int, by: Telling) -> Task:
        previous = self._latest
        if previous is not None and previous.ended.is_set():
            previous = None
        self._latest = Task(self, previous, epochs, by)
        return self._latest

    def _instead(self, work: Callable[[Task], TrainingStatus], epochs: int, by: Telling) -> None:
        with self._starting:
            self.cancel()
            run = self._made(epochs, by)
        self._start(run, work)

    def _start(self, run: Task, work: Callable[[Task], TrainingStatus]) -> None:
        if run._previous is None:
            run.tell(run.status)
        run.thread = threading.Thread(
            target=self._work, args=(run, work), name="imlkit-training", daemon=True
        )
        run.thread.start()

    def _work(self, run: Task, work: Callable[[Task], TrainingStatus]) -> None:
        atexit.register(run.stop_and_wait)
        error: Exception | None = None
        login = run.by.session.login
        # What it learns is kept in the name of who began it, even when the page is closed by then.
        end_use = login.use() if login is not None else None
        with run.by.session.entered():
            try:
                if run._previous is not None:
                    run._previous.ended.wait()
                    run._previous = None
                    run.tell(run.status)
                run.check()
                last = work(run)
            except CancelledError:
                last = replace(run.status, state="cancelled", message=CANCELLED)
            except Exception as raised:
                error = raised
                last = replace(run.status, state="error", message=_words(raised))
            # Over before it is told: who hears of the end may train again.
            run.over = True
            run.tell(last)
            if error is not None:
                run.by.report(error)
        # Whether to stop it is no question any more.
        while self._asked:
            session, question = self._asked.pop()
            session.withdraw(question)
        if end_use is not None:
            end_use()
        run.ended.set()
        atexit.unregister(run.stop_and_wait)


CANCELLED = "The training was cancelled. The model answers as it did before."


def _words(error: Exception) -> str:
    if isinstance(error, ImlkitError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this training: use fewer instances or smaller features."
    return f"The training failed ({str(error) or type(error).__name__}). The model answers as it did before."
