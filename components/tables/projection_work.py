"""Computes neighbour maps in a process of its own: it can be ended at any moment, and holds up nothing.

Run as a module with a folder that has ``vectors.npy`` and ``plan.json``; leaves ``places.npy`` there.
What it says are lines of JSON: ``{"done": 50, "total": 1000}`` or ``{"error": "…"}``.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

import numpy as np

__all__ = ["main"]

ROUNDS = 1_000
WIDE = 50
"""Numbers of a vector above which t-SNE begins with the first components of PCA, as its authors advise."""
COUNTED = re.compile(r"\[t-SNE\] Iteration (?P<round>\d+)|(?P<done>\d+)/(?P<total>\d+)")
"""What scikit-learn and umap-learn print while they compute."""


class Progress(io.TextIOBase):
    """What a library prints, read for how far it is."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        """Pass on how far the work is, where the text tells."""
        for found in COUNTED.finditer(text):
            done, total = (found["round"], ROUNDS) if found["round"] else (found["done"], found["total"])
            say(self._out, {"done": int(done), "total": int(total)})
        return len(text)


def say(out: TextIO, words: Mapping[str, Any]) -> None:
    """Write a line of JSON."""
    out.write(json.dumps(words) + "\n")
    out.flush()


def tsne(vectors: Any, perplexity: float, seed: int) -> Any:
    """Return places by t-SNE (van der Maaten and Hinton, 2008; Barnes-Hut, 2014)."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    if vectors.shape[1] > WIDE:
        vectors = PCA(min(WIDE, len(vectors)), random_state=seed).fit_transform(vectors)
    method = TSNE(perplexity=perplexity, max_iter=ROUNDS, init="pca", random_state=seed, verbose=2)
    return method.fit_transform(vectors)


def umap(vectors: Any, neighbours: int, distance: float, seed: int) -> Any:
    """Return places by UMAP (McInnes, Healy and Melville, 2018)."""
    from umap import UMAP

    near = min(neighbours, len(vectors) - 1)
    method = UMAP(n_neighbors=near, min_dist=distance, random_state=seed, n_jobs=1, verbose=True)
    return method.fit_transform(vectors)


def main(folder: Path) -> int:
    """Compute what the folder asks for."""
    out = sys.stdout
    # Nobody waits any more where the other end is closed.
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(1)), daemon=True).start()
    plan = json.loads((folder / "plan.json").read_text("utf-8"))
    vectors = np.load(folder / "vectors.npy", allow_pickle=False)
    methods: dict[str, Callable[..., Any]] = {"t-sne": tsne, "umap": umap}
    compute = methods[plan["method"]]
    heard = Progress(out)
    try:
        with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
            places = compute(vectors, **plan["parameters"])
    except MemoryError:
        say(out, {"error": "There is not enough memory for so many vectors: compute with a sample."})
        return 1
    except Exception as error:
        traceback.print_exc()
        say(out, {"error": f"This could not be computed ({type(error).__name__}: {error})."})
        return 1
    np.save(folder / "places.npy", np.ascontiguousarray(places, np.float64), allow_pickle=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
