"""The browser's part of a history of runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from imlkit.web import FOLDER, inlined

from .history_checkpoints import CheckpointList
from .history_lines import HistoryLines
from .history_state import NO_ANSWER, History

__all__ = ["HistoryView"]

HERE = Path(__file__)


class HistoryView(JSComponent):
    """A table of runs.

    Args:
        title: names the table.
        place: the store's location as a script writes it, for the hint of how to begin.
        asked: called with each message of the person's doing, a dictionary with a ``type``.

    Attributes:
        download: called with the id of a checkpoint whose button the person pressed.
    """

    download: Callable[[str], Any]

    title = param.String("")
    place = param.String("")
    patience = param.String(NO_ANSWER)

    _esm: ClassVar[str] = inlined(HERE.with_name("training_history.js"))
    _stylesheets: ClassVar[list[str]] = [
        (FOLDER / "linked.css").read_text("utf-8"),
        HERE.with_name("training_history.css").read_text("utf-8"),
    ]

    def __init__(self, title: str, place: str, asked: Callable[[Mapping[str, Any]], Any]) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            title=title, place=place, sizing_mode="stretch_width", margin=0
        )
        self._asked = asked
        self._lines = HistoryLines()
        self._history = History()
        self._selected: tuple[str, ...] = ()
        self._notice = ""
        self._turn = 0
        self._open = False

    def show_history(self, history: History) -> None:
        """Show these runs; a page that is open is told of those that have changed."""
        self._history = history
        if self._open:
            self._send_msg({"runs": self._lines.renew(history)})

    def tick(self, ids: tuple[str, ...]) -> None:
        """Tick these runs."""
        self._selected = ids
        if self._open:
            self._send_msg({"selected": list(ids), "turn": self._turn})

    def tell(self, words: str) -> None:
        """Tell the person why something could not be done."""
        self._notice = words
        if self._open:
            self._send_msg({"notice": words})

    def show_checkpoints(self, listed: CheckpointList) -> None:
        """Show the checkpoints of a run, in a page that has its list open."""
        if self._open:
            self._send_msg({"checkpoints": listed.told()})

    def say(self, said: tuple[str, bool]) -> None:
        """Tell, beside the checkpoints, what became of what the person asked for, and whether it failed."""
        if self._open:
            self._send_msg({"said": list(said)})

    def label(self, id: str, words: str) -> None:
        """Tell how far the download of a checkpoint has come."""
        if self._open:
            self._send_msg({"download": [id, words]})

    def _handle_msg(self, message: Any) -> None:
        match message:
            case {"type": "hello"}:
                self._open = True
                self._turn = 0
                self._send_msg({"runs": self._lines.begin(self._history)})
                self.tick(self._selected)
                self.tell(self._notice)
            case {"type": "select", "ids": list(ids), "turn": int(turn)}:
                self._turn = turn
                self._asked({"type": "select", "ids": ids})
            case {"type": "download", "id": str(id)}:
                self.download(id)
            case {"type": str()}:
                self._asked(message)
