"""Reading the runs of a store aside, and again whenever something happens to them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from reactivex import abc

from imlkit.errors import ImlkitError
from imlkit.location import data_store
from imlkit.session import Session
from imlkit.store import Store
from imlkit.training import Runs
from imlkit.training.run_record import RunRecord

from .history_state import History
from .history_wishes import HistoryWishes

__all__ = ["HistoryReader"]

log = logging.getLogger("imlkit")

PAUSE: Final = 0.5
"""Seconds between two looks at least."""
ALIVE: Final = 5.0
"""Seconds between two looks at runs that give no sign of life, and at a store that fails."""
AT_ONCE: Final = 200
"""From how many changed runs on all are read."""


class HistoryReader:
    """Reads runs on a thread of its own: all at first, then those of which something is new.

    Args:
        runs: what tells of them, a store, or a store's location.
        session: whose page is told.
        found: called on the page with what is known, whenever that has changed.
    """

    def __init__(
        self, runs: Runs | Store | str | Path, session: Session, found: Callable[[History], Any]
    ) -> None:
        self._given = runs
        self._session = session
        self._found = found
        self._runs: Runs | None = None
        self._wishes: HistoryWishes | None = None
        self._subscription: abc.DisposableBase | None = None
        self._history = History()
        self._new: set[str] | None = None
        self._turn = threading.Lock()
        self._opening = threading.Lock()
        self._wake = threading.Event()
        self._over = threading.Event()
        threading.Thread(target=self._work, name="imlkit-history", daemon=True).start()

    def look(self) -> None:
        """Read every run again, soon."""
        with self._turn:
            self._new = None
        self._wake.set()

    def runs(self) -> Runs:
        """Return what reads and steers the runs.

        Raises:
            ImlkitError: the store cannot be opened.
        """
        with self._opening:
            if self._runs is None:
                given = self._given
                if not isinstance(given, Runs):
                    given = Runs(given if isinstance(given, Store) else data_store(given))
                self._runs = given
            return self._runs

    def dispose(self) -> None:
        """Read no more."""
        self._over.set()
        self._wake.set()

    def _work(self) -> None:
        with self._session.entered():
            while not self._over.is_set():
                began = time.monotonic()
                self._look()
                # Not more often, whatever happens to the runs.
                self._over.wait(max(0.0, began + PAUSE - time.monotonic()))
                self._wake.wait(self._pause())
                self._wake.clear()
            self._end()

    def _pause(self) -> float | None:
        going = self._history.problem or any(record.goes_on for record in self._history.records.values())
        pauses = [ALIVE] if going else []
        if self._wishes is not None and (due := self._wishes.due()) is not None:
            pauses.append(due)
        return min(pauses, default=None)

    def _look(self) -> None:
        with self._turn:
            new, self._new = self._new, set()
        before = self._history
        try:
            history = self._read(before, new)
        except Exception as error:
            with self._turn:
                self._new = None
            if not isinstance(error, ImlkitError) and not before.problem:
                log.exception("The runs could not be read.")
            history = History(before.records, before.wishes, _words(error), before.known)
        if history == before or self._over.is_set():
            return
        self._history = history
        self._session.on_page(lambda: self._found(history))

    def _read(self, before: History, new: set[str] | None) -> History:
        runs = self.runs()
        if self._subscription is None:
            # First, so that nothing happens unseen between the two.
            self._wishes = HistoryWishes(runs.store, self._wake.set)
            self._subscription = runs.changed.subscribe(self._told)
        if new is None or len(new) > AT_ONCE:
            records = {record.id: record for record in runs.read()}
        else:
            silent = {record.id for record in before.records.values() if record.goes_on}
            records = _renewed(before.records, new | silent, runs.read(new | silent) if new | silent else [])
        assert self._wishes is not None
        wishes = self._wishes.read({record.id for record in records.values() if record.goes_on})
        return History(_same(before.records, records), _same(before.wishes, wishes), known=True)

    def _told(self, ids: tuple[str, ...]) -> None:
        with self._turn:
            if not ids:
                self._new = None
            elif self._new is not None:
                self._new.update(ids)
        self._wake.set()

    def _end(self) -> None:
        if self._subscription is not None:
            self._subscription.dispose()
        if self._wishes is not None:
            self._wishes.dispose()
        if self._runs is not None and self._runs is not self._given:
            self._runs.dispose()


def _renewed(before: Any, asked: Iterable[str], found: list[RunRecord]) -> dict[str, RunRecord]:
    """Return the runs of before with those that were asked for as they are now; what is gone goes."""
    now = {record.id: record for record in found}
    gone = set(asked) - set(now)
    return {**{id: record for id, record in before.items() if id not in gone}, **now}


def _same(before: Any, now: Any) -> dict[str, Any]:
    """Return what is now, in the very objects of before where equal: a view tells by them what changed."""
    return {id: old if (old := before.get(id)) == value else value for id, value in now.items()}


def _words(error: Exception) -> str:
    if isinstance(error, ImlkitError):
        return str(error)
    return f"The runs could not be read ({type(error).__name__}: {error}). The log tells more."
