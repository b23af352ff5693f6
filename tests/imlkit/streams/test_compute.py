from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from reactivex.testing import TestScheduler

from imlkit.session import Session
from imlkit.streams import Computed, Stream

WAIT = 5.0


class Gate:
    """A function that waits to be let through, one event at a time."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)
        self.threads: list[str] = []

    def __call__(self, value: int) -> int:
        self.threads.append(threading.current_thread().name)
        self.began.release()
        assert self.may_end.acquire(timeout=WAIT)
        return value * 10


def idle(computed: Computed[Any]) -> None:
    done = threading.Event()
    computed.busy.filter(lambda busy: not busy).subscribe(lambda _: done.set())
    assert done.wait(WAIT)


def collected(computed: Computed[Any]) -> list[Any]:
    values: list[Any] = []
    computed.subscribe(values.append)
    return values


def test_compute_runs_off_the_calling_thread_and_holds_its_latest_result() -> None:
    gate = Gate()
    source: Stream[int] = Stream()
    computed = source.compute(gate)
    source.set(4)
    assert gate.began.acquire(timeout=WAIT)
    assert computed.busy.value is True
    assert not computed.has_value
    gate.may_end.release()
    idle(computed)
    assert gate.threads != [threading.current_thread().name]
    assert computed.value == 40


@pytest.mark.parametrize(
    ("policy", "expected"), [("queue", [10, 20, 30, 40]), ("latest", [10, 40]), ("drop", [10])]
)
def test_a_policy_says_what_happens_to_events_while_busy(policy: Any, expected: list[int]) -> None:
    gate = Gate()
    source: Stream[int] = Stream()
    computed = source.compute(gate, policy=policy)
    values = collected(computed)
    source.set(1)
    assert gate.began.acquire(timeout=WAIT)
    for value in (2, 3, 4):
        source.set(value)
    for _ in expected:
        gate.may_end.release()
    idle(computed)
    assert values == expected


def test_latest_delivers_every_run_that_began_under_a_steady_fast_source() -> None:
    gate = Gate()
    source: Stream[int] = Stream()
    computed = source.compute(gate, policy="latest")
    values = collected(computed)
    n = 0
    for _ in range(5):
        for _ in range(3):
            n += 1
            source.set(n)
        assert gate.began.acquire(timeout=WAIT)
        gate.may_end.release()
    gate.may_end.release()
    idle(computed)
    assert len(values) >= 5
    assert values == sorted(values)
    assert values[-1] == n * 10


def test_an_event_whose_run_raised_is_dropped_and_reported_and_the_next_is_handled(session: Session) -> None:
    source: Stream[int] = Stream(name="source")
    computed = source.compute(lambda value: 10 // value)
    values = collected(computed)
    for value in (1, 0, 2):
        source.set(value)
    idle(computed)
    assert values == [10, 5]
    assert isinstance(session.errors.value.error, ZeroDivisionError)
    assert session.errors.value.stream is source


def test_a_coroutine_function_is_awaited() -> None:
    async def double(value: int) -> int:
        await asyncio.sleep(0)
        return value * 2

    source = Stream(21)
    computed = source.compute(double)
    idle(computed)
    assert computed.value == 42


def test_compute_runs_on_a_given_scheduler() -> None:
    scheduler = TestScheduler()
    source: Stream[int] = Stream()
    computed = source.compute(lambda value: value + 1, scheduler=scheduler)
    source.set(1)
    assert not computed.has_value
    scheduler.advance_by(1)
    assert computed.value == 2
    assert computed.busy.value is False


def test_compute_follows_any_operator() -> None:
    a, b = Stream(1), Stream(2)
    computed = a.merge(b).filter(lambda v: v > 1).compute(lambda v: -v)
    idle(computed)
    assert computed.value == -2


def test_an_unknown_policy_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'newest' is unknown: use 'queue', 'latest' or 'drop'"):
        Stream(1).compute(str, policy="newest")  # type: ignore[arg-type]


def test_nothing_is_delivered_after_the_session_ended() -> None:
    page = Session()
    gate = Gate()
    with page.entered():
        source: Stream[int] = Stream()
        computed = source.compute(gate)
        values = collected(computed)
    source.set(1)
    assert gate.began.acquire(timeout=WAIT)
    page.dispose()
    gate.may_end.release()
    source.set(2)
    assert not gate.began.acquire(timeout=0.05)
    assert values == []


def test_a_worker_runs_in_the_session_of_its_stream() -> None:
    page = Session()
    with page.entered():
        source: Stream[int] = Stream()
        computed = source.compute(lambda _: Session.current())
    source.set(1)
    idle(computed)
    assert computed.value is page
    page.dispose()
