from __future__ import annotations

import gc
import sys
import threading
import weakref
from typing import Any

from imlkit.follow import follow
from imlkit.session import Session
from imlkit.streams import Stream


class Pane:
    """What shows a value."""

    value: Any = None


class Page(Session):
    """A session whose page takes its turn only when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Any] = []
        self.turn = threading.Event()

    @property
    def here(self) -> bool:
        return False

    def on_page(self, action: Any) -> None:
        self.waiting.append(action)
        self.turn.set()


def show(pane: Pane, value: Any) -> None:
    pane.value = value


def test_a_view_shows_the_value_there_is_and_each_change(session: Session) -> None:
    stream, pane = Stream(1), Pane()
    follow(session, stream, pane, show)
    assert pane.value == 1
    stream.set(2)
    assert pane.value == 2


def test_while_the_page_is_busy_newer_values_replace_older_ones() -> None:
    page = Page()
    shown: list[int] = []
    stream, pane = Stream(0), Pane()
    follow(page, stream, pane, lambda _, value: shown.append(value))
    for value in range(1, 5):
        stream.set(value)
    assert len(page.waiting) == 1
    page.waiting.pop()()
    assert shown == [4]


def test_the_last_value_is_shown_whatever_the_page_was_doing() -> None:
    # Values come from another thread while the page shows earlier ones.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(30):
            page, stream, pane = Page(), Stream(0), Pane()
            follow(page, stream, pane, show)
            writer = threading.Thread(target=lambda stream=stream: [stream.set(n) for n in range(1, 200)])
            writer.start()
            while writer.is_alive() or page.waiting:
                while page.waiting:
                    page.waiting.pop(0)()
            assert pane.value == 199
    finally:
        sys.setswitchinterval(interval)


def test_a_view_that_nobody_holds_is_not_followed_any_more(session: Session) -> None:
    stream, pane = Stream(1), Pane()
    follow(session, stream, pane, show)
    gone = weakref.ref(pane)
    assert stream.observed
    del pane
    gc.collect()
    assert gone() is None
    assert not stream.observed
