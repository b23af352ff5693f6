"""Keeping a model's weights while the training goes on, and where to, if the store does not take them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..documents import new_id
from ..errors import DataError
from .checkpoint import Checkpoint, Saving, copied
from .place import Place
from .recorder import Job, Recorder
from .shelf import Shelf
from .words import name_words

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Checkpoints", "write_what_is_left"]

log = logging.getLogger("imlkit")


class Checkpoints:
    """The checkpoints of one run.

    Args:
        run: the run's id.
        place: where the run is.
        recorder: what brings them to the store.
    """

    def __init__(self, run: str, place: Place, recorder: Recorder) -> None:
        self._run = run
        self._place = place
        self._recorder = recorder
        self._shelf = Shelf()

    def add(
        self,
        model: nn.Module | Mapping[str, Any],
        name: str,
        metrics: Mapping[str, float] | None,
        keep: int | None,
        by: str | None,
        most: bool,
    ) -> str | None:
        """Keep weights as they are now (see :meth:`.run.Run.checkpoint`)."""
        told = dict(metrics) if metrics is not None else self._recorder.latest()
        if by is not None and by not in told:
            raise DataError(
                f"Checkpoints are to be kept by {by!r}, and the run has logged no such metric: "
                "log it before, or give it in metrics=."
            )
        place = self._place
        mark = Checkpoint(new_id(), self._run, name_words(name) or place.words(), told, place.parts())
        gone = self._shelf.put(mark, keep, by, most)
        if mark in gone:
            return None
        self._recorder.do(mark.saving(copied(model)))
        for other in gone:
            self._recorder.do(other.removing())
        self._recorder.say({"checkpoints": self._shelf.count})
        return mark.id


def write_what_is_left(jobs: Iterable[Job], run: str) -> None:
    """Write weights that a store did not take into a folder of this machine, and tell where they are.

    Args:
        jobs: what was not brought to the store.
        run: the run's id.
    """
    from ..user_folders import state_folder

    for job in jobs:
        if not isinstance(job, Saving):
            continue
        name = job.checkpoint.name
        try:
            file = job.write(state_folder() / "checkpoints" / run)
        except OSError as problem:
            log.error("The checkpoint %r could not be written either: %s", name, problem)
        else:
            log.error("The checkpoint %r is in %s instead.", name, file)
