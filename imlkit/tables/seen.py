"""What a linked state shows, as a value: in Python, in JSON, in an address."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from imlkit.errors import DataError

from .arrangement import Group, Order
from .predicates.predicate import All, Predicate
from .predicates.predicate_json import predicate_from_json, predicate_to_json

__all__ = ["Id", "Seen", "as_filters", "as_groups", "as_ids", "as_sort"]

Id = str | int
"""What names a row."""

PARAMETER = "state"
MOST = 1_000_000
"""The most characters of a state that comes from elsewhere."""
MOST_IN_URL = 30_000
"""The most characters of a state in an address: servers and browsers refuse longer ones."""


@dataclass(frozen=True)
class Seen:
    """What a :class:`LinkedState` shows.

    Attributes:
        filters: what the rows shown meet.
        groups: how they are put together, the outermost first.
        selection: the ids of the selected rows, in the order of selecting.
        sort: their order, the first deciding.
    """

    filters: All = field(default_factory=All)
    groups: tuple[Group, ...] = ()
    selection: tuple[Id, ...] = ()
    sort: tuple[Order, ...] = ()

    def to_json(self) -> str:
        """Return this as JSON; what is as at first is left out."""
        said: dict[str, Any] = {}
        if self.filters.parts:
            said["filters"] = predicate_to_json(self.filters)
        if self.groups:
            said["groups"] = [{"column": group.column, "bins": group.bins} for group in self.groups]
        if self.selection:
            said["selection"] = list(self.selection)
        if self.sort:
            said["sort"] = [{"column": order.column, "descending": order.descending} for order in self.sort]
        return json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Seen:
        """Return what JSON describes.

        Raises:
            DataError: it describes no state, or one that is too large.
        """
        if len(text) > MOST:
            raise DataError(f"The state has {len(text):,} characters: at most {MOST:,} are read.")
        try:
            said = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DataError("The state is no JSON: give what to_json gave, whole.") from error
        if not isinstance(said, dict) or said.keys() - {"filters", "groups", "selection", "sort"}:
            raise DataError("This is no state of linked views: give what to_json gave.")
        try:
            return cls(
                filters=as_filters(predicate_from_json(said["filters"]) if "filters" in said else None),
                groups=as_groups([Group(**group) for group in said.get("groups", ())]),
                selection=as_ids(said.get("selection", ())),
                sort=as_sort([Order(**order) for order in said.get("sort", ())]),
            )
        except TypeError as error:
            raise DataError(f"The state is damaged ({error}): give what to_json gave.") from error

    def to_url(self, url: str = "") -> str:
        """Return an address with this in it, in the place of the state that it had.

        Raises:
            DataError: it is too long for an address.
        """
        parts = urllib.parse.urlsplit(url)
        query = [pair for pair in _pairs(parts.query) if pair[0] != PARAMETER]
        if self != Seen():
            query.append((PARAMETER, self.to_json()))
        encoded = urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
        if len(encoded) > MOST_IN_URL:
            raise DataError(
                f"The state has {len(encoded):,} characters, more than an address holds: "
                "select fewer rows, or keep it with to_json."
            )
        return urllib.parse.urlunsplit(parts._replace(query=encoded))

    @classmethod
    def from_url(cls, url: str) -> Seen:
        """Return what an address holds, in its query or after its ``#``; without any, what is seen at first.

        Raises:
            DataError: what it holds is no state.
        """
        parts = urllib.parse.urlsplit(url)
        for pairs in (_pairs(parts.query), _pairs(parts.fragment)):
            for name, value in pairs:
                if name == PARAMETER:
                    return cls.from_json(value)
        return cls()


def as_filters(given: Any) -> All:
    """Return any predicate, or None, as conditions that are all met."""
    if given is None:
        return All()
    if not isinstance(given, Predicate):
        raise DataError(f"{given!r} is no filter: set conditions such as Equals(column, value), or None.")
    return given if isinstance(given, All) else All((given,))


def as_groups(given: Any) -> tuple[Group, ...]:
    """Return one group or several."""
    return _several(Group, given)


def as_sort(given: Any) -> tuple[Order, ...]:
    """Return one order or several."""
    return _several(Order, given)


def as_ids(given: Any) -> tuple[Id, ...]:
    """Return ids of rows, each once."""
    if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        raise DataError(f"{given!r} is no selection: set the ids of rows, as a list.")
    ids = list(given)
    for id in ids:
        if type(id) not in (str, int):
            raise DataError(f"{id!r} is no id of a row: ids are texts or whole numbers.")
    return tuple(dict.fromkeys(ids))


def _several(kind: type[Any], given: Any) -> tuple[Any, ...]:
    values = tuple(given) if isinstance(given, (list, tuple)) else (given,)
    for value in values:
        if not isinstance(value, kind):
            raise DataError(f"{value!r} is no {kind.__name__}: set one, or several.")
    return values


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return urllib.parse.parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return []
