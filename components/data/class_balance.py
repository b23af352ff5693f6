"""How many examples the classes of a dataset have, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ClassEntry", "balance_words", "missing_words", "short_name"]

_LONGEST = 60
_MOST_NAMED = 4
_UNBALANCED = 3


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """One class.

    Attributes:
        id: what stays the same when it is renamed.
        name: its label in the dataset.
        colour: as ``#rrggbb``.
        examples: how many instances of the dataset have the label.
    """

    id: str
    name: str
    colour: str
    examples: int = 0


def missing_words(entries: tuple[ClassEntry, ...], minimum: int) -> str:
    """Return what is missing before training makes sense, or ""."""
    if len(entries) < 2:
        return "Add a second class: a classifier tells at least two things apart."
    short = [entry for entry in entries if entry.examples < minimum]
    if not short:
        return ""
    parts = [
        f"“{short_name(entry.name)}” needs {minimum - entry.examples} more" for entry in short[:_MOST_NAMED]
    ]
    rest = len(short) - _MOST_NAMED
    more = f" and {rest} more classes too" if rest > 0 else ""
    return f"Each class needs at least {minimum} examples: {', '.join(parts)}{more}."


def balance_words(entries: tuple[ClassEntry, ...], minimum: int) -> str:
    """Return what to do where one class has many more examples than another, or ""."""
    enough = [entry for entry in entries if entry.examples >= minimum]
    if len(enough) < 2:
        return ""
    least = min(enough, key=lambda entry: entry.examples)
    most = max(enough, key=lambda entry: entry.examples)
    if most.examples < _UNBALANCED * least.examples:
        return ""
    favoured, scarce = short_name(most.name), short_name(least.name)
    return (
        f"“{favoured}” has {most.examples:,} examples and “{scarce}” only {least.examples:,}: "
        f"the classifier would favour “{favoured}”. Add some to “{scarce}”."
    )


def short_name(name: str) -> str:
    """Return a name of a class, cut where it is very long."""
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
