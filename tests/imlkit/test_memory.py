from __future__ import annotations

import gc
import weakref

from imlkit.cli.memory import MemoryReturn


class Ring:
    """Something that only a collection frees."""

    def __init__(self) -> None:
        self.itself = self


def dropped() -> weakref.ref[Ring]:
    return weakref.ref(Ring())


def test_what_was_let_go_of_is_collected_once() -> None:
    memory = MemoryReturn()
    gc.disable()
    try:
        left = dropped()
        assert not memory.look()
        assert left() is not None
        memory.want()
        assert memory.look()
        assert left() is None
        assert not memory.look()
    finally:
        gc.enable()


def test_collecting_takes_a_twentieth_of_the_time_at_most() -> None:
    clock = [0.0]

    def now() -> float:
        # Each look at the clock is a second: a collection takes one.
        clock[0] += 1.0
        return clock[0]

    memory = MemoryReturn(now)
    memory.want()
    assert memory.look()
    memory.want()
    waited = 0
    while not memory.look():
        waited += 1
    assert 18 <= waited <= 20
