"""Keeping what a run logs besides numbers."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..documents import new_id
from ..errors import DataError, DocumentError, DuplicateIdError
from ..store import Store
from .histograms import histograms, weights_and_gradients
from .media import confusion_parts, image_parts
from .place import Place
from .recorder import Job, Recorder
from .run_record import MEDIA
from .words import name_words, words

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Keeping"]

log = logging.getLogger("imlkit")

LONGEST_TEXT: Final = 100_000

Parts = Callable[[], Mapping[str, Any]]
"""Makes what a document has besides where it was logged."""


class Keeping:
    """Keeps images, texts, confusion matrices and histograms of one run.

    What cannot be kept is told of once for each name, and breaks nothing.

    Args:
        run: the run's id.
        place: where the run is.
        recorder: what brings them to the store.
    """

    def __init__(self, run: str, place: Place, recorder: Recorder) -> None:
        self._run = run
        self._place = place
        self._recorder = recorder
        self._refused: set[tuple[str, str]] = set()

    def image(self, name: str, image: Any, caption: str) -> None:
        """Keep an image (see :func:`.media.image_parts`)."""
        self._take("image", name, lambda: {"image": image_parts(image), "caption": words(caption)})

    def text(self, name: str, text: str) -> None:
        """Keep a text."""
        self._take("text", name, lambda: {"text": words(text, LONGEST_TEXT)})

    def confusion(self, name: str, counts: Any, labels: Sequence[Any]) -> None:
        """Keep a confusion matrix (see :func:`.media.confusion_parts`)."""
        self._take("confusion", name, lambda: confusion_parts(counts, labels))

    def histograms(self, model: nn.Module) -> None:
        """Keep how weights and gradients are distributed: copied now, counted by the recorder."""
        copies = weights_and_gradients(model)
        self._keep("histograms", "weights", lambda: histograms(copies))

    def _take(self, kind: str, name: str, parts: Parts) -> None:
        try:
            found = parts()
        except DataError as error:
            if (kind, name) not in self._refused:
                self._refused.add((kind, name))
                log.warning("%s %r is left out: %s", kind.capitalize(), name, error)
            return
        self._keep(kind, name, lambda: found)

    def _keep(self, kind: str, name: str, parts: Parts) -> None:
        head = {
            "id": new_id(),
            "run": self._run,
            "kind": kind,
            "name": name_words(name),
            **self._place.parts(),
            "seconds": self._place.seconds,
        }
        self._recorder.do(_keeping(head, parts))


def _keeping(head: Mapping[str, Any], parts: Parts) -> Job:
    """Return what brings a document to a store; done again it changes nothing."""

    def keep(store: Store) -> None:
        try:
            document = {**head, **parts()}
        except Exception as error:
            # What cannot be made now cannot be made later, and all else would wait for it.
            raise DocumentError(f"{head['kind']} cannot be made: {type(error).__name__}: {error}") from error
        with contextlib.suppress(DuplicateIdError):
            store.collection(MEDIA).create(document)

    return keep
