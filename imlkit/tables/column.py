"""What the columns of a table hold, as people think of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from imlkit.errors import DataError

__all__ = ["Column", "Kind", "check_fits", "needs_sample", "recognised"]

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
    "latitude": (re.compile(r"(^|[_. ])lat(itude)?$", re.IGNORECASE), 90),
    "longitude": (re.compile(r"(^|[_. ])(lon|lng|long|longitude)$", re.IGNORECASE), 180),
}


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: its name, any text.
        kind: what it is taken for.
        note: what there is to say of its values, in words; empty for nothing.
    """

    name: str
    kind: Kind
    note: str = ""

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


def recognised(name: str, type: Any, sample: Sequence[Any], note: str = "") -> Column:
    """Return what a column is taken for.

    Args:
        name: its name.
        type: its Ibis data type.
        sample: some of its values, if :func:`needs_sample`; what is missing is passed over.
        note: what there is to say of its values.
    """
    values = [value for value in sample if value is not None and value == value]
    return Column(name, _kind(name, type, values), note)


def needs_sample(name: str, type: Any) -> bool:
    """Return whether values have to be looked at to know what a column holds."""
    if type.is_integer() or not type.is_numeric():
        return bool(type.is_string())
    return any(pattern.search(name) for pattern, _ in PLACES.values())


def check_fits(column: Column, type: Any) -> None:
    """Check that values of an Ibis data type can be taken for what a column is said to hold.

    Raises:
        DataError: they cannot.
    """
    match column.kind:
        case "integer" | "continuous" | "latitude" | "longitude":
            fits = type.is_numeric() and not type.is_boolean()
        case "boolean":
            fits = type.is_boolean()
        case "datetime":
            fits = type.is_timestamp() or type.is_date()
        case "embedding":
            fits = type.is_array() and type.value_type.is_numeric()
        case "text":
            fits = type.is_string() or type.is_uuid()
        case "image" | "audio":
            fits = type.is_string() or type.is_binary()
        case _:
            fits = True
    if not fits:
        raise DataError(
            f"“{column.name}” holds values of type {type}, which cannot be taken for {column.kind!r}: "
            "change them in the source, or choose another kind."
        )


def _kind(name: str, type: Any, values: Sequence[Any]) -> Kind:
    if type.is_boolean():
        return "boolean"
    if type.is_integer() or (type.is_decimal() and type.scale == 0):
        return "integer"
    if type.is_numeric():
        return _place(name, values) or "continuous"
    if type.is_timestamp() or type.is_date():
        return "datetime"
    if type.is_array() and type.value_type.is_numeric():
        return "embedding"
    if type.is_uuid():
        return "nominal"
    if type.is_string():
        return _text_kind([str(value) for value in values])
    return "other"


def _place(name: str, values: Sequence[Any]) -> Kind | None:
    for kind, (pattern, most) in PLACES.items():
        if pattern.search(name) and values and all(abs(value) <= most for value in values):
            return kind
    return None


def _text_kind(values: Sequence[str]) -> Kind:
    if not values:
        return "nominal"
    endings = ["." + re.split("[?#]", value, maxsplit=1)[0].rpartition(".")[2].lower() for value in values]
    for kind, known in (("image", IMAGES), ("audio", SOUNDS)):
        if sum(ending in known for ending in endings) >= MOSTLY * len(values):
            return kind  # type: ignore[return-value]
    return "text" if sum(map(len, values)) > SENTENCE * len(values) else "nominal"
