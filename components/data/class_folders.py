"""A folder name for every label, whatever its text."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

__all__ = ["ClassFolders"]

_UNSAFE = re.compile(r"[^\w .,()+=@-]")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 48


class ClassFolders:
    """Names that any file system takes, one a label, told apart whatever their case.

    Attributes:
        labels: each folder's label, in the order asked for.
    """

    def __init__(self, *reserved: str) -> None:
        self.labels: dict[str, Any] = {}
        self._of_label: dict[tuple[str, Any], str] = {}
        self._taken = {name.casefold() for name in reserved}

    def folder(self, label: Any) -> str:
        """Return the folder of a label; the same one each time."""
        key = (type(label).__name__, label if isinstance(label, (str, int, float)) else repr(label))
        if key not in self._of_label:
            name = self._free(_safe(label))
            self._of_label[key] = name
            self.labels[name] = label
        return self._of_label[key]

    def _free(self, name: str) -> str:
        free, number = name, 1
        while free.casefold() in self._taken:
            number += 1
            free = f"{name} ({number})"
        self._taken.add(free.casefold())
        return free


def _safe(label: Any) -> str:
    if label is None:
        return "no label"
    text = unicodedata.normalize("NFC", label if isinstance(label, str) else str(label))
    # Leading and trailing dots and spaces vanish on some systems, and ".." climbs.
    name = _UNSAFE.sub("_", text[:_LONGEST]).strip(". ")
    return f"_{name}" if not name or _DEVICES.fullmatch(name) else name
