"""Which views a notebook's cells have shown: a cell that is run again lets go of them."""

from __future__ import annotations

from typing import Any

from panel.config import panel_extension
from panel.io.state import state

__all__ = ["NotebookCells"]


class NotebookCells:
    """Ends the views of a cell when it is run again.

    They are gone from the page then, but nothing tells Python: it would keep them up to date, and
    send what changes to nobody, more of them with each run.

    Args:
        shell: the interactive shell that runs the cells.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._shown: dict[str, set[str]] = {}
        self._before = set(state._views)
        shell.events.register("pre_execute", self._began)
        shell.events.register("post_execute", self._ended)

    @property
    def cell(self) -> str | None:
        """The id of the cell that runs; None where the notebook's page does not tell it."""
        cell: str | None = self._shell.get_parent().get("metadata", {}).get("cellId")
        return cell

    def _began(self) -> None:
        for view in self._shown.pop(self.cell or "", ()):
            self._end(view)
        self._before = set(state._views)

    def _ended(self) -> None:
        if self.cell is not None:
            self._shown.setdefault(self.cell, set()).update(set(state._views) - self._before)
        self._before = set(state._views)

    def _end(self, view: str) -> None:
        if view not in state._views:
            return
        connections = state._views[view][0]._comms.get(view, ())
        panel_extension._process_comm_msg({"event_type": "delete", "id": view})
        for connection in connections:
            # Each holds its view, and is itself held by name.
            state._comm_manager._comms.pop(connection.id, None)
            self._shell.kernel.comm_manager.targets.pop(connection.id, None)
