"""An image, a text or a confusion matrix as a page is sent it."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from PIL import Image

from imlkit.errors import ImlkitError, NotFoundError
from imlkit.images import as_rgb, thumbnail
from imlkit.store import Document, Store
from imlkit.training.run_record import MEDIA

__all__ = ["Contents"]

SIDE: Final = 1_024
"""The most pixels of an image's longer side that a page is sent."""
MOST_BYTES: Final = 300_000
"""A larger PNG is sent as JPEG."""
LONGEST_TEXT: Final = 100_000
LONGEST_CAPTION: Final = 2_000
LONGEST_LABEL: Final = 300
MOST_LABELS: Final = 30
"""How many rows of a confusion matrix a page is sent."""
KEPT: Final = 64
"""How many contents are kept for pages that ask again."""

Content = Mapping[str, Any]


class Contents:
    """Reads what pages show, one at a time, and keeps what was read last. For any thread.

    What cannot be shown says so: a content has then a ``problem``, and nothing else.

    Args:
        store: where the runs are.
    """

    def __init__(self, store: Store) -> None:
        self._media = store.collection(MEDIA)
        self._kept: OrderedDict[str, Content] = OrderedDict()
        self._lock = threading.Lock()
        self._forgotten = 0

    def forget(self) -> None:
        """Read everything anew from now on."""
        with self._lock:
            self._forgotten += 1
            self._kept.clear()

    def read(self, id: str) -> Content:
        """Return what a page is sent of a document."""
        with self._lock:
            if id in self._kept:
                self._kept.move_to_end(id)
                return self._kept[id]
            before = self._forgotten
        content = self._made(id)
        with self._lock:
            if before == self._forgotten and "problem" not in content:
                self._kept[id] = content
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return content

    def _made(self, id: str) -> Content:
        try:
            return _content(self._media.get(id))
        except NotFoundError:
            return {"problem": "It is no longer there: somebody has removed it."}
        except ImlkitError as error:
            return {"problem": f"It cannot be shown: {error}"}
        except Exception as error:
            # A damaged store makes whatever reads it raise anything.
            return {"problem": f"It is damaged and cannot be shown ({type(error).__name__}): log it again."}


def _content(document: Document) -> Content:
    match document.get("kind"):
        case "image":
            return _image(document)
        case "text":
            return _text(document)
        case _:
            return _confusion(document)


def _image(document: Document) -> Content:
    image, caption = document.get("image"), document.get("caption")
    if not isinstance(image, np.ndarray):
        return {"problem": "It is damaged: its document holds no picture. Log it again."}
    pixels = as_rgb(image)
    small = Image.fromarray(thumbnail(pixels, SIDE))
    file = io.BytesIO()
    small.save(file, "PNG", compress_level=3)
    if file.tell() > MOST_BYTES:
        file = io.BytesIO()
        small.save(file, "JPEG", quality=90)
    return {
        "picture": file.getvalue(),
        "size": [small.width, small.height],
        "whole": [pixels.shape[1], pixels.shape[0]],
        "caption": caption[:LONGEST_CAPTION] if isinstance(caption, str) else "",
    }


def _text(document: Document) -> Content:
    text = document.get("text")
    if not isinstance(text, str):
        return {"problem": "It is damaged: its document holds no text. Log it again."}
    return {"text": text[:LONGEST_TEXT], "length": len(text)}


def _confusion(document: Document) -> Content:
    counts, labels = document.get("counts"), document.get("labels")
    if (
        not isinstance(counts, np.ndarray)
        or not isinstance(labels, list)
        or counts.shape != (len(labels), len(labels))
        or counts.dtype.kind not in "iuf"
        or not np.isfinite(counts).all()
    ):
        return {"problem": "It is damaged: its counts do not fit its labels. Log it again."}
    counts = counts.astype(np.float64)
    right, total = float(np.trace(counts)), float(counts.sum())
    chosen = np.arange(len(labels))
    if len(labels) > MOST_LABELS:
        mistakes = counts.sum(0) + counts.sum(1) - 2 * np.diag(counts)
        chosen = np.sort(np.argsort(-mistakes, kind="stable")[:MOST_LABELS])
    return {
        "labels": [str(labels[n])[:LONGEST_LABEL] for n in chosen],
        "counts": counts[np.ix_(chosen, chosen)].tolist(),
        "sums": counts.sum(1)[chosen].tolist(),
        "right": right,
        "total": total,
        "all": len(labels),
    }
