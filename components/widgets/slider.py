"""A number, or a range of numbers, chosen on a line."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.streams.checked_stream import CheckedStream

__all__ = ["Slider"]

Number = int | float


class Slider(Component):
    """A slider over the numbers from a minimum to a maximum.

    Where minimum, maximum, step and value are integers, ``value`` stays one.

    Streams: ``value``, a number, or a tuple of two where the first value was one; it follows
    every move.

    Args:
        minimum: the smallest number that can be chosen.
        maximum: the largest.
        value: the first value, the minimum if left out; a tuple ``(low, high)`` makes the slider
            choose a range.
        step: the distance between neighbouring choices; left out, 1 for integers and a hundredth
            of the line otherwise.
        title: what is chosen; shown above the line.

    Raises:
        DataError: bounds that are no numbers or the wrong way round, a step that is not above
            zero, a value outside the bounds.
    """

    framed = False

    def __init__(
        self,
        minimum: Number,
        maximum: Number,
        value: Number | tuple[Number, Number] | None = None,
        step: Number | None = None,
        title: str = "",
    ) -> None:
        first = minimum if value is None else value
        ends = list(first) if isinstance(first, (tuple, list)) else [first]
        for number in (minimum, maximum, *ends, *([] if step is None else [step])):
            if not isinstance(number, Real) or not math.isfinite(number):
                raise DataError(
                    f"a slider was given {number!r}: its bounds, step and value are finite numbers"
                )
        if minimum > maximum:
            raise DataError(f"a slider's minimum {minimum!r} is above its maximum {maximum!r}: swap them")
        if step is not None and step <= 0:
            raise DataError(f"a slider's step is {step!r}: give one above zero")
        super().__init__(title)
        self._whole = all(
            isinstance(n, Integral) for n in (minimum, maximum, *ends, *([] if step is None else [step]))
        )
        self._range = isinstance(first, (tuple, list))
        kind = int if self._whole else float
        self.minimum = kind(minimum)
        self.maximum = kind(maximum)
        self.step = kind(step) if step is not None else 1 if self._whole else (maximum - minimum) / 100 or 1.0
        self.value: CheckedStream[Any] = CheckedStream(first, self._checked)

    def _checked(self, value: Any) -> Any:
        if not self._range:
            return self._number(value, value)
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise DataError(f"{self._name} chooses a range, not {value!r}: give (low, high)")
        low, high = (self._number(number, value) for number in value)
        if low > high:
            raise DataError(
                f"the range {value!r} of {self._name} is the wrong way round: give ({high}, {low})"
            )
        return low, high

    def _number(self, number: Any, value: Any) -> Number:
        among = isinstance(number, Real) and bool(self.minimum <= float(number) <= self.maximum)
        if not among:
            raise DataError(
                f"{self._name} cannot take {value!r}: give numbers from {self.minimum} to {self.maximum}"
            )
        if not self._whole:
            return float(number)
        if number % 1:
            raise DataError(
                f"{self._name} takes whole numbers, not {value!r}: round it, or give the slider a step of 0.1"
            )
        return int(number)

    @property
    def _name(self) -> str:
        return f"the slider {self.title!r}" if self.title else "the slider"

    def view(self) -> Viewable:
        """Return a new slider."""
        kinds: dict[tuple[bool, bool], Any] = {
            (False, False): pmui.FloatSlider,
            (False, True): pmui.RangeSlider,
            (True, False): pmui.IntSlider,
            (True, True): pmui.IntRangeSlider,
        }
        slider: Viewable = kinds[self._whole, self._range](
            label=self.title or "Value",
            start=self.minimum,
            # Panel refuses a line without length.
            end=self.maximum if self.maximum > self.minimum else self.minimum + 1,
            step=self.step,
            value=self.value.value,
            disabled=self.maximum == self.minimum,
            sizing_mode="stretch_width",
        )
        self.follow(self.value, slider, show_value)
        slider.param.watch(self._moved, "value")
        return slider

    def _moved(self, event: Any) -> None:
        # Adding up steps leaves dust such as 0.30000000000000004, which may lie beyond the end.
        ends = event.new if self._range else (event.new,)
        tidy = tuple(min(max(round(end, 12), self.minimum), self.maximum) for end in ends)
        value = tidy if self._range else tidy[0]
        if value != self.value.value:
            self.value.set(value)


def show_value(slider: Any, value: Any) -> None:
    slider.value = value
