"""What a task asks for, and how much of it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panel.viewable import Viewable

from imlkit import Component, Stream
from imlkit.progress_bar import ProgressBar

__all__ = ["Goal", "Progress", "counted"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is.

    Attributes:
        words: what is asked for and what is done.
        share: how much is done, from 0 to 1.
        missing: what is still to be done before one may go on; empty when all is.
        advice: what one may do now.
    """

    words: str
    share: float
    missing: str = ""
    advice: str = ""


class Goal(Component):
    """A bar with words, and a stream that opens the next step.

    Streams: ``progress``, ``missing`` (what is still to be done, or ""), ``done`` (what is done).

    Args:
        words: what is asked for at first.
        missing: what is to be done.
    """

    def __init__(self, words: str, missing: str) -> None:
        super().__init__("Your task")
        self.progress: Stream[Progress] = Stream(Progress(words, 0.0, missing))
        self.missing: Stream[str] = Stream(missing)
        self.done: Stream[str] = Stream("")
        self.progress.map(lambda progress: progress.missing).subscribe(self.missing)
        self.progress.map(lambda progress: progress.words).subscribe(self.done)

    def view(self) -> Viewable:
        """Return a new bar."""
        bar = ProgressBar("Your task", announced=True, margin=0)
        self.follow(self.progress, bar, _show)
        return bar


def _show(bar: ProgressBar, progress: Progress) -> None:
    bar.present(f"{progress.words} {progress.advice}".strip(), progress.share)


def counted(counts: Mapping[object, int], wanted: Mapping[str, int]) -> Progress:
    """Return how far one is with examples: so many of each class are wanted."""
    done = {name: min(counts.get(name, 0), least) for name, least in wanted.items()}
    said = ", ".join(f"{name} {counts.get(name, 0)} of {least}" for name, least in wanted.items())
    left = [f"{least - done[name]} more of {name}" for name, least in wanted.items() if done[name] < least]
    share = sum(done.values()) / sum(wanted.values())
    if not left:
        return Progress(f"Done: {said}.", 1.0, advice="You may draw more, or go on with Next.")
    return Progress(f"Drawn so far: {said}.", share, f"Draw {' and '.join(left)}.")
