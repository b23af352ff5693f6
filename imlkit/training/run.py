"""One's own training, kept in a store as it goes."""

from __future__ import annotations

import logging
import math
import numbers
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from ..documents import new_id
from ..errors import DataError
from ..store import Store
from .recorder import Recorder
from .run_record import COMMANDS, RUNS, RunState
from .steering import Command, Steering

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

    from .checkpoint import Best

__all__ = ["Run"]

log = logging.getLogger("imlkit")

NAME_LENGTH: Final = 300
FINISHING: Final = 30.0
"""Seconds that the end of a run waits at most for what is not in the store yet."""
LOOK: Final = 0.5
"""Seconds between two looks of a paused run."""


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
        stopping: whether a page asked it to stop after this epoch.

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
        self.name = name.strip()[:NAME_LENGTH]
        self._params = {str(key): _plain(value) for key, value in (params or {}).items()}
        self._tags = [str(tag) for tag in tags]
        self._planned = epochs
        self._dataset = dataset
        self._given = store
        self._first = _is_first()
        self._store: Store | None = None
        self._recorder: Recorder | None = None
        self._steering: Steering | None = None
        self._began = 0.0
        self._step = 0
        self._epoch = math.nan
        self._refused: set[str] = set()
        self._checkpoints: list[Best] = []
        self._saved = 0
        self.stopping = False

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
        self._steering = Steering(store, self.id)
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
        if error is not None:
            state = "stopped" if isinstance(error, KeyboardInterrupt) else "failed"
            message = "Stopped at its keyboard." if state == "stopped" else f"{type(error).__name__}: {error}"
        parts = {"state": state, "message": message, "ended": datetime.now(UTC), **self._place()}
        if self._steering is not None:
            self._steering.close()
        if not self._recorder.finish(parts, FINISHING):
            log.error(
                "The run %r ended, and %d things it logged are not in the store: it did not take them. "
                "The training itself is done.",
                self.name,
                self._recorder.waiting,
            )

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
        from .checkpoint import Best, Checkpoint, copied

        told = dict(metrics) if metrics is not None else self._recorder.latest()
        if by is not None and by not in told:
            raise DataError(
                f"Checkpoints are to be kept by {by!r}, and the run has logged no such metric: "
                "log it before, or give it in metrics=."
            )
        mark = Checkpoint(new_id(), self.id, name or self._now(), told, self._place())
        gone: list[Checkpoint] = []
        if keep is not None:
            score = 0.0 if by is None else told[by] if most else -told[by]
            self._checkpoints.append(Best(math.inf if by is None else score, mark))
            if by is not None:
                # What is no number is worse than every number; of equals the later one counts.
                self._checkpoints.sort(key=lambda best: -math.inf if math.isnan(best.score) else best.score)
            gone = [best.checkpoint for best in self._checkpoints[:-keep]]
            self._checkpoints = self._checkpoints[-keep:]
        if mark in gone:
            return None
        state = copied(model)
        self._saved += 1 - len(gone)
        self._recorder.do(mark.saving(state))
        for other in gone:
            self._recorder.do(other.removing())
        self._recorder.say({"checkpoints": self._saved})
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
            self.obey(optimizer)
            if self.stopping:
                return

    def obey(self, optimizer: Optimizer | None = None) -> None:
        """Do what pages ask for, now: called between two batches or two epochs.

        Waits while the run is paused. Every wish is answered, on the page and in the log.

        Args:
            optimizer: whose learning rate a page may change.
        """
        steering, recorder = self._steering, self._recorder
        if steering is None or recorder is None or not steering.heard.is_set():
            return
        paused = False
        while True:
            command = steering.take()
            if command is None:
                if not paused:
                    return
                steering.heard.wait(LOOK)
                continue
            if command.kind in ("pause", "resume"):
                paused = command.kind == "pause"
                recorder.say({"state": "paused" if paused else "running"}, at_once=True)
                self._answer(command, "Paused." if paused else "Goes on.")
            elif command.kind == "stop":
                self.stopping = True
                paused = False
                recorder.say({"state": "running"}, at_once=True)
                self._answer(command, "Stops after this epoch.")
            else:
                self._set_rate(command, optimizer)

    def _set_rate(self, command: Command, optimizer: Optimizer | None) -> None:
        rate = command.value
        if optimizer is None:
            words = "The training does not say whose learning rate this is: give run.epochs(…) its optimizer."
            self._answer(command, words, done=False)
        elif rate is None or not math.isfinite(rate) or rate < 0:
            self._answer(command, f"{rate!r} is no learning rate: give a number from 0 on.", done=False)
        else:
            for group in optimizer.param_groups:
                group["lr"] = rate
            self._answer(command, f"The learning rate is {rate:g}.")

    def _answer(self, command: Command, said: str, done: bool = True) -> None:
        assert self._recorder is not None
        log.info("A page asked the run %r to %s: %s", self.name, command.kind, said)
        answer = {"state": "done" if done else "refused", "said": said, "answered": datetime.now(UTC)}
        self._recorder.do(lambda store: store.collection(COMMANDS).patch(command.id, answer))

    def _place(self) -> dict[str, Any]:
        return {"step": self._step, "epoch": None if math.isnan(self._epoch) else self._epoch}


def _is_first() -> bool:
    """Whether this process is the one that logs, of those that train together."""
    with suppress(ImportError):
        from torch import distributed

        if distributed.is_available() and distributed.is_initialized():
            return int(distributed.get_rank()) == 0
    return os.environ.get("RANK", "0") == "0"


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
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    try:
        return _number(value)
    except Exception:
        return str(value)[:1_000]
