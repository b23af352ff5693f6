"""A button that is on for as long as a person holds it, or for a while after a countdown."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from panel.viewable import Viewable
from reactivex import abc
from reactivex.disposable import SerialDisposable
from reactivex.scheduler import TimeoutScheduler

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams import Stream
from imlkit.streams.checked_stream import CheckedStream

from .countdown import checked_countdown
from .hold_pad import HoldPad

__all__ = ["PATIENCE", "HoldButton"]

PATIENCE: Final = 2.0
"""Seconds without a sign from the browser after which a hold is over: the connection may be lost."""

_LONGEST_HOLD: Final = 600

Holder = tuple[int, int]
"""Who holds: a view's number and the number of its press; code holds as ``(0, 0)``."""

_CODE: Final[Holder] = (0, 0)


@dataclass(eq=False, slots=True)
class Turn:
    """A countdown, and the hold that follows it by itself."""

    holder: Holder
    holding: bool = False
    timer: SerialDisposable = field(default_factory=SerialDisposable)


class HoldButton(Component):
    """A button that records, or does anything else, while it is held.

    It is held with mouse, finger or pen, or with Space or Enter. It is let go of by releasing it,
    and also when the pointer leaves the window, the page loses the focus or is left, or nothing
    was heard of the browser for two seconds. Programs that read the page aloud and only click hold
    it with one click and let go with the next.

    With a countdown one press counts down and then holds for ``seconds`` by itself, so that both
    hands are free; another press cancels either.

    Streams: ``held`` (whether it is held), ``text`` (what is written on it), ``disabled`` (setting
    it ends a hold), ``countdown`` (whole seconds to count down, 0 for none), ``counting`` (seconds
    still to count, 0 while there is no countdown), ``by_itself`` (whether a countdown or the hold
    after it goes on).

    Args:
        text: what is written on the button; say what it does.
        countdown: seconds to count down, from 0 (none) to 60.
        seconds: how long the hold after a countdown is.
        title: what to call it elsewhere, such as in a settings page.
        scheduler: keeps the time; tests give one of virtual time.

    Raises:
        DataError: an empty text, or a number out of range.
    """

    framed = False

    def __init__(
        self,
        text: str = "Hold to record",
        countdown: int = 0,
        seconds: float = 3,
        title: str = "",
        *,
        scheduler: abc.SchedulerBase | None = None,
    ) -> None:
        if not str(text).strip():
            raise DataError(
                f"a button's text is {text!r}: write on it what it does, such as 'Hold to record'"
            )
        number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
        if not number or not 0 < seconds <= _LONGEST_HOLD:
            raise DataError(
                f"{seconds!r} is no time to hold: give seconds above 0 and up to {_LONGEST_HOLD}, such as 3"
            )
        super().__init__(title)
        self.seconds = seconds
        self.held: Stream[bool] = Stream(False)
        self.text: Stream[str] = Stream(str(text))
        self.disabled: Stream[bool] = Stream(False)
        self.countdown: Stream[int] = CheckedStream(countdown, checked_countdown)
        self.counting: Stream[int] = Stream(0)
        self.by_itself: Stream[bool] = Stream(False)
        self._scheduler = scheduler or TimeoutScheduler.singleton()
        self._holders: dict[Holder, SerialDisposable] = {}
        self._lapsed: set[Holder] = set()
        self._turn: Turn | None = None
        self._views = itertools.count(1)
        # What happens is queued here, so that timers, views and code never meet half-way.
        self._acts: Stream[Callable[[], Any]] = Stream()
        self._acts.subscribe(lambda act: act())
        self.disabled.subscribe(lambda disabled: self.cancel() if disabled else None)

    def press(self, holder: Holder = _CODE) -> None:
        """Begin to hold, or to count down; end a countdown or the hold after it. No more while disabled.

        Args:
            holder: who presses; left out, the program, which is trusted to release it.
        """
        self._acts.set(lambda: self._press(holder))

    def release(self, holder: Holder = _CODE) -> None:
        """Let go. A countdown, and the hold after it, goes on."""
        self._acts.set(lambda: self._drop(lambda one: one == holder))

    def still(self, holder: Holder) -> None:
        """Take notice that a view is there and still holds."""
        self._acts.set(lambda: self._renew(holder))

    def leave(self, view: int) -> None:
        """Take notice that a view has gone: what it held, or counted down, is over."""
        self._acts.set(lambda: self._left(view))

    def cancel(self) -> None:
        """End every hold and countdown."""
        self._acts.set(self._end)

    def view(self) -> Viewable:
        """Return a new button."""
        pad = HoldPad(self, next(self._views), self.seconds)
        self.follow(self.text, pad, HoldPad.show_text)
        self.follow(self.countdown, pad, HoldPad.show_countdown)
        self.follow(self.disabled, pad, HoldPad.show_disabled)
        self.follow(self.counting, pad, HoldPad.show_counting)
        self.follow(self.by_itself, pad, HoldPad.show_by_itself)
        self.follow(self.held, pad, HoldPad.show_held)
        return pad

    def dispose(self) -> None:
        """End every hold, tell so, and let go of every subscriber."""
        self.cancel()
        self._acts.dispose()
        super().dispose()

    def _press(self, holder: Holder) -> None:
        if self._turn is not None:
            self._end_turn()
        elif self.disabled.value:
            return
        elif self.countdown.value:
            self._turn = Turn(holder)
            self.by_itself.set(True)
            self._count(self._turn, self.countdown.value)
            self._watch(holder)
        else:
            self._watch(holder)
        self._settle()

    def _count(self, turn: Turn, left: int) -> None:
        if turn is not self._turn:
            return
        self.counting.set(left)
        if left:
            turn.timer.disposable = self._later(1.0, lambda: self._count(turn, left - 1))
            return
        turn.holding = True
        turn.timer.disposable = self._later(self.seconds, lambda: self._run_out(turn))
        self._settle()

    def _run_out(self, turn: Turn) -> None:
        if turn is self._turn:
            self._end_turn()
            self._settle()

    def _watch(self, holder: Holder) -> None:
        """Hold from here on; a view must give a sign now and then."""
        timer = self._holders.setdefault(holder, SerialDisposable())
        if holder != _CODE:
            timer.disposable = self._later(PATIENCE, lambda: self._lapse(holder, timer))

    def _lapse(self, holder: Holder, timer: SerialDisposable) -> None:
        if self._holders.get(holder) is not timer:
            return
        if self._turn is None:
            # The connection was slow, and not lost, if a sign of the same press comes yet.
            self._lapsed.add(holder)
            self._drop(lambda one: one == holder, forget=False)
        elif self._turn.holder == holder:
            self._end()

    def _renew(self, holder: Holder) -> None:
        if holder in self._holders or (holder in self._lapsed and not self.disabled.value):
            self._lapsed.discard(holder)
            self._watch(holder)
            self._settle()

    def _left(self, view: int) -> None:
        if self._turn is not None and self._turn.holder[0] == view:
            self._end_turn()
        self._drop(lambda one: one[0] == view)

    def _drop(self, which: Callable[[Holder], bool], forget: bool = True) -> None:
        kept = None if self._turn is None else self._turn.holder
        for holder in [one for one in self._holders if which(one) and one != kept]:
            self._holders.pop(holder).dispose()
        if forget:
            self._lapsed = {one for one in self._lapsed if not which(one)}
        self._settle()

    def _end(self) -> None:
        self._end_turn()
        self._drop(lambda _: True)

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.timer.dispose()
            if (watched := self._holders.pop(turn.holder, None)) is not None:
                watched.dispose()
            self.counting.set(0)
            self.by_itself.set(False)

    def _settle(self) -> None:
        held = bool(self._holders) if self._turn is None else self._turn.holding
        if held != self.held.value:
            self.held.set(held)

    def _later(self, seconds: float, act: Callable[[], Any]) -> abc.DisposableBase:
        def due(_scheduler: abc.SchedulerBase, _state: Any = None) -> None:
            with self.session.entered():
                self.session.on_page(lambda: self._acts.set(act))

        return self._scheduler.schedule_relative(seconds, due)
