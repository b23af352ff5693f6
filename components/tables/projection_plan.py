"""How a projection is computed, as a value."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from imlkit.errors import DataError

__all__ = ["METHODS", "MOST_ROWS", "Method", "ProjectionPlan"]

Method = Literal["pca", "umap", "t-sne"]
METHODS: dict[Method, str] = {"pca": "PCA", "umap": "UMAP", "t-sne": "t-SNE"}
"""What people call the methods."""
MOST_ROWS: dict[Method, int] = {"umap": 200_000, "t-sne": 20_000}
"""Above how many rows a method takes so long that a sample is offered."""
EDITION = 1
"""Rises when the same plan gives other coordinates."""


@dataclass(frozen=True)
class ProjectionPlan:
    """How vectors become places on a plane.

    Attributes:
        method: "pca", "umap" or "t-sne".
        perplexity: of t-SNE: about how many neighbours each row is to keep.
        neighbours: of UMAP: how many neighbours each row is to keep.
        distance: of UMAP: how near to one another points may lie, from 0 to 1.
        sample: how many rows, chosen at random, are computed with; None for all.
        seed: the same seed gives the same places.
    """

    method: Method = "pca"
    perplexity: float = 30.0
    neighbours: int = 15
    distance: float = 0.1
    sample: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise DataError(f"There is no method {self.method!r:.100}: give one of {', '.join(METHODS)}.")
        _within("perplexity", self.perplexity, 2, 500)
        _within("neighbours", self.neighbours, 2, 500, whole=True)
        _within("distance", self.distance, 0, 1)
        _within("seed", self.seed, 0, 2**32 - 1, whole=True)
        if self.sample is not None:
            _within("sample", self.sample, 3, 10**9, whole=True)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the method depends on."""
        of: dict[Method, tuple[str, ...]] = {
            "pca": (),
            "umap": ("neighbours", "distance", "seed"),
            "t-sne": ("perplexity", "seed"),
        }
        return {name: asdict(self)[name] for name in of[self.method]}

    def key(self, values: npt.NDArray[np.float32]) -> str:
        """Return a name of what this makes of some vectors: other values, another name."""
        said = json.dumps([EDITION, self.method, self.parameters, list(values.shape)], sort_keys=True)
        digest = hashlib.sha256(said.encode())
        digest.update(np.ascontiguousarray(values, "<f4").data)
        return digest.hexdigest()


def _within(name: str, value: Any, least: float, most: float, whole: bool = False) -> None:
    fits = type(value) is int or (type(value) is float and not whole)
    if not fits or not least <= value <= most:
        kind = "whole number" if whole else "number"
        raise DataError(f"The {name} cannot be {value!r:.100}: give a {kind} from {least:,} to {most:,}.")
