"""Everything there is to see of a table, in views that follow one another."""

from __future__ import annotations

from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.plain_text import PlainText
from imlkit.tables.linked.linked_component import LinkedComponent
from imlkit.tables.linked_state import LinkedState
from imlkit.tables.table import Table

from .instance_list import InstanceList
from .instance_table import InstanceTable
from .projection import Projection
from .scatter import Scatter
from .summary_charts import SummaryCharts
from .toolbar import Toolbar

__all__ = ["Explorer"]

BESIDE = {"flex": "1 1 420px", "min-width": "0", "max-width": "100%"}


class Explorer(Component):
    """A table with the views that suit its columns, all of one state.

    Above, what is filtered, grouped and selected; on one side a chart of each column, on the other
    the rows: as samples, as a table, as points where there are two columns of numbers, and as a
    map of what resembles what where there are embeddings.

    Args:
        table: the table, or whatever a :class:`~imlkit.tables.Table` can be made of.
        state: what is shown, shared with other components.
        share: whether the page's address holds the state, so that a link shows what its sender saw.
        title: what the person reads above it.

    Attributes:
        table: the table.
        state: what is shown.
        toolbar: what is filtered, grouped and selected.
        charts: a chart of each column.
        views: the views of the rows, by the words on their tabs.
    """

    framed = False

    def __init__(
        self,
        table: Table | Any,
        state: LinkedState | None = None,
        share: bool = True,
        title: str = "",
    ) -> None:
        super().__init__(title)
        self.table = table if isinstance(table, Table) else Table(table)
        self.state = state if state is not None else LinkedState()
        self.toolbar = Toolbar(self.table, self.state, share=share)
        self.charts = SummaryCharts(self.table, self.state)
        self.views: dict[str, LinkedComponent] = {
            "Instances": InstanceList(self.table, self.state),
            "Table": InstanceTable(self.table, self.state),
        }
        columns = self.table.columns.values()
        if sum(column.numeric and column.name != self.table.id for column in columns) > 1:
            self.views["Points"] = Scatter(self.table, self.state)
        if any(column.kind == "embedding" for column in columns):
            self.views["Map"] = Projection(self.table, self.state)

    @property
    def parts(self) -> tuple[LinkedComponent, ...]:
        """The linked components that it consists of."""
        return (self.toolbar, self.charts, *self.views.values())

    def view(self) -> Viewable:
        """Return a new view."""
        tabs = pmui.Tabs(
            *((name, component.view()) for name, component in self.views.items()),
            dynamic=True,
            sizing_mode="stretch_width",
            margin=0,
        )
        both = pmui.FlexBox(
            pmui.Column(_heading(self.charts.title), self.charts.view(), margin=0, styles=BESIDE),
            pmui.Column(_heading("Rows"), tabs, margin=0, styles=BESIDE),
            gap="24px",
            align_items="flex-start",
            sizing_mode="stretch_width",
            margin=(12, 0, 0, 0),
        )
        head = [_heading(self.title)] if self.title else []
        view: Viewable = pmui.Column(*head, self.toolbar.view(), both, sizing_mode="stretch_width", margin=0)
        return view


def _heading(words: str) -> Viewable:
    heading: Viewable = PlainText(
        words, variant="h2", margin=(0, 0, 8, 0), sx={"fontSize": "1.05rem", "fontWeight": 600}
    )
    return heading
