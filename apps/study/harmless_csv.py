"""Tables that a spreadsheet can open without running anything in them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = ["harmless", "write_table"]

RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""With these a spreadsheet begins a formula, the wide ones in some languages."""


def harmless(value: Any) -> str:
    """Return a value as the text of a cell; text that might be run gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(RISKY) or text.lstrip().startswith(RISKY) else text


def write_table(file: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as a CSV file in UTF-8; return how many there were."""
    count = 0
    with file.open("w", encoding="utf-8", newline="") as opened:
        table = csv.writer(opened, lineterminator="\n")
        table.writerow(columns)
        for row in rows:
            table.writerow([harmless(row.get(column)) for column in columns])
            count += 1
    return count
