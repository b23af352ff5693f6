"""A linked component on a page of Panel's: a served app or a notebook."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import param
from panel.custom import JSComponent

from imlkit.errors import DataError, ImlkitError
from imlkit.follow import follow
from imlkit.kernel import Kernel
from imlkit.web import FOLDER, gathered, inlined

from ..linked_state import LinkedState
from ..seen import Seen
from ..table import Table
from .merging import merged

if TYPE_CHECKING:
    from .linked_component import LinkedComponent

__all__ = ["LinkedView", "Scripted", "described", "modules_of", "style_of"]

log = logging.getLogger("imlkit")

MOST_COLUMNS = 20_000
"""The most columns of a table that a page is told of."""
NEIGHBOUR = re.compile(r'@import "\./(\w+\.css)";\n')
"""How a view's style sheet takes in the one beside it."""


@lru_cache
def _workers() -> Executor:
    return ThreadPoolExecutor(4, thread_name_prefix="imlkit-answers")


class Scripted(Protocol):
    """A component whose view is an ES module."""

    module: ClassVar[Path]


class LinkedView(JSComponent):
    """One view on a page: hands what the browser asks to the table, and the state both ways.

    Args:
        component: the component that is shown.
    """

    modules = param.List([], doc="The view's ES module, after those that it imports: names and texts.")
    style = param.String("", doc="The view's style sheet.")
    table = param.Dict({}, doc="What the table is.")
    config = param.Dict({}, doc="What the component was given.")
    seen = param.Dict({"turn": 0, "seen": "{}"}, doc="What the state shows, after which of the page's turns.")
    steps = param.Dict({"undoable": 0, "redoable": 0}, doc="How many steps can be taken back and again.")
    hover = param.Parameter(None, doc="The id of the row that is pointed at.")
    addressed = param.Boolean(True, doc="Whether the page's address may hold what is seen.")
    linked = param.String("", doc="What views of the same state have in common.")

    _esm: ClassVar[str] = inlined(Path(__file__).with_suffix(".js"))

    def __init__(self, component: LinkedComponent) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            sizing_mode="stretch_width", margin=0, modules=modules_of(component), style=style_of(component)
        )
        self._component = component
        self._turn = 0
        # The page of a notebook is not this view's alone.
        self.addressed = Kernel.current() is None or component.session.document is not None
        session = component.session
        now = _Now(component)
        follow(session, component.table.version, self, LinkedView._show_table)
        follow(session, component.config, self, LinkedView._show_config)
        follow(session, component.linked, self, LinkedView._show_state)
        follow(session, now.seen, self, LinkedView._show_seen)
        follow(session, now.steps, self, LinkedView._show_steps)
        follow(session, now.hover, self, LinkedView._show_hover)

    def _show_table(self, version: int) -> None:
        # The engine may be busy for others: the page does not wait for it.
        _workers().submit(self._describe)

    def _describe(self) -> None:
        said = described(self._component.table)

        def show() -> None:
            # Several may be at it at once: what an older version was like is told no more.
            if self.table.get("version", -1) <= said["version"]:
                self.table = said

        self._component.session.draw(show)

    def _show_config(self, config: dict[str, Any]) -> None:
        self.config = config

    def _show_state(self, state: LinkedState) -> None:
        self.linked = f"{id(state):x}"

    def _show_seen(self, seen: Seen) -> None:
        self.seen = {"turn": self._turn, "seen": seen.to_json()}

    def _show_steps(self, steps: tuple[int, int]) -> None:
        self.steps = {"undoable": steps[0], "redoable": steps[1]}

    def _show_hover(self, id: str | int | None) -> None:
        self.hover = id

    def _handle_msg(self, message: Any) -> None:
        match message:
            case {"type": "hello"}:
                # A notebook keeps pages as they were when their cell ran.
                parts = ("table", "config", "seen", "steps", "hover")
                self._send_msg({"now": {part: getattr(self, part) for part in parts}})
            case {"type": "ask", "turn": int(turn), "question": dict(question)}:
                _workers().submit(self._answer, turn, question)
            case {"type": "show", "turn": int(turn), "before": str(before), "seen": str(said)}:
                self._turn = turn
                self._tried(lambda: self._change(Seen.from_json(before), Seen.from_json(said)))
                self._show_seen(self._component.state.seen)
            case {"type": "configure", "parts": dict(parts)}:
                self._tried(lambda: self._component.configure(**parts))
                self._show_config(self._component.config.value)
            case {"type": "point", "id": None | str() | int() as id}:
                self._component.state.hover.set(id)
            case {"type": "undo"}:
                self._component.state.undo()
            case {"type": "redo"}:
                self._component.state.redo()

    def _change(self, before: Seen, after: Seen) -> None:
        state = self._component.state
        state.show(merged(state.seen, before, after))

    def _tried(self, act: Any) -> None:
        try:
            act()
        except ImlkitError as error:
            self._send_msg({"notice": str(error)})

    def _answer(self, turn: int, question: Mapping[str, Any]) -> None:
        session = self._component.session
        if session.disposed:
            return
        said: dict[str, Any] = {"turn": turn}
        try:
            with session.entered():
                from ..answers.answers import Answers

                said["answer"] = Answers.of(self._component.table).answer(question)
        except ImlkitError as error:
            said["error"] = str(error)
        except Exception as error:
            log.exception("A question of a page about a table was not answered: %.200r", question)
            said["error"] = f"This could not be computed ({type(error).__name__}). The log tells more."
        session.draw(lambda: self._send_msg(said))


class _Now:
    """The streams of the state that a component shows, whichever it is."""

    def __init__(self, component: LinkedComponent) -> None:
        from reactivex import operators

        def of(choose: Any) -> Any:
            return component.linked.pipe(operators.map(choose), operators.switch_latest())

        def steps(state: LinkedState) -> Any:
            return state.undoable.combine_latest(state.redoable)

        self.seen = of(lambda state: state.showing)
        self.steps = of(steps)
        self.hover = of(lambda state: state.hover)


def described(table: Table) -> dict[str, Any]:
    """Return what a page is told of a table."""
    version = table.version.value
    try:
        from ..counting.counting import Counting

        with table.turn:
            version = table.version.value
            columns = [{"name": name, "kind": column.kind} for name, column in table.columns.items()]
            rows = table.count()
            said: dict[str, Any] = {"rows": rows, "problem": "", "slow": Counting.of(table).slow}
    except DataError as error:
        columns, said = [], {"rows": 0, "problem": str(error)}
    return {
        "title": table.title,
        "id": table.id,
        "columns": columns[:MOST_COLUMNS],
        "version": version,
        **said,
    }


def modules_of(component: Scripted) -> list[tuple[str, str]]:
    """Return names and texts of the ES modules that a component's own imports, and its own as the last."""
    return list(_modules(component.module))


def style_of(component: Scripted) -> str:
    """Return a component's style sheet, after the one that all share."""
    return _style(component.module.with_suffix(".css"))


@lru_cache
def _modules(path: Path) -> tuple[tuple[str, str], ...]:
    return tuple(gathered(path)[1].items())


@lru_cache
def _style(path: Path) -> str:
    shared = FOLDER / "linked.css"
    return shared.read_text("utf-8") + _with_neighbours(path)


def _with_neighbours(path: Path) -> str:
    # A page built from text has no file beside it that a style sheet could fetch.
    own = path.read_text("utf-8") if path.is_file() else ""
    return NEIGHBOUR.sub(lambda found: _with_neighbours(path.parent / found[1]), own)
