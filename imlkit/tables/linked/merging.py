"""What a person changed in a view, in what others have changed meanwhile."""

from __future__ import annotations

from ..predicates.predicate import All
from ..seen import Seen

__all__ = ["merged"]


def merged(now: Seen, before: Seen, after: Seen) -> Seen:
    """Return what is shown once a person's change is made, though it was begun from something older.

    A page hears of a state a moment late: what it sends back whole must not take away what was set
    elsewhere in that moment.

    Args:
        now: what is shown.
        before: what the person saw.
        after: what the person made of it.
    """
    return Seen(
        filters=_conditions(now.filters, before.filters, after.filters),
        groups=after.groups if after.groups != before.groups else now.groups,
        selection=after.selection if after.selection != before.selection else now.selection,
        sort=after.sort if after.sort != before.sort else now.sort,
    )


def _conditions(now: All, before: All, after: All) -> All:
    if now == before:
        return after
    added = [part for part in after.parts if part not in before.parts]
    removed = [part for part in before.parts if part not in after.parts]
    replaced = {part.columns for part in added}
    kept = [
        part
        for part in now.parts
        if part not in removed and (part in after.parts or part.columns not in replaced)
    ]
    return All((*kept, *(part for part in added if part not in kept)))
