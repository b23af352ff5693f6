"""What of the classes in data a classifier must be able to rely on."""

from __future__ import annotations

from collections.abc import Iterable

from imlkit.errors import TrainingDataError

__all__ = ["demand_seen", "demand_two"]


def demand_two(name: str, labels: Iterable[str]) -> list[str]:
    """Return the classes of a dataset, sorted. Raises TrainingDataError where all instances are of one."""
    given = list(labels)
    found = sorted(set(given))
    if len(found) < 2:
        raise TrainingDataError(
            f"All instances of “{name}” ({len(given):,}) are labelled “{found[0]:.60}”: "
            "capture instances of at least one other class, then train again."
        )
    return found


def demand_seen(checks: str, labels: Iterable[str], name: str, seen: Iterable[str]) -> None:
    """Raise TrainingDataError where what a model is checked with has classes that it never saw."""
    unknown = sorted(set(labels).difference(seen))
    if unknown:
        raise TrainingDataError(
            f"“{checks}” has instances of the class “{unknown[0]:.60}”, which “{name}” "
            "lacks: a model cannot be checked with classes it never saw. Add the class or leave it out."
        )
