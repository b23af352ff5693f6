"""The choices among features, how far a change is, and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from imlkit.plain_text import PlainAlert
from imlkit.progress_bar import ProgressBar

from .choice_status import ChoiceProgress

if TYPE_CHECKING:
    from .feature_choice import FeatureChoice

__all__ = ["FeatureChoiceView"]

UNSEEN_LABEL = """
.MuiFormLabel-root {
  clip-path: inset(50%);
  height: 1px;
  overflow: hidden;
  position: absolute;
  white-space: nowrap;
  width: 1px;
}
.MuiFormControlLabel-root { margin-bottom: 4px; }
"""
"""The card around it shows the title; who has the page read to them hears it with the choices."""


class FeatureChoiceView(pn.Column):
    """A choice with a sentence on each way, a bar while something goes on, and what to do when it fails.

    Args:
        choice: what is chosen.
    """

    def __init__(self, choice: FeatureChoice) -> None:
        self._streams = choice
        self._names = {_sentence(name, choice.about.get(name, "")): name for name in choice.ways}
        self.radios = pmui.RadioBoxGroup(
            label=choice.title,
            options=list(self._names),
            value=next(iter(self._names)),
            inline=False,
            margin=(0, 0, 4, 0),
            sizing_mode="stretch_width",
            stylesheets=[UNSEEN_LABEL],
        )
        self.words = ProgressBar(choice.title, "0.875rem", margin=(6, 0), visible=False)
        self.cancel = pmui.Button(label="Cancel", variant="outlined", margin=(4, 0), visible=False)
        self.problem = PlainAlert(severity="warning", visible=False, margin=(6, 0))
        self.again = pmui.Button(label="Try again", variant="outlined", margin=0)
        self.instead = pmui.Button(label="", variant="outlined", margin=0)
        self.ways_out = pmui.FlexBox(self.again, self.instead, gap="8px", margin=(4, 0), visible=False)
        self.radios.param.watch(self._chosen, "value")
        self.cancel.on_click(lambda _: choice.cancel())
        self.again.on_click(lambda _: choice.go_on())
        self.instead.on_click(self._instead)
        super().__init__(
            self.radios, self.words, self.cancel, self.problem, self.ways_out, sizing_mode="stretch_width"
        )

    def choose(self, name: str) -> None:
        """Show which way is chosen."""
        self.radios.value = next(shown for shown, each in self._names.items() if each == name)

    def present(self, progress: ChoiceProgress | None) -> None:
        """Show how far a change is."""
        self.cancel.visible = self.words.visible = progress is not None
        if progress is None:
            return
        self.words.present(progress.message, progress.share, known=bool(progress.total))

    def tell(self, problem: str) -> None:
        """Show what is wrong, and the ways out of it."""
        self.problem.param.update(object=problem, visible=bool(problem))
        self.ways_out.visible = bool(problem)
        failed, now = self._streams.failed.value, self._streams.in_use.value
        self.again.label = "Try again" if failed else "Go on"
        first = next(iter(self._streams.ways))
        if failed and failed != now:
            self.instead.label = f"Stay with {now}"
        else:
            self.instead.label = f"Use {first} instead"
        self.instead.visible = bool(failed) and (failed != now or now != first)

    def _chosen(self, event: Any) -> None:
        name = self._names[event.new]
        if name != self._streams.chosen.value:
            self._streams.chosen.set(name)

    def _instead(self, _click: Any) -> None:
        if self._streams.failed.value == self._streams.in_use.value:
            self._streams.chosen.set(next(iter(self._streams.ways)))
        else:
            self._streams.dismiss()


def _sentence(name: str, about: str) -> str:
    return f"{name}: {about}" if about else name
