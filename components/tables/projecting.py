"""Computing where vectors lie on a plane, so that it tells how far it is and can be cancelled."""

from __future__ import annotations

import importlib.util
import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError, MissingDependencyError

from .projection_plan import ProjectionPlan

__all__ = ["Cancelled", "Projecting"]

log = logging.getLogger("imlkit")

AT_ONCE = 50_000
"""Rows that PCA reads at a time."""
WIDEST = 5_000
"""Numbers of a vector up to which PCA takes their covariances, which are this many squared."""
LATELY = 20
"""Lines of what a failed process said that the log gets."""

Told = Callable[["Projecting", int, int | None], object]
"""Told by which computation how much is done and how much there is to do, None where that is not known."""


class Cancelled(Exception):  # noqa: N818
    """The person did not want it any more."""


class Projecting:
    """One computation of coordinates.

    Args:
        told: see :data:`Told`.
    """

    def __init__(self, told: Told) -> None:
        self._told = told
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self.cancelled = False

    def cancel(self) -> None:
        """End it: :meth:`run` raises :class:`Cancelled`."""
        with self._lock:
            self.cancelled = True
            if self._process is not None:
                self._process.kill()

    def check(self) -> None:
        """Raise :class:`Cancelled` once it is."""
        if self.cancelled:
            raise Cancelled

    def run(self, values: npt.NDArray[np.float32], plan: ProjectionPlan) -> npt.NDArray[np.float64]:
        """Return coordinates, float64 of shape (rows, 2).

        Args:
            values: float32 of shape (rows, length).
            plan: how.

        Raises:
            Cancelled: by :meth:`cancel`.
            DataError: it cannot be computed.
            MissingDependencyError: umap-learn is not installed.
        """
        if plan.method == "pca":
            return self._pca(values)
        if plan.method == "t-sne" and plan.perplexity >= len(values):
            raise DataError(
                f"The perplexity is {plan.perplexity:g}, and there are {len(values):,} vectors: "
                f"give a perplexity below {len(values):,}."
            )
        if plan.method == "umap" and importlib.util.find_spec("umap") is None:
            raise MissingDependencyError(
                "UMAP needs the package umap-learn: install it with pip install umap-learn and start again, "
                "or choose t-SNE or PCA."
            )
        return self._elsewhere(values, plan)

    def _pca(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        rows, length = values.shape
        if length > WIDEST:
            from sklearn.decomposition import PCA

            found = PCA(2, svd_solver="randomized", random_state=0).fit_transform(values)
            self.check()
            return _signed(np.asarray(found, np.float64))
        mean = values.mean(axis=0, dtype=np.float64)
        covariance = np.zeros((length, length))
        steps = 2 * rows
        for start in range(0, rows, AT_ONCE):
            self.check()
            part = values[start : start + AT_ONCE] - mean
            covariance += part.T @ part
            self._told(self, start, steps)
        _, vectors = np.linalg.eigh(covariance)
        first = vectors[:, :-3:-1]
        places = np.empty((rows, 2))
        for start in range(0, rows, AT_ONCE):
            self.check()
            places[start : start + AT_ONCE] = (values[start : start + AT_ONCE] - mean) @ first
            self._told(self, rows + start, steps)
        return _signed(places)

    def _elsewhere(self, values: npt.NDArray[np.float32], plan: ProjectionPlan) -> npt.NDArray[np.float64]:
        with tempfile.TemporaryDirectory(prefix="imlkit-projection-") as name:
            folder = Path(name)
            np.save(folder / "vectors.npy", values, allow_pickle=False)
            (folder / "plan.json").write_text(
                json.dumps({"method": plan.method, "parameters": plan.parameters}), "utf-8"
            )
            self._told(self, 0, None)
            error = self._worked(folder)
            self.check()
            if error:
                raise DataError(error)
            places: npt.NDArray[np.float64] = np.load(folder / "places.npy", allow_pickle=False)
        if not np.isfinite(places).all():
            raise DataError("The coordinates that came out are no numbers: try other parameters, or PCA.")
        return places

    def _worked(self, folder: Path) -> str:
        """Let a process of its own compute; return what went wrong, empty if nothing did."""
        module = f"{__package__}.projection_work"
        with (folder / "log").open("w+", encoding="utf-8") as said:
            with self._lock:
                if self.cancelled:
                    return ""
                self._process = process = subprocess.Popen(
                    [sys.executable, "-m", module, str(folder)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=said,
                    text=True,
                    encoding="utf-8",
                )
            error = ""
            with process:
                assert process.stdout is not None
                for line in process.stdout:
                    words = json.loads(line)
                    error = words.get("error", error)
                    if "done" in words:
                        self._told(self, words["done"], words["total"])
                process.wait()
            if process.returncode and not self.cancelled:
                said.seek(0)
                log.error("A projection failed:\n%s", "".join(said.readlines()[-LATELY:]))
                return error or "The process that computes it has ended: perhaps it needs more memory."
        return ""


def _signed(places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # A component may point either way: the farthest row lies on the positive side, always.
    for axis in places.T:
        if len(axis) and axis[np.abs(axis).argmax()] < 0:
            axis *= -1
    return places
