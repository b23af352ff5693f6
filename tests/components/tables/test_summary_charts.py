"""Charts of a table's columns, without a page."""

from __future__ import annotations

import pytest

from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.errors import DataError


def test_bars_are_divided_in_one_of_two_ways() -> None:
    charts = SummaryCharts({"id": [1, 2], "size": [1.5, 2.5]}, divided="shares")
    assert charts.config.value["divided"] == "shares"
    charts.configure(divided="stacked")
    assert charts.config.value["divided"] == "stacked"
    with pytest.raises(DataError, match="'pies' is no way to divide bars: it is “stacked” or “shares”"):
        charts.configure(divided="pies")
