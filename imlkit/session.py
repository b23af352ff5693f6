"""What one person's browser page owns, and lets go of when it is closed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

from reactivex import abc

from .kernel import Kernel

if TYPE_CHECKING:
    from bokeh.document import Document

    from .question import Question
    from .store_login import StoreLogin
    from .streams import ErrorReport, Stream

__all__ = ["Session"]

log = logging.getLogger("imlkit")

_entered: ContextVar[Session | None] = ContextVar("imlkit_session", default=None)
_of_documents: weakref.WeakKeyDictionary[Any, Session] = weakref.WeakKeyDictionary()
_lock = threading.RLock()
_headless: list[Session] = []


BUILDING_MS = 5_000
"""How long changes wait for a page that the browser builds."""

SETTLING_MS = 150
"""How long they wait once it has built it: parts drawn with React hear of changes a moment later."""


class Session:
    """The components, subscriptions and workers of one open page, or of a script without one.

    A session begins when the app's script first makes a stream for a page, and ends when the
    page's connection is gone: then everything in it is disposed.

    Attributes:
        errors: every error that a pipeline of this session survived.
        questions: what the person is asked; the page's layout shows them.
        withdrawn: questions that need no answer any more.
        components: the session's components, in the order in which they were made.
        disposed: whether the session has ended.
        login: who the person of the page is at the store's server; None where nobody is asked.
    """

    errors: Stream[ErrorReport]
    questions: Stream[Question]
    withdrawn: Stream[Question]

    def __init__(self, document: Document | None = None) -> None:
        self._document = weakref.ref(document) if document is not None else None
        self._kernel = Kernel.current() if document is None else None
        self._tracked: weakref.WeakSet[Any] = weakref.WeakSet()
        self._at_end: list[Callable[[], object]] = []
        self._actions: list[Callable[[], Any]] = []
        self._ticks = threading.Lock()
        self._ticking = False
        self._stands = document is None
        self._thread = threading.get_ident()
        self._loop = _running_loop() if document is not None else None
        self.components: list[Any] = []
        self.login: StoreLogin | None = None
        self.disposed = False
        with self.entered():
            from .streams import Stream

            self.errors = Stream(name="errors")
            self.questions = Stream(name="questions")
            self.withdrawn = Stream(name="withdrawn")
        if document is not None:
            from .pending_writes import send_all

            send_all()
            # Asked for now: what workers give until the page's script is done waits for this tick.
            self._ticking = True
            document.add_next_tick_callback(self._run_actions)
            document.on_event("document_ready", self._built)

    @classmethod
    def current(cls) -> Session:
        """Return the session of the code that runs now.

        That is the one entered with :meth:`entered`, else the one of the page whose script or
        event handler runs, else the one session of a script without pages.
        """
        session = cls.of_page()
        if session is not None:
            return session
        with _lock:
            if not _headless or _headless[0].disposed:
                _headless[:] = [cls()]
            return _headless[0]

    @classmethod
    def of_page(cls) -> Session | None:
        """Return the session that was entered or that of the page whose code runs; None without either."""
        session = _entered.get()
        if session is not None:
            return session
        panel_state = sys.modules.get("panel.io.state")
        document = panel_state.state.curdoc if panel_state is not None else None
        if document is not None and document.session_context is not None:
            return cls._of_document(document)
        return None

    @classmethod
    def _of_document(cls, document: Document) -> Session:
        with _lock:
            session = _of_documents.get(document)
            if session is None:
                session = _of_documents[document] = cls(document)
                # The callback itself must hold the session: when it runs, the script's own
                # globals are already gone.
                document.on_session_destroyed(session._destroyed)
        return session

    @contextlib.contextmanager
    def entered(self) -> Iterator[Session]:
        """Make this the current session of the code inside the block, on any thread."""
        token = _entered.set(self)
        try:
            yield self
        finally:
            _entered.reset(token)

    @property
    def document(self) -> Document | None:
        """The page's Bokeh document, or None without a page."""
        return self._document() if self._document is not None else None

    @property
    def here(self) -> bool:
        """Whether the code that runs now may change the page."""
        if self._document is None:
            return self._kernel is None or self._kernel.here
        # To Bokeh, while a page's thread is at work its document is the current one of all threads.
        at_work = threading.get_ident() == self._thread
        return at_work and sys.modules["panel.io.state"].state.curdoc is self.document

    def on_page(self, action: Callable[[], Any]) -> None:
        """Run an action where the page may be changed: now if that is here, else at the next tick.

        Actions given from one thread run in the order given. In a script they run at once, in a
        notebook on the thread of its cells, but at once while a cell runs, which may wait for them;
        after the session's end they do not run. While the browser fetches and builds the page they
        wait: it would miss what changes meanwhile.
        """
        if self.disposed:
            return
        document = self.document
        if document is None:
            if self._kernel is not None and not self._kernel.here:
                self._kernel.deliver(partial(self._act, action))
            elif self._document is None:
                action()
            return
        if self.here:
            action()
            return
        with self._ticks:
            self._actions.append(action)
            first = not self._ticking
            self._ticking = True
        if not first:
            return
        if self._loop is None:
            self._tick()
        else:
            # Nothing is left to tell once the server has stopped.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._tick)

    def draw(self, action: Callable[[], Any]) -> None:
        """Run an action that changes views, where they may be changed.

        As :meth:`on_page` does, except that in a notebook no other thread ever runs it: what workers
        draw waits for the end of a cell that runs.
        """
        if self._kernel is None or self._kernel.here:
            self.on_page(action)
        else:
            self._kernel.post(partial(self._act, action))

    def _act(self, action: Callable[[], object]) -> None:
        if not self.disposed:
            _quietly(action)

    def _tick(self) -> None:
        # On the page's own thread: what others give Bokeh while that changes the page may be lost.
        document = self.document
        if document is not None and not self.disposed:
            document.add_next_tick_callback(self._run_actions)

    def _built(self, event: Any) -> None:
        document = self.document
        if document is not None and not self._stands:
            document.add_timeout_callback(self._let_stand, SETTLING_MS)

    def _let_stand(self) -> None:
        if not self._stands:
            self._stands = True
            self._run_actions()

    def _run_actions(self) -> None:
        document = self.document
        if document is not None and not self._stands and _connected(document):
            # Whoever connects without a browser never says that the page stands.
            document.add_timeout_callback(self._let_stand, BUILDING_MS)
            return
        with self._ticks:
            actions, self._actions = self._actions, []
            self._ticking = False
        for action in actions:
            self._act(action)

    def ask(self, question: Question) -> bool:
        """Ask the person something; return False where no page is there to ask on."""
        if not self.questions.observed:
            return False
        self.on_page(lambda: self.questions.set(question))
        return True

    def withdraw(self, question: Question) -> None:
        """Take back a question that has become pointless; without effect where it was answered."""
        self.on_page(lambda: self.withdrawn.set(question))

    def track(self, disposable: abc.DisposableBase) -> None:
        """Dispose this at the session's end, unless nothing else has kept it until then."""
        self._tracked.add(disposable)

    def at_end(self, action: Callable[[], object]) -> None:
        """Call this at the session's end, last given first."""
        self._at_end.append(action)

    def _destroyed(self, session_context: Any) -> None:
        self.dispose()

    def dispose(self) -> None:
        """End the session: dispose its components and subscriptions. Only the first call acts."""
        if self.disposed:
            return
        self.disposed = True
        for component in reversed(self.components):
            _quietly(component.dispose)
        for action in reversed(self._at_end):
            _quietly(action)
        for disposable in list(self._tracked):
            _quietly(disposable.dispose)
        self.components.clear()
        self._at_end.clear()
        self._tracked.clear()
        self.errors.dispose()
        self.questions.dispose()
        self.withdrawn.dispose()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _connected(document: Document) -> bool:
    session = getattr(document.session_context, "session", None)
    return session is not None and session.connection_count > 0


def _quietly(action: Callable[[], object]) -> None:
    try:
        action()
    except Exception:
        log.exception("in the work of a session")
