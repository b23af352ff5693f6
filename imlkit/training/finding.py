"""Finding out aside what would make a training wait: its commit, and what is in its dataset."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from .dataset_hash import Walked, dataset_hash
from .recorder import Recorder
from .surroundings import commit

__all__ = ["Finding"]

log = logging.getLogger("imlkit")


class Finding:
    """Adds to a run's surroundings what takes a while to know, on a thread of its own.

    The recorder's thread gives signs of life meanwhile: a large dataset takes minutes.

    Args:
        known: the surroundings that the run's document has already.
        dataset: the collection or dataset whose hash is wanted; None for none.
        recorder: what brings it to the store.
    """

    def __init__(self, known: Mapping[str, Any], dataset: Walked | None, recorder: Recorder) -> None:
        self._found = dict(known)
        self._dataset = dataset
        self._recorder = recorder
        self._thread = threading.Thread(target=self._work, name="imlkit-surroundings", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until everything is found, or this long."""
        self._thread.join(seconds)
        if self._thread.is_alive():
            log.warning("The run ends before all of its dataset was read: it keeps no hash of it.")

    def _work(self) -> None:
        if (found := commit()) is not None:
            self._add("git", found)
        if self._dataset is None:
            return
        try:
            self._add("dataset", dataset_hash(self._dataset))
        except Exception as error:
            log.warning("The run keeps no hash of its dataset, which could not be read: %s", error)

    def _add(self, name: str, value: Any) -> None:
        self._found = {**self._found, name: value}
        self._recorder.say({"surroundings": self._found}, at_once=True)
