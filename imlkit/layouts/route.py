"""The way through the steps of a wizard."""

from __future__ import annotations

from collections.abc import Sequence

from .step import Step

__all__ = ["Route"]


class Route:
    """Which steps were taken, and which lie ahead as things stand.

    Args:
        steps: every step, in the order in which they follow each other.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._trail: list[Step] = []

    def named(self, name: str) -> Step:
        """Return a step by its name or address name.

        Raises:
            ValueError: there is none.
        """
        for step in self._steps:
            if name in (step.name, step.slug):
                return step
        names = ", ".join(repr(step.name) for step in self._steps)
        raise ValueError(f"the wizard has no step {name!r}: its steps are {names}")

    def after(self, step: Step) -> Step | None:
        """Return the step that one leads to as things stand, or None at the end.

        Raises:
            ValueError: the step leads to one that the wizard does not have.
        """
        name = step.chosen()
        if name is not None:
            return self.named(name)
        position = self._steps.index(step) + 1
        return self._steps[position] if position < len(self._steps) else None

    def ahead(self, step: Step) -> list[Step]:
        """Return the steps that follow one as things stand, each once."""
        found: list[Step] = []
        following = self.after(step)
        while following is not None and following is not step and following not in found:
            found.append(following)
            following = self.after(following)
        return found

    def enter(self, step: Step) -> None:
        """Take notice that a step is shown, however one came there."""
        if step in self._trail:
            del self._trail[self._trail.index(step) + 1 :]
            return
        # Whoever comes by a link or comes back has gone the way that leads there as things stand.
        start = self._trail[-1] if self._trail else self._steps[0]
        way = [start, *self.ahead(start)]
        if step in way:
            self._trail[-1:] = way[: way.index(step) + 1]
        else:
            self._trail.append(step)

    @property
    def taken(self) -> list[Step]:
        """The steps taken so far, the one shown last."""
        return list(self._trail)

    @property
    def before(self) -> Step | None:
        """The step to go back to, or None at the beginning."""
        return self._trail[-2] if len(self._trail) > 1 else None

    def whole(self) -> list[Step]:
        """Return the steps taken and those ahead as things stand."""
        if not self._trail:
            return [self._steps[0], *self.ahead(self._steps[0])]
        taken = self.taken
        return [*taken, *(step for step in self.ahead(taken[-1]) if step not in taken)]
