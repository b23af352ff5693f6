"""What the columns of a table hold, as people think of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from imlkit.errors import DataError

__all__ = ["Column", "Kind", "recognised"]

Kind = Literal[
    "boolean",
    "nominal",
    "integer",
    "continuous",
    "datetime",
    "text",
    "embedding",
    "image",
    "audio",
    "latitude",
    "longitude",
    "other",
]
"""What a column can be taken for. Image and audio are paths or addresses of files."""

IMAGES = frozenset([".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"])
SOUNDS = frozenset([".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac"])
SENTENCE = 40
"""Characters above which texts, in the mean, are read rather than counted."""
MOSTLY = 0.8
"""How many of the values must be like that."""
PLACES: dict[Kind, tuple[re.Pattern[str], float]] = {
    "latitude": (re.compile(r"(^|_)lat(itude)?$", re.IGNORECASE), 90),
    "longitude": (re.compile(r"(^|_)(lon|lng|long|longitude)$", re.IGNORECASE), 180),
}


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: its name, any text.
        kind: what it is taken for.
    """

    name: str
    kind: Kind

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise DataError(
                f"“{self.name}” cannot be taken for {self.kind!r}: give one of {', '.join(get_args(Kind))}."
            )

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in ("integer", "continuous", "latitude", "longitude")

    @property
    def charted(self) -> bool:
        """Whether a chart of its values, one beside another, says something."""
        return self.numeric or self.kind in ("boolean", "nominal")


def recognised(name: str, type: Any, sample: Sequence[Any]) -> Column:
    """Return what a column is taken for.

    Args:
        name: its name.
        type: its Ibis data type.
        sample: some of its values; what is missing is passed over.
    """
    values = [value for value in sample if value is not None]
    if type.is_boolean():
        return Column(name, "boolean")
    if type.is_integer():
        return Column(name, "integer")
    if type.is_numeric():
        return Column(name, _place(name, values) or "continuous")
    if type.is_timestamp() or type.is_date():
        return Column(name, "datetime")
    if type.is_array() and type.value_type.is_numeric():
        return Column(name, "embedding")
    if type.is_string() or type.is_uuid():
        return Column(name, _text_kind([str(value) for value in values]))
    return Column(name, "other")


def _place(name: str, values: Sequence[Any]) -> Kind | None:
    for kind, (pattern, most) in PLACES.items():
        if pattern.search(name) and values and all(abs(value) <= most for value in values):
            return kind
    return None


def _text_kind(values: Sequence[str]) -> Kind:
    if not values:
        return "nominal"
    endings = ["." + value.rpartition(".")[2].lower() for value in values]
    for kind, known in (("image", IMAGES), ("audio", SOUNDS)):
        if sum(ending in known for ending in endings) >= MOSTLY * len(values):
            return kind  # type: ignore[return-value]
    return "text" if sum(map(len, values)) > SENTENCE * len(values) else "nominal"
