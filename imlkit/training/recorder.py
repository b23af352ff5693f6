"""The thread that brings to a store what a training logs, so that the training itself never waits."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from ..errors import DocumentError, DuplicateIdError, ImlkitError, NotFoundError
from ..store import Store
from .place import Place
from .run_curves import Point, points_document
from .run_record import MEDIA, POINTS, RUNS
from .system_figures import SystemFigures
from .words import words

__all__ = ["Recorder"]

log = logging.getLogger("imlkit")

EVERY: Final = 0.2
"""Seconds between two bundles."""
ALIVE: Final = 2.0
"""Seconds between two signs of life."""
BUNDLE: Final = 20_000
"""The most points of a bundle."""
MOST: Final = 5_000_000
"""How many points wait at most for a store that does not take them."""
NAMED: Final = 200
"""How many metrics the run's own document tells the latest of."""
LONGEST_PAUSE: Final = 10.0
"""Seconds between two tries with a store that fails, at most."""

FIGURES: Final = 10.0
"""Seconds between two readings of the system's figures."""

Job = Callable[[Store], object]
"""Something else to bring to the store: done once, tried again while the store fails."""


class Recorder:
    """Takes what one run logs, and writes it down a little later.

    A store that fails is told of once; what it does not take is kept in memory and tried again.

    Args:
        store: where to.
        run: the run's id.
        place: where the run is.
        figures: reads the system's figures, if they are wanted.

    Attributes:
        lost: how many points were given up, because too many waited.
    """

    def __init__(self, store: Store, run: str, place: Place, figures: SystemFigures | None = None) -> None:
        self._store = store
        self._run = run
        self._place = place
        self._figures = figures
        self._figures_due = time.monotonic() + FIGURES
        self._figures_read = False
        self._points: deque[Point] = deque()
        self._jobs: deque[Job] = deque()
        self._said: dict[str, Any] = {}
        self._saying = threading.Lock()
        self._latest: dict[str, float] = {}
        self._number = 0
        self._bundle: dict[str, Any] | None = None
        self._beat = 0
        self._told_at = -ALIVE
        self._failing = False
        self._removed = False
        self._pause = EVERY
        self.lost = 0
        self._wake = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="imlkit-run", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def add(self, point: Point) -> None:
        """Take a point. This is all that a training waits for."""
        self._points.append(point)
        self._latest[point[0]] = point[4]

    def do(self, job: Job) -> None:
        """Take something else to bring to the store, after what was taken before it."""
        self._jobs.append(job)
        self._wake.set()

    def say(self, parts: Mapping[str, Any], at_once: bool = False) -> None:
        """Take parts of the run's own document."""
        with self._saying:
            self._said.update(parts)
        if at_once:
            self._told_at = -ALIVE
            self._wake.set()

    def latest(self) -> dict[str, float]:
        """Return the latest value of each metric."""
        return dict(self._latest)

    @property
    def waiting(self) -> int:
        """How many points and jobs are not in the store yet."""
        return (
            len(self._points) + len(self._jobs) + (0 if self._bundle is None else len(self._bundle["points"]))
        )

    def left(self) -> list[Job]:
        """Return what was not brought to the store: asked once the run is over."""
        return list(self._jobs)

    def finish(self, parts: Mapping[str, Any], seconds: float) -> bool:
        """Bring over what waits and a last word about the run.

        Args:
            parts: of the run's own document.
            seconds: how long to try at most.

        Returns:
            Whether everything is in the store.
        """
        self.say(parts, at_once=True)
        self._over.set()
        self._wake.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while True:
            self._wake.wait(self._pause)
            self._wake.clear()
            over = self._over.is_set()
            self._read_figures(over)
            done = self._round()
            if done and over and not self._points and not self._jobs:
                return

    def _read_figures(self, over: bool) -> None:
        """Add the system's figures where they are due: at times, and at the end of a run that is shorter."""
        if self._figures is None or self._removed:
            return
        if time.monotonic() < self._figures_due and (not over or self._figures_read):
            return
        self._figures_due = time.monotonic() + FIGURES
        self._figures_read = True
        try:
            found = self._figures.read()
        except Exception as error:
            self._figures = None
            log.warning("The system's figures cannot be read and are not logged: %s", error)
            return
        step, epoch, seconds = self._place.step, self._place.epoch, self._place.seconds
        # They are no metrics of the model: the run's document and its checkpoints do not tell of them.
        self._points.extend((name, step, epoch, seconds, value) for name, value in found.items())

    def _round(self) -> bool:
        """Write what waits; return whether the store took it all."""
        if self._removed:
            self._points.clear()
            self._jobs.clear()
            return True
        try:
            while self._points or self._bundle is not None:
                self._write_bundle()
            if time.monotonic() - self._told_at >= ALIVE or self._over.is_set():
                self._tell()
            while self._jobs and not self._removed:
                self._do(self._jobs[0])
                self._jobs.popleft()
        except Exception as error:
            self._fails(error)
            return False
        if self._failing:
            self._failing = False
            missing = f" but {self.lost:,} points, for which there was no room" if self.lost else ""
            log.warning("The store takes what the run logs again; nothing is missing%s.", missing)
        self._pause = EVERY
        return True

    def _do(self, job: Job) -> None:
        try:
            job(self._store)
        except (DocumentError, NotFoundError) as error:
            # No later try would be better.
            log.warning("Something that the run logged cannot be kept, and is left out: %s", error)

    def _write_bundle(self) -> None:
        if self._bundle is None:
            points = [self._points.popleft() for _ in range(min(BUNDLE, len(self._points)))]
            self._bundle = points_document(self._run, self._number, points)
        # What was written although the answer got lost is there already.
        with contextlib.suppress(DuplicateIdError):
            self._store.collection(POINTS).create(self._bundle)
        self._bundle = None
        self._number += 1

    def _tell(self) -> None:
        with self._saying:
            parts, self._said = self._said, {}
        self._beat += 1
        latest = self.latest()
        try:
            self._store.collection(RUNS).patch(
                self._run,
                {
                    **parts,
                    "seconds": round(self._place.seconds, 3),
                    "seen": datetime.now(UTC),
                    "beat": self._beat,
                    "values": [[words(name), value] for name, value in islice(latest.items(), NAMED)],
                    "metrics": len(latest),
                },
            )
        except NotFoundError:
            self._removed = True
            log.warning("The run was deleted: nothing more is kept of it. The training goes on.")
            # What was written since it was deleted.
            for name in (POINTS, MEDIA):
                self._store.collection(name).remove({"run": self._run})
        except BaseException:
            with self._saying:
                self._said = {**parts, **self._said}
            raise
        self._told_at = time.monotonic()

    def _fails(self, error: Exception) -> None:
        self._pause = min(LONGEST_PAUSE, self._pause * 2)
        if len(self._points) > MOST:
            self.lost += len(self._points) - MOST
            for _ in range(len(self._points) - MOST):
                self._points.popleft()
        if self._failing:
            return
        self._failing = True
        words = str(error) if isinstance(error, ImlkitError) else f"{type(error).__name__}: {error}"
        log.warning(
            "The store does not take what the run logs (%s). The training goes on; it is tried again "
            "until the run ends.",
            words,
        )
