"""Which look each run has: the same in every chart, and for as long as it is shown."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Slots"]


class Slots:
    """Gives each run a number, by which it is coloured.

    A run that is shown again gets the number that it had, unless another one has it now.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, runs: Sequence[str]) -> dict[str, int]:
        """Return the numbers of the runs that are shown now, from 0 on."""
        found: dict[str, int] = {}
        taken: set[int] = set()
        shown = [run for run in runs if run in self._numbers]
        # Who was shown last keeps its number first.
        for run in sorted(shown, key=list(self._numbers).index, reverse=True):
            if self._numbers[run] not in taken:
                found[run] = self._numbers[run]
                taken.add(found[run])
        for run in runs:
            if run not in found:
                found[run] = next(number for number in range(len(runs) + 1) if number not in taken)
                taken.add(found[run])
        for run in runs:
            self._numbers.pop(run, None)
        self._numbers.update(found)
        return found
