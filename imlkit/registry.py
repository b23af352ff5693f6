"""Parts that imlkit finds by name: stores, demos, commands, its own and other packages'."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

__all__ = ["found"]


def found(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group by name, none of them loaded.

    Args:
        group: such as ``"imlkit.stores"``.
    """
    return {entry.name: entry for entry in entry_points(group=group)}
