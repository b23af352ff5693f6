"""Pictures, sounds and other samples of a column as an exported page carries them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from ..samples.samples import MOST, MOST_WHOLE, samples
from ..seen import Id
from ..table import Table
from .exported_column import array, texts

__all__ = ["ExportedSamples"]

PICTURED = ("image", "audio")
"""Kinds of columns that mean little without their samples."""
ENDINGS = {"image/svg+xml": "svg", "image/jpeg": "jpg", "audio/mpeg": "mp3", "audio/mp4": "m4a"}
NONE = 255

Keep = Callable[[str, bytes], None]
"""Keeps a file of this name."""


class ExportedSamples:
    """The samples of a table's column for a page.

    Args:
        table: the table.
        column: the column.
        size: the most pixels of a preview each way.
        whole: whether the samples are there in full as well; sounds always are, to be played.
    """

    def __init__(self, table: Table, column: str, size: int, whole: bool) -> None:
        self.column = column
        self._table = table
        self._size = size
        self._whole = whole or table.columns[column].kind == "audio"

    @staticmethod
    def wanted(table: Table, column: str) -> bool:
        """Return whether a column has samples on a page unless it is said otherwise."""
        return table.columns[column].kind in PICTURED

    @property
    def turns(self) -> int:
        """How often each row is gone through."""
        return 2 if self._whole else 1

    def held(self, ids: Sequence[Id], keep: Keep | None, told: Callable[[int], None]) -> dict[str, Any]:
        """Return what the page is told of the samples, as JSON has it.

        Args:
            ids: the ids of all rows, in the order of the page's rows.
            keep: keeps a sample's file; left out, the samples are among what is returned.
            told: told of each so many rows that are done.
        """
        return {
            "small": self._made(ids, "", keep, told),
            "whole": self._made(ids, "whole-", keep, told) if self._whole else None,
        }

    def _made(
        self, ids: Sequence[Id], prefix: str, keep: Keep | None, told: Callable[[int], None]
    ) -> dict[str, Any]:
        kinds: dict[str, int] = {}
        codes = np.full(len(ids), NONE, np.uint8)
        words: list[str] = []
        data: list[str | None] = []
        at_once = MOST_WHOLE if prefix else MOST
        for start in range(0, len(ids), at_once):
            some = ids[start : start + at_once]
            for row, one in enumerate(
                samples(self._table, self.column, some, self._size, bool(prefix)), start=start
            ):
                words.append(one["text"])
                content = one["data"]
                if one["media_type"] is not None and len(kinds) < NONE:
                    codes[row] = kinds.setdefault(one["media_type"], len(kinds))
                if keep is None:
                    data.append(None if content is None else base64.b64encode(content).decode("ascii"))
                elif content is not None:
                    keep(f"{prefix}{row}.{_ending(one['media_type'])}", content)
            told(len(some))
        return {
            "types": [[kind, _ending(kind)] for kind in kinds],
            "codes": array(codes),
            "texts": texts(pa.array(words, pa.large_string())),
            "data": None if keep is not None else data,
        }


def _ending(kind: str) -> str:
    return ENDINGS.get(kind) or "".join(one for one in kind.rpartition("/")[2] if one.isalnum())
