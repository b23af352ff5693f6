"""One's own training, kept in a store as it goes."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from ..documents import new_id
from ..errors import DataError
from ..store import Store
from .finding import Finding
from .keeping import Keeping
from .obeying import Obeying
from .place import Place
from .plain import LARGEST, number, plain
from .processes import agreed, is_first, processes_together, rate_of, set_rate
from .recorder import Recorder
from .run_document import begun, ended
from .run_record import RUNS
from .saving import Checkpoints, write_what_is_left
from .system_figures import SystemFigures
from .words import name_words, words

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

__all__ = ["Run"]

log = logging.getLogger("imlkit")

FINISHING: Final = 30.0
"""Seconds that the end of a run waits at most for what is not in the store yet."""


class Run:
    """A training, written into a store while it runs: its curves, its weights, how it ends.

    Logging takes microseconds and never breaks a training: a thread brings it to the store, and a store
    that fails is told of once and tried again. Of several processes that train together
    (``torchrun``), the first one logs.

    Args:
        store: the store, or its location (see :func:`imlkit.data_store`).
        name: what the run is called; several may be called the same.
        params: what the training is begun with: text, numbers, and lists and dictionaries of them. What
            cannot be kept is kept as text.
        tags: words to find it by.
        epochs: how many there are to be, if that is known; ``run.epochs(n)`` says it too.
        dataset: the collection, or a ``Dataset``, that it learns from: a hash of what is in it is kept,
            which is counted while the training goes on.
        system: whether to log, every 10 seconds and with the last step, what the process takes of the
            machine: metrics such as ``system/process memory, MB``.

    Attributes:
        id: the run's, by which pages and checkpoints name it.
        name: what it is called.

    Raises:
        DataError: the name is empty or no text.
        ImlkitError: the store cannot be opened.
    """

    def __init__(
        self,
        store: Store | str | Path,
        name: str,
        params: Mapping[str, Any] | None = None,
        *,
        tags: Sequence[str] = (),
        epochs: int | None = None,
        dataset: Any = None,
        system: bool = True,
    ) -> None:
        if not isinstance(name, str) or not name.strip():
            raise DataError(f"A run needs a name, and {name!r:.100} is none: give some text.")
        self.id = new_id()
        self.name = name_words(name.strip())
        self._params = {words(key): plain(value) for key, value in (params or {}).items()}
        self._tags = [name_words(tag) for tag in tags]
        self._planned = epochs
        self._dataset = dataset
        self._system = system
        self._given = store
        self._first = is_first()
        self._place = Place()
        self._store: Store | None = None
        self._recorder: Recorder | None = None
        self._finding: Finding | None = None
        self._keeping: Keeping | None = None
        self._checkpoints: Checkpoints | None = None
        self._obeying: Obeying | None = None
        self._refused: set[str] = set()
        self._told_to_stop = False

    @property
    def stopping(self) -> bool:
        """Whether a page asked it to stop after this epoch."""
        return self._told_to_stop or (self._obeying is not None and self._obeying.stopping)

    @property
    def store(self) -> Store:
        """The store it is written into.

        Raises:
            DataError: the run has not begun.
        """
        if self._store is None:
            raise DataError("The run has not begun: write with Run(…) as run: around the training.")
        return self._store

    def __enter__(self) -> Run:
        from ..location import data_store
        from .surroundings import surroundings

        self._place.began = time.monotonic()
        if not self._first:
            return self
        given = self._given
        self._store = store = given if isinstance(given, Store) else data_store(given)
        around = surroundings()
        store.collection(RUNS).create(
            begun(self.id, self.name, self._params, self._tags, self._planned, around)
        )
        self._recorder = recorder = Recorder(
            store, self.id, self._place, SystemFigures() if self._system else None
        )
        self._finding = Finding(around, self._dataset, recorder)
        self._keeping = Keeping(self.id, self._place, recorder)
        self._checkpoints = Checkpoints(self.id, self._place, recorder)
        self._obeying = Obeying(store, self.id, self.name, recorder)
        recorder.start()
        self._finding.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._recorder is None:
            return
        parts = {**ended(error, self.stopping), **self._place.parts()}
        if self._obeying is not None:
            self._obeying.close()
        latest = time.monotonic() + FINISHING
        if self._finding is not None:
            self._finding.wait(FINISHING)
        recorder = self._recorder
        if not recorder.finish(parts, max(1.0, latest - time.monotonic())):
            log.error(
                "The run %r ended, and %d things it logged are not in the store, which did not take them. "
                "The training itself is done.",
                self.name,
                recorder.waiting,
            )
            write_what_is_left(recorder.left(), self.id)

    def log(
        self,
        values: Mapping[str, Any] | None = None,
        /,
        *,
        step: int | None = None,
        epoch: float | None = None,
        **more: Any,
    ) -> None:
        """Log the values of metrics: ``run.log(epoch=3, loss=0.2)``.

        Not-a-number and infinity are logged as such. What is no number is told of once, and left out; a step
        that is none is one after the last.

        Args:
            values: numbers by name, where a name is not one that Python allows as an argument.
            step: at which step; left out, one after the last.
            epoch: in which epoch; left out, that of the last.
            more: numbers by name. A tensor of one element is a number too.
        """
        place = self._place
        place.step = step = place.step + 1 if step is None else self._step(step)
        if epoch is not None:
            place.epoch = self._epoch(epoch)
        recorder = self._recorder
        if recorder is None:
            return
        epoch, seconds = place.epoch, place.seconds
        for given in (values, more) if values else (more,):
            for name, value in given.items():
                if type(value) is float or (type(value) is int and -LARGEST < value < LARGEST):
                    recorder.add((name, step, epoch, seconds, value))
                else:
                    self._log_other(recorder, str(name), value, seconds)
        recorder.say({"step": step} if math.isnan(epoch) else {"step": step, "epoch": epoch})

    def _log_other(self, recorder: Recorder, name: str, value: Any, seconds: float) -> None:
        try:
            found = number(value)
        except Exception:
            self._refuse(f"The metric {name!r}", value, "what is none is left out")
            return
        recorder.add((name, self._place.step, self._place.epoch, seconds, found))

    def _step(self, step: Any) -> int:
        with contextlib.suppress(Exception):
            found = int(step)
            if -LARGEST < found < LARGEST:
                return found
        self._refuse("The step", step, "it is taken to be one after the last")
        return self._place.step + 1

    def _epoch(self, epoch: Any) -> float:
        try:
            return number(epoch)
        except Exception:
            self._refuse("The epoch", epoch, "it is taken to be the last")
            return self._place.epoch

    def _refuse(self, what: str, value: Any, instead: str) -> None:
        if what not in self._refused:
            self._refused.add(what)
            log.warning("%s was given %.100r, which is no number that can be kept: %s.", what, value, instead)

    def log_image(self, name: str, image: Any, caption: str = "") -> None:
        """Log an image, at the step and epoch that was logged last.

        Args:
            name: of what it shows; images of one name are shown as they change.
            image: a PIL image, an array or a tensor of shape (H, W), (H, W, 3) or (3, H, W): whole numbers
                from 0 to 255, or others from 0 to 1.
            caption: what to read below it.
        """
        if self._keeping is not None:
            self._keeping.image(name, image, caption)

    def log_text(self, name: str, text: str) -> None:
        """Log a text, at the step and epoch that was logged last; it is shown as it is."""
        if self._keeping is not None:
            self._keeping.text(name, text)

    def log_confusion(self, name: str, counts: Any, labels: Sequence[Any]) -> None:
        """Log a confusion matrix, at the step and epoch that was logged last.

        Args:
            name: of what was classified.
            counts: of shape (labels, labels): rows are what the instances are, columns what was predicted.
            labels: what rows and columns are called.
        """
        if self._keeping is not None:
            self._keeping.confusion(name, counts, labels)

    def log_histograms(self, model: nn.Module) -> None:
        """Log how a model's weights and their gradients are distributed, at the step and epoch logged last.

        Args:
            model: its weights are copied; counting them is not what the training waits for.
        """
        if self._keeping is not None:
            self._keeping.histograms(model)

    def checkpoint(
        self,
        model: nn.Module | Mapping[str, Any],
        name: str = "",
        *,
        metrics: Mapping[str, float] | None = None,
        keep: int | None = None,
        by: str | None = None,
        most: bool = False,
    ) -> str | None:
        """Keep a model's weights as they are now; they are brought to the store while the training goes on.

        Args:
            model: a module, or its state: tensors by name.
            name: what to call it; left out, by its epoch or step.
            metrics: what is told of it, such as ``{"validation_loss": 0.3}``; left out, the latest that the
                run logged.
            keep: how many checkpoints of this run to keep, the best by ``by``, or the latest where that is
                left out; all where ``keep`` is left out.
            by: a metric.
            most: whether a larger value of it is better.

        Returns:
            The checkpoint's id; None where another process of the training is the one that logs, and where
            this one is not among the best.

        Raises:
            DataError: the metric is not among those told.
        """
        if self._checkpoints is None:
            return None
        return self._checkpoints.add(model, name, metrics, keep, by, most)

    def epochs(self, count: int, optimizer: Optimizer | None = None) -> Iterator[int]:
        """Give the numbers of the epochs, from 1 on, and do between them what pages ask for.

        Paused from a page, it waits here; stopped, it ends.

        Args:
            count: how many.
            optimizer: whose learning rate a page may change.
        """
        self._planned = count
        if self._recorder is not None:
            self._recorder.say({"epochs": count})
        for epoch in range(1, count + 1):
            self._place.epoch = float(epoch)
            yield epoch
            self.end_epoch(optimizer)
            if self.stopping:
                return

    def end_epoch(self, optimizer: Optimizer | None = None) -> None:
        """Do what pages ask for at the end of an epoch; :meth:`epochs` calls it by itself.

        Processes that train together all call it, and all stop or take the learning rate together.

        Args:
            optimizer: whose learning rate a page may change.
        """
        if self._obeying is not None:
            self._obeying.obey(optimizer)
        if not processes_together():
            return
        stop, rate = agreed([self.stopping, math.nan if optimizer is None else rate_of(optimizer)])
        self._told_to_stop = bool(stop)
        if optimizer is not None and not self._first and not math.isnan(rate):
            set_rate(optimizer, rate)

    def obey(self, optimizer: Optimizer | None = None) -> None:
        """Do what pages ask for, now: called between two batches.

        Waits while the run is paused. Every wish is answered, on the page and in the log. Processes that
        train together obey at the end of an epoch only.

        Args:
            optimizer: whose learning rate a page may change.
        """
        if self._obeying is not None and not processes_together():
            self._obeying.obey(optimizer)
