"""What workers give to a notebook's kernel, in a loop of its own and in a real kernel."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from imlkit.kernel import Kernel

WAIT = 30.0


class Loop:
    """A thread that runs an event loop as a notebook's kernel does, and that kernel."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.kernel = Kernel(self.loop, self.thread.ident or 0)

    def runs(self, cell: threading.Event) -> None:
        """Run a cell that is over once the event is set; return when it has begun."""
        began = threading.Event()

        def run() -> None:
            self.kernel.cell_began()
            began.set()
            cell.wait(WAIT)
            self.kernel.cell_ended()

        self.loop.call_soon_threadsafe(run)
        assert began.wait(WAIT)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(WAIT)
        self.loop.close()


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.stop()


def test_without_a_notebook_there_is_no_kernel() -> None:
    assert Kernel.current() is None


def test_between_cells_results_arrive_on_the_thread_of_the_cells_in_order(loop: Loop) -> None:
    arrived: list[tuple[int, int]] = []
    done = threading.Event()
    for number in range(20):
        loop.kernel.deliver(lambda number=number: arrived.append((number, threading.get_ident())))  # type: ignore[misc]
    loop.kernel.deliver(done.set)
    assert done.wait(WAIT)
    assert arrived == [(number, loop.thread.ident) for number in range(20)]


def test_while_a_cell_runs_results_arrive_at_once_and_views_wait(loop: Loop) -> None:
    cell, drawn = threading.Event(), threading.Event()
    on: list[int] = []
    loop.runs(cell)
    loop.kernel.post(lambda: on.append(threading.get_ident()))
    loop.kernel.post(drawn.set)
    loop.kernel.deliver(lambda: on.append(threading.get_ident()))
    assert on == [threading.get_ident()]
    assert not drawn.is_set()
    cell.set()
    assert drawn.wait(WAIT)
    assert on == [threading.get_ident(), loop.thread.ident]


def test_a_result_that_waits_arrives_before_the_next_cell_does_anything(loop: Loop) -> None:
    arrived: list[str] = []
    free, cell = threading.Event(), threading.Event()

    def next_cell() -> None:
        # As long as the loop is at this, what is given has to wait.
        free.wait(WAIT)
        loop.kernel.cell_began()
        arrived.append("cell")
        cell.set()
        loop.kernel.cell_ended()

    loop.loop.call_soon_threadsafe(next_cell)
    loop.kernel.deliver(lambda: arrived.append("result"))
    free.set()
    assert cell.wait(WAIT)
    assert arrived == ["result", "cell"]


def test_what_is_given_to_a_kernel_that_has_stopped_is_let_go() -> None:
    loop = Loop()
    loop.stop()
    loop.kernel.post(lambda: pytest.fail("drawn after the end"))


CELL = """
import threading, time
from imlkit import Session, Stream
from imlkit.follow import follow

class View: pass
view, drawn = View(), []
source, session = Stream(), Session.current()
results = source.compute(lambda value: value * 2)
follow(session, results, view, lambda view, value: drawn.append((value, threading.current_thread().name)))
source.set(1)
end = time.monotonic() + 20
while results.value != 2 and time.monotonic() < end:
    time.sleep(0.01)
print(results.value, drawn, session.here)
"""

LATER = """
import asyncio
for _ in range(500):
    if drawn: break
    await asyncio.sleep(0.02)
print(drawn)
"""


def test_a_real_kernel_s_cell_gets_the_result_that_it_waits_for_and_views_change_on_its_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_client.manager import start_new_kernel

    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    said: list[str] = []

    def heard(message: dict[str, object]) -> None:
        content = message["content"]
        assert isinstance(content, dict)
        said.append(content.get("text", "") or "".join(content.get("traceback", ())))

    manager, client = start_new_kernel(startup_timeout=60, cwd=os.getcwd())
    try:
        for code in (CELL, LATER):
            client.execute_interactive(code, timeout=60, output_hook=heard)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
        client.context.destroy(linger=0)
    written = "".join(said)
    assert written == "2 [] True\n[(2, 'MainThread')]\n", written
