"""Shares in words, rounded so that they never say more than is so."""

from __future__ import annotations

import math

__all__ = ["percentage"]


def percentage(share: float) -> str:
    """Return a share from 0 to 1 as a percentage.

    Whole percents in the middle, one digit more within one percent of either end; only exactly
    nothing is ``"0 %"`` and only exactly all is ``"100 %"``.

    ::

        percentage(0.934)      # '93 %'
        percentage(0.996)      # '99.6 %'
        percentage(0.99996)    # '>99.9 %'
    """
    if not math.isfinite(share):
        return "not a number"
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    if 0 < share < 0.0005:
        return "<0.1 %"
    if 0.9995 <= share < 1:
        return ">99.9 %"
    digits = 0 if 0.01 <= share <= 0.99 else 1
    return f"{100 * share:.{digits}f} %"
