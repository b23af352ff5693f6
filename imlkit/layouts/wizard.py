"""A wizard: steps that lead a person through a task, one at a time."""

from __future__ import annotations

from dataclasses import dataclass

from panel.viewable import Viewable

from ..store import Store
from ..streams import Stream
from .layout import Layout
from .page import Placed, slug
from .route import Route
from .step import Step
from .wizard_view import WizardView

__all__ = ["Wizard", "WizardState"]

_COLLECTION = "wizards"


@dataclass(frozen=True, slots=True)
class WizardState:
    """What a person sees of a wizard.

    Attributes:
        step: the address name of the step shown, or of the summary.
        name: its title.
        number: which step it is, counted from 1; the summary comes after the last.
        names: the titles of the steps taken and of those ahead, as things stand.
        slugs: their address names.
        reasons: why each of them is closed, "" where it is open.
        closed: why the step shown is closed, or "".
        next_closed: why one cannot go on, or "".
        last: whether the step shown is the last one.
        finished: whether the summary is shown.
    """

    step: str
    name: str
    number: int
    names: tuple[str, ...]
    slugs: tuple[str, ...]
    reasons: tuple[str, ...]
    closed: str
    next_closed: str
    last: bool
    finished: bool


class Wizard(Layout):
    """Steps that open one after another and may branch, with a summary at the end.

    Each step has its own address, ``…#name``, so a reload resumes where one was; with
    :meth:`sync` it resumes the next day too.

    Args:
        title: what stands in the bar and in the browser's tab.
        author: whom the page names as its author.

    Attributes:
        current: the address name of the step shown, or ``"summary"``; set it to show another. A
            step that is closed says why in place of its components.
        state: all that is shown of where one is.
        finished: how often the last step was finished, whenever it is.
        opened: the layout that is open in a dialog over this one, or None.
    """

    SUMMARY = "summary"

    def __init__(self, title: str = "imlkit", author: str = "") -> None:
        super().__init__(title, author)
        self.state: Stream[WizardState] = Stream(name="state")
        self.finished: Stream[int] = Stream(name="finished")
        self.ending = Step("Summary").text("This is what you did.")
        self._steps: list[Step] = []
        self._route = Route(self._steps)
        self.ending.closed.subscribe(lambda _: self._tell())
        self.current.subscribe(self._enter)

    def step(self, name: str) -> Step:
        """Return the step of that name, new at the end or already there.

        Raises:
            ValueError: another step, or the summary, has the same address.
        """
        if slug(name) == self.SUMMARY:
            raise ValueError(f"a step named {name!r} would have the summary's address: choose another name")
        for step in self._steps:
            if step.name == name:
                return step
            if step.slug == slug(name):
                raise ValueError(f"steps {step.name!r} and {name!r} would have the same address: rename one")
        step = Step(name)
        self._steps.append(step)
        # What a step tells may change where a branch leads.
        for changes in (step.closed, step.told):
            changes.subscribe(lambda _: self._tell())
        return step

    def summary(self, words: str, *items: Placed) -> Step:
        """Say in Markdown what stands above the summary, and add components below; return it.

        The last step cannot be finished while the summary is closed (see :meth:`Step.opens_when`).
        """
        self.ending.text(words)
        return self.ending.use(*items)

    def next(self) -> bool:
        """Go to the next step, or finish the last; return False where it is closed."""
        if not self._steps or self.current.value == self.SUMMARY:
            return False
        step = self._shown()
        following = self._route.after(step)
        if step.closed.value or (following or self.ending).closed.value:
            self._tell()
            return False
        if following is None:
            count = self.finished.value if self.finished.has_value else 0
            self.current.set(self.SUMMARY)
            self.finished.set(count + 1)
        else:
            self.current.set(following.slug)
        return True

    def back(self) -> bool:
        """Go back to the step one came from; return False at the beginning."""
        if self.current.value == self.SUMMARY:
            self.current.set(self.way[-1].slug)
            return True
        before = self._route.before
        if before is None:
            return False
        self.current.set(before.slug)
        return True

    def sync(self, store: Store, name: str) -> Wizard:
        """Keep in a store, under a name, where one is, and go there now; return the wizard."""
        collection = store.collection(_COLLECTION)
        kept = collection.find({"id": name})
        if kept and not self.current.has_value:
            self.current.set(str(kept[0].get("current", self.first)))

        self.current.compute(lambda current: collection.put({"id": name, "current": current}), "latest")
        return self

    @property
    def first(self) -> str:
        """The address name of the first step."""
        return self._steps[0].slug if self._steps else self.SUMMARY

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        return tuple(self._steps)

    @property
    def way(self) -> list[Step]:
        """The steps taken, and those ahead as things stand."""
        return self._route.whole()

    def content(self, whole_page: bool = False) -> Viewable:
        """Return a new view without the bar, to place on a page."""
        if not self.current.has_value:
            self.current.set(self.first)
        return WizardView.of(self)

    def _shown(self) -> Step:
        try:
            return self._route.named(self.current.value)
        except ValueError:
            return self._steps[0]

    def _enter(self, name: str) -> None:
        if self._steps and name != self.SUMMARY:
            self._route.enter(self._shown())
        self._tell()

    def _tell(self) -> None:
        if not self.current.has_value or not self._steps:
            return
        whole = self._route.whole()
        if self.current.value == self.SUMMARY:
            self.state.set(self._state(self.ending, len(whole) + 1, whole, None))
            return
        step = self._shown()
        if step not in whole:
            whole.append(step)
        state = self._state(step, whole.index(step) + 1, whole, self._route.after(step))
        # A step may tell something at every batch of a training: what looks the same is not shown again.
        if not self.state.has_value or state != self.state.value:
            self.state.set(state)

    def _state(self, step: Step, number: int, whole: list[Step], following: Step | None) -> WizardState:
        return WizardState(
            step=step.slug,
            name=step.name,
            number=number,
            names=tuple(each.name for each in whole),
            slugs=tuple(each.slug for each in whole),
            reasons=tuple(each.closed.value for each in whole),
            closed=step.closed.value,
            next_closed="" if step is self.ending else (following or self.ending).closed.value,
            last=following is None,
            finished=step is self.ending,
        )
