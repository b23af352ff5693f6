"""The weights of a checkpoint as a file of the person's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from imlkit.download import CancelledError, Download, Saver
from imlkit.errors import ImlkitError, ModelFileError
from imlkit.session import Session
from imlkit.training import CheckpointRecord, Runs
from imlkit.training.run_record import CHECKPOINTS

__all__ = ["CheckpointDownload"]

PIECE: Final = 1 << 20
LABEL: Final = "Download"


class CheckpointDownload:
    """Gives the browser the weights of one checkpoint at a time, as safetensors.

    Args:
        runs: returns what reads checkpoints; may raise an ImlkitError.
        session: the page's session.
        tell: called on the page with a checkpoint's id and what its button is to say.
        fail: called on the page with what went wrong, in words.

    Attributes:
        saver: what receives the file; it belongs on the page.
    """

    def __init__(
        self,
        runs: Callable[[], Runs],
        session: Session,
        tell: Callable[[str, str], Any],
        fail: Callable[[str], Any],
    ) -> None:
        self.saver = Saver(width=0, height=0, margin=0)
        self._runs = runs
        self._session = session
        self._fail = fail
        self._label = _Label(tell)
        self._download = Download(LABEL, "", self._write, session, self._label, self.saver)

    def press(self, id: str) -> None:
        """Download a checkpoint; while one is under way, cancel that."""
        if not self._download.running:
            self._label.id = id
        self._download.pressed()

    def _write(self, path: Path, progress: Callable[[Any], Any]) -> None:
        try:
            runs = self._runs()
            document = runs.store.collection(CHECKPOINTS).get(self._label.id)
            record = runs.checkpoint(self._label.id)
            if not isinstance(asset := document.get("asset"), str):
                raise ModelFileError("it names no weights")
            self._download.name = file_name(record)
            with runs.store.assets.open(asset) as source, path.open("wb") as target:
                while piece := source.read(PIECE):
                    progress(None)
                    target.write(piece)
        except (ImlkitError, OSError) as error:
            words = f"The checkpoint could not be downloaded: {error}"
            self._session.draw(lambda: self._fail(words))
            raise CancelledError from error


class _Label:
    """Tells the page what the button of the checkpoint that is downloaded says."""

    def __init__(self, tell: Callable[[str, str], Any]) -> None:
        self.id = ""
        self._tell = tell
        self._words = LABEL

    @property
    def label(self) -> str:
        return self._words

    @label.setter
    def label(self, words: str) -> None:
        self._words = words
        self._tell(self.id, words)


def file_name(record: CheckpointRecord) -> str:
    """Return what the file of a checkpoint is called, whatever people called it and its run."""
    parts = [re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60] for name in (record.run_name, record.name)]
    return "-".join(filter(None, parts)) + ".safetensors" if any(parts) else "checkpoint.safetensors"
