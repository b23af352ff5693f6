"""Shares in words that never say more than is so."""

from __future__ import annotations

__all__ = ["percent"]


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share from 0 to 1 as a percentage; only exactly all is ``"100 %"``.

    Args:
        share: None or NaN where it is not defined, which is written ``"–"``.
        digits: how many after the point.
    """
    if share is None or share != share:
        return "–"
    if share in (0, 1):
        return f"{100 * share:.0f} %"
    least = 10.0**-digits
    shown = round(100 * share, digits)
    if shown < least:
        return f"<{least:.{digits}f} %"
    if shown > 100 - least:
        return f">{100 - least:.{digits}f} %"
    return f"{shown:.{digits}f} %"
