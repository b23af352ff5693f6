"""The tables of a confusion matrix on the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import param
from panel.custom import JSComponent

from .cell import Cell
from .matrix import Matrix, Shares
from .share_words import percent

__all__ = ["ConfusionTables"]

HERE = Path(__file__)


class ConfusionTables(JSComponent):
    """One table for each matrix, and a menu that chooses what the numbers say.

    Args:
        title: names the tables.
        pressed: called with the cell that the person pressed.
        chosen: called with what the numbers shall say.
    """

    drawn = param.Dict(default={"labels": [], "panels": []})
    shares = param.String("counts")
    selected = param.List(default=[])
    title = param.String("")

    _esm: ClassVar[str] = HERE.with_suffix(".js").read_text("utf-8")
    _stylesheets: ClassVar[list[str]] = [HERE.with_suffix(".css").read_text("utf-8")]

    def __init__(self, title: str, pressed: Callable[[Cell], Any], chosen: Callable[[Any], Any]) -> None:
        super().__init__(title=title, sizing_mode="stretch_width", margin=0)  # type: ignore[no-untyped-call]
        self._pressed = pressed
        self._chosen = chosen

    def show_matrices(self, matrices: tuple[Matrix, ...]) -> None:
        """Show these matrices, which have the same classes or none."""
        labels = max((matrix.confusion.labels for matrix in matrices), key=len, default=())
        self.drawn = {
            "labels": list(labels),
            "panels": [{"title": matrix.title, "note": matrix.note, **_cells(matrix)} for matrix in matrices],
        }

    def show_shares(self, shares: Shares) -> None:
        """Say counts, or shares of rows or columns."""
        self.shares = shares

    def show_selected(self, cell: Cell | None) -> None:
        """Mark a cell."""
        self.selected = [] if cell is None else [cell.matrix, cell.truth, cell.predicted]

    def _handle_msg(self, message: Any) -> None:
        match message:
            case {"cell": [int(matrix), str(truth), str(predicted)]}:
                self._pressed(Cell(truth, predicted, matrix))
            case {"shares": shares}:
                self._chosen(shares)


def _cells(matrix: Matrix) -> dict[str, Any]:
    """Return the cells that are not nought, each as row, column, count and what to write for it."""
    counted = matrix.confusion
    by_true, by_predicted = counted.by_true, counted.by_predicted
    return {
        "total": counted.total,
        "cells": [
            [
                row,
                column,
                count := int(counted.counts[row, column]),
                f"{count:,}",
                percent(float(by_true[row, column])),
                percent(float(by_predicted[row, column])),
                round(float(by_true[row, column]), 4),
                round(float(by_predicted[row, column]), 4),
            ]
            for row, column in np.argwhere(counted.counts).tolist()
        ],
        # Of these rows and columns no share is defined.
        "absent": np.flatnonzero(counted.counts.sum(1) == 0).tolist(),
        "unsaid": np.flatnonzero(counted.counts.sum(0) == 0).tolist(),
    }
