from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import panel as pn
import pytest
from bokeh.client import pull_session
from bokeh.document import Document
from bokeh.events import DocumentReady
from panel.viewable import Viewable
from reactivex import of

from imlkit.component import Component
from imlkit.question import Question
from imlkit.session import Session
from imlkit.streams import Stream

WAIT = 10.0


class Counter(Component):
    """Counts up; its view shows the count."""

    def __init__(self) -> None:
        super().__init__("Counter")
        self.count: Stream[int] = Stream(0)

    def view(self) -> Viewable:
        text = pn.pane.Str("")
        self.follow(self.count, text, lambda pane, count: setattr(pane, "object", str(count)))
        return text


def test_a_component_names_and_owns_its_streams() -> None:
    counter = Counter()
    assert counter.count.owner is counter
    assert counter.count.name == "count"
    assert counter.streams() == {"count": counter.count}


def test_several_views_of_one_component_show_the_same() -> None:
    counter = Counter()
    first, second = counter.view(), counter.view()
    counter.count.set(7)
    assert isinstance(first, pn.pane.Str)
    assert isinstance(second, pn.pane.Str)
    assert first.object == second.object == "7"


def test_a_view_that_nobody_holds_is_not_followed_any_more() -> None:
    counter = Counter()
    view = counter.view()
    gone = weakref.ref(view)
    assert counter.count.observed
    del view
    gc.collect()
    assert gone() is None
    assert not counter.count.observed


def test_ending_a_session_disposes_its_components_and_what_it_was_told_to_end() -> None:
    page = Session()
    ended: list[str] = []
    with page.entered():
        counter = Counter()
        counter.count.subscribe(lambda _: None)
    page.at_end(lambda: ended.append("first given"))
    page.at_end(lambda: ended.append("last given"))
    page.dispose()
    page.dispose()
    assert ended == ["last given", "first given"]
    assert not counter.count.observed
    assert page.disposed


def test_one_part_that_fails_to_end_does_not_keep_the_others() -> None:
    page = Session()
    ended: list[str] = []
    page.at_end(lambda: ended.append("other"))
    page.at_end(lambda: 1 / 0)
    page.dispose()
    assert ended == ["other"]


def test_nobody_can_be_asked_without_a_page(session: Session) -> None:
    question = Question("Stop?", "A training runs.", {"No": lambda: None})
    assert session.ask(question) is False
    asked: list[Question] = []
    session.questions.subscribe(asked.append)
    assert session.ask(question) is True
    assert asked == [question]


def test_what_is_given_to_a_page_that_is_just_closed_is_let_go() -> None:
    ran: list[int] = []
    faults: list[Any] = []

    async def close() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
        page = Document()
        session = Session(page)
        session._run_actions()
        session.on_page(lambda: ran.append(1))
        session.dispose()
        page.callbacks.destroy()
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(close())
    assert ran == []
    assert faults == []


def collected(references: list[Any]) -> bool:
    """Whether everything referred to goes away once the server has finished with its pages."""
    pause = threading.Event()
    for _ in range(100):
        gc.collect()
        if all(reference() is None for reference in references):
            return True
        pause.wait(0.05)
    return False


class Server:
    """A Panel server on loopback whose pages run a function; sessions end soon after their page."""

    def __init__(self, page: Callable[[], Viewable]) -> None:
        self.ready = threading.Event()
        self.url = ""
        self.thread = threading.Thread(target=self._run, args=(page,), daemon=True)
        self.thread.start()
        assert self.ready.wait(WAIT)

    def _run(self, page: Callable[[], Viewable]) -> None:
        import asyncio

        asyncio.set_event_loop(asyncio.new_event_loop())
        self.server = pn.io.server.get_server(
            {"/": page},
            port=0,
            address="127.0.0.1",
            check_unused_sessions_milliseconds=50,
            unused_session_lifetime_milliseconds=50,
        )
        self.server.start()
        self.url = f"http://127.0.0.1:{self.server.port}/"
        self.server.io_loop.add_callback(self.ready.set)
        self.server.io_loop.start()

    def stop(self) -> None:
        loop = self.server.io_loop

        def end() -> None:
            self.server.stop()
            loop.stop()

        loop.add_callback(end)
        self.thread.join(WAIT)
        loop.close(all_fds=False)


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[], Viewable]], Server]]:
    servers: list[Server] = []

    def start(page: Callable[[], Viewable]) -> Server:
        servers.append(Server(page))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def test_each_page_has_its_session_and_a_closed_page_leaves_nothing(serve: Any) -> None:
    sessions: list[Session] = []
    gone: list[Any] = []
    ended = threading.Semaphore(0)
    shared: Stream[int] = Stream(0)

    def page() -> Viewable:
        session = Session.current()
        session.at_end(ended.release)
        sessions.append(session)
        counter = Counter()
        shared.subscribe(counter.count)
        gone.append(weakref.ref(counter))
        return pn.Column(counter.view(), counter.view())

    server = serve(page)
    clients = [pull_session(url=server.url) for _ in range(2)]
    assert len(set(map(id, sessions))) == 2
    assert all(session.document is not None for session in sessions)
    assert len(shared._observers) == 2
    shared.set(5)
    for client in clients:
        client.close()
    for _ in clients:
        assert ended.acquire(timeout=WAIT)
    assert not shared.observed
    assert all(session.disposed for session in sessions)
    sessions.clear()
    clients.clear()
    assert collected(gone)


def test_results_computed_elsewhere_reach_the_page_on_its_own_thread(serve: Any) -> None:
    results: list[tuple[int, str, Any]] = []
    done = threading.Event()
    threads: dict[str, str] = {}

    def page() -> Viewable:
        threads["page"] = threading.current_thread().name
        source: Stream[int] = Stream()

        def work(value: int) -> int:
            threads["work"] = threading.current_thread().name
            return value * 2

        def deliver(value: int) -> None:
            results.append((value, threading.current_thread().name, pn.state.curdoc))
            if len(results) == 3:
                done.set()

        source.compute(work).subscribe(deliver)
        page = Session.current().document
        assert page is not None

        def begin() -> None:
            of(1, 2, 3).subscribe(source)

        page.add_next_tick_callback(begin)
        return pn.pane.Str("page")

    client = pull_session(url=serve(page).url)
    assert done.wait(WAIT)
    client.close()
    assert [value for value, _, _ in results] == [2, 4, 6]
    assert {thread for _, thread, _ in results} == {threads["page"]}
    assert all(document is not None for _, _, document in results)
    assert threads["work"] != threads["page"]


def test_a_worker_is_not_on_the_page_while_the_page_s_own_thread_is(serve: Any) -> None:
    ran: list[str] = []
    here: list[bool] = []
    done = threading.Event()

    def page() -> Viewable:
        session = Session.current()

        def acted() -> None:
            ran.append(threading.current_thread().name)
            if len(ran) == 2:
                done.set()

        def work() -> None:
            here.append(session.here)
            session.on_page(acted)

        def work_elsewhere() -> None:
            # Bokeh's current document is the same for all threads as long as this runs.
            worker = threading.Thread(target=work, name="worker")
            worker.start()
            worker.join(WAIT)

        work_elsewhere()
        document = session.document
        assert document is not None
        document.add_next_tick_callback(work_elsewhere)
        ran_here.append(threading.current_thread().name)
        return pn.pane.Str("page")

    ran_here: list[str] = []
    client = pull_session(url=serve(page).url)
    assert done.wait(WAIT)
    client.close()
    assert here == [False, False]
    assert ran == ran_here * 2


def test_what_a_worker_gives_to_a_page_that_is_being_changed_is_never_lost(serve: Any) -> None:
    arrived = threading.Semaphore(0)
    sessions: list[Session] = []
    enough = threading.Event()

    def page() -> Viewable:
        session = Session.current()
        sessions.append(session)
        document = session.document
        assert document is not None

        def change() -> None:
            # Panel holds what changes for a moment, at every change.
            # Long enough that other threads have their turn meanwhile.
            for _ in range(3000):
                with pn.io.unlocked():
                    pass
            if not enough.is_set():
                document.add_next_tick_callback(change)

        def begin() -> None:
            # As the browser says when it has built the page.
            document.callbacks.trigger_event(DocumentReady())
            change()

        document.add_next_tick_callback(begin)
        return pn.pane.Str("page")

    client = pull_session(url=serve(page).url)
    given = 0
    document = sessions[-1].document
    assert document is not None
    end = time.monotonic() + 3 * WAIT
    for _ in range(60):
        while document.callbacks.hold_value is None and time.monotonic() < end:
            pass
        assert time.monotonic() < end, "the page was never on hold"
        sessions[-1].on_page(arrived.release)
        if not arrived.acquire(timeout=WAIT):
            break
        given += 1
    enough.set()
    client.close()
    assert given == 60
