"""A wizard on the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui
import param
from panel.custom import JSComponent
from panel.viewable import Viewable

from ..follow import follow
from ..plain_text import PlainAlert, PlainText
from .page import column

if TYPE_CHECKING:
    from .step import Step
    from .wizard import Wizard, WizardState

__all__ = ["WizardView"]

# Where the labels of all steps find no room, the current one's remains; the others can be heard.
_NARROW = {
    "& .MuiStepLabel-label:not(.Mui-active)": {
        "@container (max-width: 640px)": {
            "position": "absolute",
            "width": "1px",
            "height": "1px",
            "overflow": "hidden",
            "clipPath": "inset(50%)",
            "whiteSpace": "nowrap",
        }
    },
    "containerType": "inline-size",
}
_FOOT = {
    "bgcolor": "background.default",
    "py": 1.5,
    "gap": "8px",
    "borderTop": "1px solid",
    "borderColor": "divider",
}
_BUTTON = {"textTransform": "none", "minWidth": "6em"}


class StepHeading(JSComponent):
    """The title of the step shown; it takes the focus when the step changes, so that it is read out."""

    words = param.String(default="", doc="The step's title.")
    place = param.String(default="", doc="Which step it is, in words.")
    moves = param.Integer(default=0, doc="How often the step was changed.")

    _esm = Path(__file__).with_name("step_heading.js")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]


class WizardView(pn.Column):
    """The steps, the one shown, and the buttons that lead on and back."""

    @classmethod
    def of(cls, wizard: Wizard) -> Viewable:
        """Return a new view of a wizard."""
        view = cls(wizard)
        follow(wizard.session, wizard.state, view, cls.present)
        return view

    def __init__(self, wizard: Wizard) -> None:
        self.wizard = wizard
        self.shown: dict[str, Viewable] = {}
        self.state: WizardState | None = None
        self.presenting = False
        self.stepper = pmui.StepperMenu(
            items=[], active=0, non_linear=True, margin=0, sizing_mode="stretch_width", sx=_NARROW
        )
        self.stepper.param.watch(self._chosen, "active")
        self.heading = StepHeading(margin=(8, 0, 0, 0), sizing_mode="stretch_width")
        self.closed = PlainAlert(visible=False)
        self.body = pmui.Column(margin=0, sizing_mode="stretch_width")
        self.reason = PlainText("", margin=0, visible=False, variant="body2")
        self.back = pmui.Button(label="Back", variant="outlined", margin=0, sx=_BUTTON)
        self.back.on_click(lambda _: _act(wizard.back))
        self.next = pmui.Button(label="Next", variant="contained", margin=0, sx=_BUTTON)
        self.next.on_click(lambda _: _act(wizard.next))
        buttons = pmui.FlexBox(
            self.back,
            self.next,
            justify_content="space-between",
            flex_wrap="nowrap",
            margin=0,
            sizing_mode="stretch_width",
        )
        foot = pmui.Column(
            self.reason,
            buttons,
            margin=0,
            sizing_mode="stretch_width",
            styles={"position": "sticky", "bottom": "0", "z-index": "2"},
            sx=_FOOT,
        )
        inside = pmui.Column(
            self.stepper,
            self.heading,
            self.closed,
            self.body,
            foot,
            margin=0,
            sizing_mode="stretch_width",
            sx={"p": {"xs": 1.5, "sm": 2}, "gap": "16px", "boxSizing": "border-box"},
        )
        super().__init__(
            inside,
            sizing_mode="stretch_width",
            styles={"width": "100%", "max-width": "1100px", "margin": "0 auto"},
        )

    def present(self, state: WizardState) -> None:
        """Show where one is."""
        before, self.state = self.state, state
        self._show_steps(state)
        self._show_body(state)
        total = len(state.names)
        closed = sum(bool(reason) for reason in state.reasons)
        place = f"Step {state.number} of {total}"
        if state.finished:
            place = f"{total - closed} of {total} steps done" if closed else f"All {total} steps done"
        moved = before is not None and before.step != state.step
        self.heading.param.update(words=state.name, place=place, moves=self.heading.moves + moved)
        self.closed.param.update(visible=bool(state.closed), object=_closed_words(state.closed))
        why = "" if state.closed or state.finished else state.next_closed
        self.reason.param.update(object=why, visible=bool(why))
        self.back.disabled = state.number == 1
        self.next.param.update(
            label="Finish" if state.last else "Next",
            disabled=bool(state.closed or why),
            visible=not state.finished,
        )

    def _show_steps(self, state: WizardState) -> None:
        items = [
            {
                "label": name,
                "completed": position + 1 < state.number and not reason,
                "disabled": bool(reason) and position + 1 != state.number,
            }
            for position, (name, reason) in enumerate(zip(state.names, state.reasons, strict=True))
        ]
        if state.finished:
            # A place of its own, so that the last step can be gone back to like any other.
            items.append({"label": state.name, "completed": True, "disabled": False})
        self.presenting = True
        # What is active must be among the items at any moment.
        self.stepper.active = min(self.stepper.active, len(items) - 1)
        self.stepper.items = items
        self.stepper.active = state.number - 1
        self.presenting = False

    def _show_body(self, state: WizardState) -> None:
        if not state.closed:
            view = self._summary() if state.finished else self._step(state.step).view()
            if self.shown.get(state.step) is not view:
                self.shown[state.step] = view
                self.body[:] = list(self.shown.values())
        for name, view in self.shown.items():
            view.visible = name == state.step and not state.closed

    def _summary(self) -> Viewable:
        rows: list[Viewable] = [_done(step) for step in self.wizard.way]
        return column([self.wizard.ending.view(), *rows])

    def _step(self, name: str) -> Step:
        return next(step for step in self.wizard.steps if step.slug == name)

    def _chosen(self, event: Any) -> None:
        # Only what a person chose: not what is shown because the wizard moved.
        if not self.presenting and self.state is not None and 0 <= event.new < len(self.state.slugs):
            self.wizard.current.set(self.state.slugs[event.new])


def _act(action: Callable[[], object]) -> None:
    action()


def _closed_words(why: str) -> str:
    return f"This step is still closed. {why}" if why else ""


def _done(step: Step) -> Viewable:
    why = step.closed.value
    told = f"Not done: {why}" if why else step.told.value or "Done"
    return pmui.Column(
        PlainText(step.name, variant="h3", margin=0, sx={"fontSize": "1rem", "fontWeight": 600}),
        PlainText(told, margin=0),
        margin=0,
        sizing_mode="stretch_width",
    )
