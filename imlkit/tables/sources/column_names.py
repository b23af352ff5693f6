"""Names under which every engine tells the columns apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

__all__ = ["distinct_names", "notes_of_names"]

UNNAMED = "unnamed"


def distinct_names(names: Iterable[object]) -> list[str]:
    """Return names that no engine takes for one another, in the same order.

    An empty name becomes ``unnamed``. Of names that are equal, or differ in capitals only (which
    DuckDB takes for one), the later ones get a number: ``a``, ``A_2``.
    """
    plain = [_sound(str(name)) or UNNAMED for name in names]
    # What is there already is not given away to a name with a number.
    given = {_key(name) for name in plain}
    taken: set[bytes] = set()
    distinct = []
    for name in plain:
        new = name
        number = 2
        while _key(new) in taken or (new != name and _key(new) in given):
            new = f"{name}_{number}"
            number += 1
        taken.add(_key(new))
        distinct.append(new)
    return distinct


def notes_of_names(originals: Iterable[object], names: Iterable[str]) -> Mapping[str, str]:
    """Return, by the new name, what a column is called in its source where that is something else."""
    olds = [str(original) for original in originals]
    keys = Counter(_key(_sound(old)) for old in olds)
    notes = {}
    for old, name in zip(olds, names, strict=True):
        if old == name:
            continue
        if not old.strip():
            notes[name] = "This column has no name in the source."
        elif keys[_key(_sound(old))] > 1:
            notes[name] = f"Called “{old}” in the source, as another column is, but for capitals."
        else:
            notes[name] = f"Called “{old}” in the source."
    return notes


def _sound(name: str) -> str:
    return name.replace("\0", "�").encode("utf-8", "replace").decode()


def _key(name: str) -> bytes:
    return name.encode().lower()
