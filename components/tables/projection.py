"""A map of the vectors of a column: likes lie near to one another."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from panel.viewable import Viewable

from imlkit.errors import DataError, ImlkitError
from imlkit.tables.linked.linked_component import LinkedComponent
from imlkit.tables.linked_state import LinkedState
from imlkit.tables.table import Table

from .projected_table import ProjectedTable
from .projecting import Cancelled, Projecting
from .projection_cache import ProjectionCache
from .projection_plan import METHODS, MOST_ROWS, Method, ProjectionPlan
from .scatter import check_coloring
from .vectors import vectors_of

__all__ = ["Projection"]

log = logging.getLogger("imlkit")

PARAMETERS = ("method", "perplexity", "neighbours", "distance", "sample", "seed")
OWN = ("x", "y", "status")
"""Parts of what the view is given that no page may set."""
OFTEN = 0.2
"""Seconds between two words on how far the work is."""


class Projection(LinkedComponent):
    """The rows of a table on a plane, by the vectors of a column: likes lie near to one another.

    It is computed in the background once the view is shown, or by :meth:`compute`, and kept: the
    same vectors are not computed with twice. The coordinates are two columns more of :attr:`table`,
    whose ids and state are the source's, so that filters on all other columns hold. Rows with no
    vector, with one of another length than most, or with what is no number in it have no place.

    Args:
        table: the table, or whatever a :class:`~imlkit.tables.Table` can be made of.
        state: what is filtered and selected, shared with other components.
        column: the column of vectors; the first of embeddings if left out.
        method: "pca" (the directions in which the vectors differ most), "t-sne" or "umap" (neighbours
            stay neighbours; UMAP needs the package umap-learn).
        perplexity: of t-SNE: about how many neighbours each row is to keep.
        neighbours: of UMAP: how many neighbours each row is to keep.
        distance: of UMAP: how near to one another points may lie, from 0 to 1.
        sample: how many rows, chosen at random, are computed with; all if left out. t-SNE of more
            than 20,000 rows and UMAP of more than 200,000 wait for it: they take very long.
        seed: the same seed gives the same map.
        color: a column that colours the points. Left out, the groups that the state puts rows
            together in do; False: nothing does.
        title: what the person reads above the map.
        cache: where coordinates are kept; imlkit's cache folder if left out.

    Attributes:
        source: the table that was given.
        table: the same with two columns of coordinates more, as soon as there are some.

    Raises:
        DataError: a column is not there or holds no vectors, a parameter is out of bounds.
    """

    module = Path(__file__).with_suffix(".js")

    def __init__(
        self,
        table: Table | Any,
        state: LinkedState | None = None,
        column: str | None = None,
        method: Method = "pca",
        *,
        perplexity: float = 30.0,
        neighbours: int = 15,
        distance: float = 0.1,
        sample: int | None = None,
        seed: int = 0,
        color: str | Literal[False] | None = None,
        title: str = "Map of likeness",
        cache: ProjectionCache | None = None,
    ) -> None:
        self.source = table if isinstance(table, Table) else Table(table)
        self._cache = cache if cache is not None else ProjectionCache()
        self._changing = threading.RLock()
        self._work: Projecting | None = None
        self._thread: threading.Thread | None = None
        self._begun = False
        if column is None:
            column = next((name for name in self.source.columns if self._holds_vectors(name)), None)
        config = {
            "column": column,
            "method": method,
            "perplexity": perplexity,
            "neighbours": neighbours,
            "distance": distance,
            "sample": sample,
            "seed": seed,
            "color": color,
            "x": None,
            "y": None,
            "status": {"state": "idle", "words": "", "done": 0, "total": None, "seconds": 0.0},
        }
        super().__init__(ProjectedTable(self.source), state, title, config)

    def checked(self, config: Any) -> dict[str, Any]:
        """Return what the map is made by, if it fits the table."""
        said = super().checked(config)
        _plan(said)
        column = said.get("column")
        if column is not None and not self._holds_vectors(column):
            names = [name for name in self.source.columns if self._holds_vectors(name)]
            listed = ", ".join(names)[:300] or "none"
            raise DataError(f"There is no column {column!r:.100} of vectors; those of vectors are: {listed}.")
        check_coloring(self.source, said.get("color"))
        return said

    def configure(self, **parts: Any) -> None:
        """Change how the map is made, from a page or from code.

        ``request="compute"`` begins to compute with what is set then, ``request="cancel"`` ends it.

        Raises:
            DataError: a part is out of bounds.
        """
        request = parts.pop("request", None)
        known = set(self.config.value) - set(OWN)
        with self._changing:
            self.config.set({**self.config.value, **{name: parts[name] for name in known & set(parts)}})
        if request == "compute":
            self.compute()
        elif request == "cancel":
            self.cancel()

    def view(self) -> Viewable:
        with self._changing:
            first, self._begun = not self._begun, True
        if first and self.config.value["column"] is not None:
            self.compute()
        return super().view()

    def compute(self) -> None:
        """Begin to compute the coordinates in the background; what is being computed is given up.

        ``config`` says under ``"status"`` how far it is; ``table`` has the coordinates at the end.

        Raises:
            DataError: there is no column of vectors.
        """
        with self._changing:
            self._begun = True
            column = self.config.value["column"]
            if column is None:
                raise DataError("There is no column of vectors to make a map of: name one with column=….")
            if self._work is not None:
                self._work.cancel()
            began = time.monotonic()
            work = Projecting(_Often(partial(self._progressed, began)))
            self._work = work
            plan = _plan(self.config.value)
            self._tell(work, "busy", "Reading the vectors", 0, None, began)
            self._thread = threading.Thread(
                target=self._run, args=(work, plan, column, began), name="imlkit-projection", daemon=True
            )
            self._thread.start()

    def prepare(self) -> None:
        """Compute the coordinates, unless they are there or being computed, and wait for them."""
        with self._changing:
            if self.config.value["column"] is None:
                return
            if self._work is None and self.config.value["x"] is None:
                self.compute()
            thread = self._thread
        if thread is not None:
            thread.join()

    def cancel(self) -> None:
        """End the computation that runs; the map before it stays."""
        with self._changing:
            if self._work is None:
                return
            self._work.cancel()
            self._tell(self._work, "cancelled", "Cancelled. Compute again whenever you like.")
            self._work = None

    def dispose(self) -> None:
        with self._changing:
            if self._work is not None:
                self._work.cancel()
                self._work = None
        self.table.dispose()
        super().dispose()

    def _run(self, work: Projecting, plan: ProjectionPlan, column: str, began: float) -> None:
        with self.session.entered():
            try:
                state, words = self._computed(work, plan, column)
                self._tell(work, state, words, began=began)
            except Cancelled:
                pass
            except ImlkitError as error:
                self._tell(work, "error", str(error), began=began)
            except MemoryError:
                self._tell(
                    work, "error", "There is not enough memory for so many vectors: compute with a sample."
                )
            except Exception as error:
                log.exception("A projection was not computed.")
                words = f"This could not be computed ({type(error).__name__}). The log tells more."
                self._tell(work, "error", words)
            finally:
                with self._changing:
                    if self._work is work:
                        self._work = None

    def _computed(self, work: Projecting, plan: ProjectionPlan, column: str) -> tuple[str, str]:
        vectors = vectors_of(self.source, column)
        work.check()
        rows, name = len(vectors.values), METHODS[plan.method]
        most = MOST_ROWS.get(plan.method, rows)
        if plan.sample is not None and plan.sample < rows:
            vectors = vectors.sampled(plan.sample, plan.seed)
        elif rows > most and plan.sample is None:
            return "large", (
                f"{name} of {rows:,} rows would take very long. Compute with a sample, chosen at random: "
                f"{most:,} rows are enough to see how they lie. Rows outside of the sample get no place."
            )
        key = plan.key(vectors.values)
        # Several pages that show the same wait for the first.
        with self._cache.turn(key, work.check):
            places = self._cache.get(key, len(vectors.values))
            if places is None:
                places = work.run(vectors.values, plan)
                self._cache.put(key, places)
        work.check()
        with self._changing:
            # A newer computation, or the person, may have ended this one meanwhile.
            if self._work is not work:
                raise Cancelled
            table = self.table
            assert isinstance(table, ProjectedTable)
            table.place(name, vectors.ids, places)
            x, y = table.axes or (None, None)
            self.config.set({**self.config.value, "x": x, "y": y})
        return "done", _said(plan, column, vectors.values, places, rows, vectors.left_out)

    def _progressed(self, began: float, work: Projecting, done: int, total: int | None) -> None:
        self._tell(work, "busy", "", done, total, began)

    def _tell(
        self,
        work: Projecting,
        state: str,
        words: str,
        done: int = 0,
        total: int | None = None,
        began: float | None = None,
    ) -> None:
        with self._changing:
            if self._work is not work or self.session.disposed:
                return
            seconds = 0.0 if began is None else round(time.monotonic() - began, 1)
            status = {"state": state, "words": words, "done": done, "total": total, "seconds": seconds}
            self.config.set({**self.config.value, "status": status})

    def _holds_vectors(self, name: Any) -> bool:
        column = self.source.columns.get(name) if isinstance(name, str) else None
        if column is None or column.kind != "embedding":
            return False
        kind = self.source.expression[name].type()
        return bool(kind.is_array() and kind.value_type.is_numeric())


class _Often:
    """Tells how far the work is, but not more often than people read."""

    def __init__(self, told: Any) -> None:
        self._told = told
        self._last = 0.0

    def __call__(self, work: Projecting, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self._last >= OFTEN:
            self._last = now
            self._told(work, done, total)


def _plan(config: Mapping[str, Any]) -> ProjectionPlan:
    return replace(ProjectionPlan(), **{name: config[name] for name in PARAMETERS if name in config})


def _said(plan: ProjectionPlan, column: str, values: Any, places: Any, rows: int, left_out: int) -> str:
    """Return in words what the map is of."""
    shown = len(values)
    said = f"{METHODS[plan.method]} of “{column}”: {shown:,} rows, {values.shape[1]:,} numbers each"
    if plan.method == "pca":
        spread = float(np.var(values, axis=0, dtype=np.float64).sum())
        if spread > 0:
            shares = np.var(places, axis=0) / spread
            said += f"; the two axes hold {shares[0]:.0%} and {shares[1]:.0%} of their variance"
    said += "."
    if shown < rows:
        said += f" A sample: {rows - shown:,} other rows have no place."
    if left_out:
        has = "row has" if left_out == 1 else "rows have"
        said += f" {left_out:,} {has} no vector, or one that does not fit, and no place."
    return said
