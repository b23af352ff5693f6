"""One's own training, kept in a store as it goes."""

from __future__ import annotations

import logging
import math
import numbers
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from ..documents import new_id
from ..errors import DataError
from ..store import Store
from .keeping import keeping
from .obeying import Obeying
from .processes import agreed, is_first, processes_together, rate_of, set_rate
from .recorder import Recorder
from .run_record import RUNS, RunState
from .shelf import Shelf
from .words import words

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

__all__ = ["Run"]

log = logging.getLogger("imlkit")

NAME_LENGTH: Final = 300
LONGEST_TEXT: Final = 100_000
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
        dataset: the collection, or a ``Dataset``, that it learns from: a hash of what is in it is kept.

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
    ) -> None:
        if not isinstance(name, str) or not name.strip():
            raise DataError(f"A run needs a name, and {name!r:.100} is none: give some text.")
        self.id = new_id()
        self.name = words(name.strip(), NAME_LENGTH)
        self._params = {words(key): _plain(value) for key, value in (params or {}).items()}
        self._tags = [words(tag, NAME_LENGTH) for tag in tags]
        self._planned = epochs
        self._dataset = dataset
        self._given = store
        self._first = is_first()
        self._store: Store | None = None
        self._recorder: Recorder | None = None
        self._obeying: Obeying | None = None
        self._began = 0.0
        self._step = 0
        self._epoch = math.nan
        self._refused: set[str] = set()
        self._refused_media: set[tuple[str, str]] = set()
        self._shelf = Shelf()
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

        self._began = time.monotonic()
        if not self._first:
            return self
        given = self._given
        self._store = store = given if isinstance(given, Store) else data_store(given)
        now = datetime.now(UTC)
        around = surroundings()
        if self._dataset is not None:
            from .dataset_hash import dataset_hash

            around["dataset"] = dataset_hash(self._dataset)
        store.collection(RUNS).create(
            {
                "id": self.id,
                "name": self.name,
                "state": "running",
                "params": self._params,
                "tags": self._tags,
                "begun": now,
                "seen": now,
                "beat": 0,
                "seconds": 0.0,
                "step": 0,
                "epoch": None,
                "epochs": self._planned,
                "values": [],
                "metrics": 0,
                "checkpoints": 0,
                "message": "",
                "surroundings": around,
            }
        )
        self._recorder = Recorder(store, self.id, self._began)
        self._obeying = Obeying(store, self.id, self.name, self._recorder)
        self._recorder.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._recorder is None:
            return
        state: RunState = "stopped" if self.stopping else "finished"
        message = ""
        if isinstance(error, SystemExit) and not error.code:
            error = None
        if isinstance(error, KeyboardInterrupt):
            state, message = "stopped", "Stopped at its keyboard."
        elif error is not None:
            state, message = "failed", words(f"{type(error).__name__}: {error}")
        parts = {"state": state, "message": message, "ended": datetime.now(UTC), **self._place()}
        if self._obeying is not None:
            self._obeying.close()
        if not self._recorder.finish(parts, FINISHING):
            self._tell_what_is_left(self._recorder)

    def _tell_what_is_left(self, recorder: Recorder) -> None:
        from ..user_folders import state_folder
        from .checkpoint import Saving

        log.error(
            "The run %r ended, and %d things it logged are not in the store, which did not take them. "
            "The training itself is done.",
            self.name,
            recorder.waiting,
        )
        for job in recorder.left():
            if isinstance(job, Saving):
                try:
                    file = job.write(state_folder() / "checkpoints" / self.id)
                except OSError as problem:
                    log.error(
                        "The checkpoint %r could not be written either: %s", job.checkpoint.name, problem
                    )
                else:
                    log.error("The checkpoint %r is in %s instead.", job.checkpoint.name, file)

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

        Not-a-number and infinity are logged as such. What is no number is told of once, and left out.

        Args:
            values: numbers by name, where a name is not one that Python allows as an argument.
            step: at which step; left out, one after the last.
            epoch: in which epoch; left out, that of the last.
            more: numbers by name. A tensor of one element is a number too.
        """
        self._step = self._step + 1 if step is None else int(step)
        if epoch is not None:
            self._epoch = float(epoch)
        recorder = self._recorder
        if recorder is None:
            return
        seconds = time.monotonic() - self._began
        step, epoch = self._step, self._epoch
        for given in (values, more) if values else (more,):
            for name, value in given.items():
                if type(value) is float or type(value) is int:
                    recorder.add((name, step, epoch, seconds, value))
                else:
                    self._log_other(str(name), value, seconds)
        recorder.say({"step": step} if math.isnan(epoch) else {"step": step, "epoch": epoch})

    def _log_other(self, name: str, value: Any, seconds: float) -> None:
        assert self._recorder is not None
        try:
            number = _number(value)
        except Exception:
            if name not in self._refused:
                self._refused.add(name)
                log.warning(
                    "The metric %r was given %.100r, which is no number: what is none is left out.",
                    name,
                    value,
                )
            return
        self._recorder.add((name, self._step, self._epoch, seconds, number))

    def log_image(self, name: str, image: Any, caption: str = "") -> None:
        """Log an image, at the step and epoch that was logged last.

        Args:
            name: of what it shows; images of one name are shown as they change.
            image: a PIL image, an array or a tensor of shape (H, W), (H, W, 3) or (3, H, W): whole numbers
                from 0 to 255, or others from 0 to 1.
            caption: what to read below it.
        """
        if self._recorder is not None:
            from .media import image_parts

            self._log_medium("image", name, lambda: {"image": image_parts(image), "caption": words(caption)})

    def log_text(self, name: str, text: str) -> None:
        """Log a text, at the step and epoch that was logged last; it is shown as it is."""
        self._log_medium("text", name, lambda: {"text": words(text, LONGEST_TEXT)})

    def log_confusion(self, name: str, counts: Any, labels: Sequence[Any]) -> None:
        """Log a confusion matrix, at the step and epoch that was logged last.

        Args:
            name: of what was classified.
            counts: of shape (labels, labels): rows are what the instances are, columns what was predicted.
            labels: what rows and columns are called.
        """
        if self._recorder is not None:
            from .media import confusion_parts

            self._log_medium("confusion", name, lambda: confusion_parts(counts, labels))

    def log_histograms(self, model: nn.Module) -> None:
        """Log how a model's weights and their gradients are distributed, at the step and epoch logged last.

        Args:
            model: its weights are copied; counting them is not what the training waits for.
        """
        if self._recorder is None:
            return
        from .media import histograms, weights_and_gradients

        copies = weights_and_gradients(model)
        self._keep("histograms", "weights", lambda: {"histograms": histograms(copies)})

    def _log_medium(self, kind: str, name: str, parts: Callable[[], Mapping[str, Any]]) -> None:
        """Keep something besides numbers. What cannot be kept is told of, and breaks nothing."""
        if self._recorder is None:
            return
        try:
            found = parts()
        except DataError as error:
            if (kind, name) not in self._refused_media:
                self._refused_media.add((kind, name))
                log.warning("%s %r is left out: %s", kind.capitalize(), name, error)
            return
        self._keep(kind, name, lambda: found)

    def _keep(self, kind: str, name: str, parts: Callable[[], Mapping[str, Any]]) -> None:
        assert self._recorder is not None
        head = {
            "id": new_id(),
            "run": self.id,
            "kind": kind,
            "name": words(name, NAME_LENGTH),
            **self._place(),
        }
        head["seconds"] = time.monotonic() - self._began
        self._recorder.do(keeping(head, parts))

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
        if self._recorder is None:
            return None
        from .checkpoint import Checkpoint, copied

        told = dict(metrics) if metrics is not None else self._recorder.latest()
        if by is not None and by not in told:
            raise DataError(
                f"Checkpoints are to be kept by {by!r}, and the run has logged no such metric: "
                "log it before, or give it in metrics=."
            )
        mark = Checkpoint(new_id(), self.id, words(name, NAME_LENGTH) or self._now(), told, self._place())
        gone = self._shelf.put(mark, keep, by, most)
        if mark in gone:
            return None
        self._recorder.do(mark.saving(copied(model)))
        for other in gone:
            self._recorder.do(other.removing())
        self._recorder.say({"checkpoints": self._shelf.count})
        return mark.id

    def _now(self) -> str:
        return f"step {self._step}" if math.isnan(self._epoch) else f"epoch {self._epoch:g}"

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
        for number in range(1, count + 1):
            self._epoch = float(number)
            yield number
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

    def _place(self) -> dict[str, Any]:
        return {"step": self._step, "epoch": None if math.isnan(self._epoch) else self._epoch}


def _number(value: Any) -> float:
    """Return a number that is a tensor, an array of one element, or of some library's own kind."""
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, str | bytes) or value is None:
        raise TypeError
    item = getattr(value, "item", None)
    return float(value if item is None else item())


def _plain(value: Any) -> Any:
    """Return a parameter as a document can hold it."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return words(value)
    if isinstance(value, Mapping):
        return {words(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    try:
        return _number(value)
    except Exception:
        return words(value)
