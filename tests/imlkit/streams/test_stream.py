from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops
from reactivex.subject import Subject
from reactivex.testing import TestScheduler

from imlkit.session import Session
from imlkit.streams import UNSET, Chain, Stream


def seen(stream: Any) -> list[Any]:
    values: list[Any] = []
    stream.subscribe(values.append)
    return values


def test_a_stream_without_value_is_unset_and_replays_nothing() -> None:
    stream: Stream[int] = Stream()
    assert stream.value is UNSET
    assert not stream.value
    assert not stream.has_value
    assert seen(stream) == []


def test_a_late_subscriber_gets_the_latest_value() -> None:
    stream = Stream(1)
    stream.set(2)
    assert seen(stream) == [2]
    assert stream.value == 2


def test_none_is_a_value() -> None:
    stream: Stream[Any] = Stream(None)
    assert stream.has_value
    assert seen(stream) == [None]


def test_a_stream_observes_an_rx_sequence_and_outlives_it() -> None:
    stream: Stream[int] = Stream()
    values = seen(stream)
    reactivex.of(1, 2, 3).subscribe(stream)
    stream.set(4)
    assert values == [1, 2, 3, 4]


def test_reentrant_sets_are_seen_by_every_subscriber_in_the_same_order() -> None:
    stream: Stream[int] = Stream()
    first: list[int] = []
    second: list[int] = []

    def echo(value: int) -> None:
        first.append(value)
        if value < 3:
            stream.set(value + 1)

    stream.subscribe(echo)
    stream.subscribe(second.append)
    stream.set(1)
    assert first == second == [1, 2, 3]


def test_concurrent_sets_are_seen_by_every_subscriber_in_the_same_order() -> None:
    stream: Stream[tuple[int, int]] = Stream()
    first, second = seen(stream), seen(stream.map(lambda value: value))
    start = threading.Barrier(4)

    def produce(producer: int) -> None:
        start.wait()
        for n in range(2_000):
            stream.set((producer, n))

    threads = [threading.Thread(target=produce, args=(producer,)) for producer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(first) == 8_000
    assert first == second
    for producer in range(4):
        assert [n for p, n in first if p == producer] == list(range(2_000))


def test_a_subscriber_that_joins_while_others_set_misses_nothing_after_its_first_value() -> None:
    stream = Stream(0)
    stop = threading.Event()

    def produce() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            stream.set(n)

    producer = threading.Thread(target=produce)
    producer.start()
    for _ in range(50):
        values: list[int] = []
        enough = threading.Event()

        def hear(value: int, values: list[int] = values, enough: threading.Event = enough) -> None:
            values.append(value)
            if len(values) == 3:
                enough.set()

        subscription = stream.subscribe(hear)
        assert enough.wait(5)
        subscription.dispose()
        assert values == list(range(values[0], values[0] + len(values)))
    stop.set()
    producer.join()


def test_a_subscriber_that_raises_harms_nobody_and_is_called_again(session: Session) -> None:
    stream: Stream[int] = Stream(name="numbers")
    others = seen(stream)
    halves: list[float] = []
    stream.subscribe(lambda value: halves.append(10 / value))
    for value in (1, 0, 2):
        stream.set(value)
    assert others == [1, 0, 2]
    assert halves == [10.0, 5.0]
    report = session.errors.value
    assert isinstance(report.error, ZeroDivisionError)
    assert report.stream is stream
    assert report.place == "numbers"


@pytest.mark.parametrize(
    ("operate", "expected"),
    [
        (lambda s: s.map(lambda v: 10 // v), [10, 5]),
        (lambda s: s.filter(lambda v: 10 // v), [1, 2]),
        (lambda s: s.do_action(lambda v: 10 // v), [1, 2]),
        (lambda s: s.scan(lambda total, v: total + 10 // v, 0), [10, 15]),
    ],
    ids=["map", "filter", "do_action", "scan"],
)
def test_a_fluent_operator_drops_and_reports_the_event_that_raised(
    session: Session, operate: Any, expected: list[int]
) -> None:
    stream: Stream[int] = Stream()
    values = seen(operate(stream))
    errors = seen(session.errors)
    for value in (1, 0, 2):
        stream.set(value)
    assert values == expected
    assert [type(report.error) for report in errors] == [ZeroDivisionError]
    assert errors[0].stream is stream


def test_an_error_inside_a_reactivex_operator_is_reported() -> None:
    stream: Stream[int] = Stream(0)
    values = seen(stream.pipe(ops.map(lambda v: 10 // v)))
    assert values == []
    assert isinstance(stream.session.errors.value.error, ZeroDivisionError)


def test_scan_without_seed_begins_with_the_first_event() -> None:
    stream: Stream[int] = Stream()
    totals = seen(stream.scan(lambda total, value: total + value))
    for value in (1, 2, 3):
        stream.set(value)
    assert totals == [1, 3, 6]


def test_what_follows_any_fluent_operator_is_still_a_chain() -> None:
    stream, other = Stream(1), Stream("a")
    for chain in (
        stream.merge(other),
        stream.distinct_until_changed(),
        stream.pipe(ops.map(str)),
        stream.start_with(0).pairwise(),
        stream.combine_latest(other),
        stream.debounce(1.0),
        stream.map(str).filter(bool),
    ):
        assert isinstance(chain, Chain)
    assert seen(stream.merge(other).snapshot(other)) == ["a", "a"]
    assert stream.pipe() is stream


def test_time_based_operators_run_on_virtual_time() -> None:
    scheduler = TestScheduler()
    stream: Stream[int] = Stream()
    values: list[int] = []
    stream.debounce(10, scheduler=scheduler).subscribe(values.append)
    scheduler.schedule_absolute(100, lambda *_: stream.set(1))
    scheduler.schedule_absolute(105, lambda *_: stream.set(2))
    scheduler.schedule_absolute(200, lambda *_: stream.set(3))
    scheduler.advance_to(150)
    assert values == [2]
    scheduler.advance_to(300)
    assert values == [2, 3]


def test_snapshot_takes_the_latest_of_others_at_the_event() -> None:
    clicks: Stream[int] = Stream()
    image: Stream[str] = Stream()
    label = Stream("cat")
    both, one = seen(clicks.snapshot(image, label)), seen(clicks.snapshot(label))
    clicks.set(1)
    image.set("drawing")
    label.set("dog")
    clicks.set(2)
    label.set("cow")
    assert both == [("drawing", "dog")]
    assert one == ["cat", "dog"]


def test_snapshot_of_a_chain_takes_what_the_chain_last_emitted() -> None:
    clicks: Stream[int] = Stream()
    source: Stream[int] = Stream()
    values = seen(clicks.snapshot(source.map(lambda v: v * 10)))
    clicks.set(1)
    source.set(1)
    source.set(2)
    clicks.set(2)
    assert values == [20]


def test_snapshot_of_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match="at least one stream"):
        Stream(1).snapshot()


def test_a_disposed_subscription_hears_nothing_more() -> None:
    stream: Stream[int] = Stream()
    values: list[int] = []
    subscription = stream.map(lambda v: v).subscribe(values.append)
    stream.set(1)
    subscription.dispose()
    stream.set(2)
    assert values == [1]
    assert not stream.observed


def test_a_subscriber_may_dispose_itself_at_its_first_value() -> None:
    stream = Stream(1)
    assert seen(stream.take(1)) == [1]
    stream.set(2)
    assert not stream.observed


def test_completion_reaches_the_subscriber_of_a_derived_chain() -> None:
    subject: Subject[int] = Subject()
    stream: Stream[int] = Stream(1)
    done: list[str] = []
    stream.take_until(subject).map(lambda v: v).subscribe(None, None, lambda: done.append("done"))
    subject.on_next(1)
    assert done == ["done"]


def test_subscriptions_end_with_their_session(session: Session) -> None:
    shared: Stream[int] = Stream()
    page = Session()
    values: list[int] = []
    with page.entered():
        shared.subscribe(values.append)
    shared.set(1)
    page.dispose()
    shared.set(2)
    assert values == [1]
    assert not shared.observed


def test_a_forgotten_stream_is_collected() -> None:
    stream: Stream[int] = Stream(1)
    stream.map(str).subscribe(lambda _: None)
    gone = weakref.ref(stream)
    del stream
    gc.collect()
    assert gone() is None
