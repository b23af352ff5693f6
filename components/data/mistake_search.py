"""Looking for what a model gets wrong: everything once after a training, then only what changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import Final

from imlkit.errors import NotTrainedError
from imlkit.model import Model
from imlkit.store import Change

from .archive import Progress
from .instance_set import InstanceSet
from .judgements import Judgement, Judgements
from .mistake_listing import Found, MistakeListing, list_mistakes

__all__ = ["MistakeSearch"]

_BATCH: Final = 128
_PAUSE: Final = 0.1
"""Seconds between two looks while the dataset changes all the time, and between two words of progress."""


class MistakeSearch:
    """Judges a dataset's instances, and knows which of them are to be judged again.

    News may come from any thread; :meth:`look` is called by one at a time.

    Args:
        model: a classifier.
        dataset: what is judged.
        told: told how far a look is that takes long.
    """

    def __init__(self, model: Model, dataset: InstanceSet, told: Callable[[Progress], object]) -> None:
        self._model = model
        self._dataset = dataset
        self._told = told
        self._lock = threading.Lock()
        self._judgements: Judgements | None = None
        self._anew = True
        self._touched: set[str] = set()
        self._kept: dict[str, int] = {}
        self._looked = 0.0
        self._partial = False
        self._stopped = threading.Event()
        self._ended = threading.Event()

    def stop(self) -> None:
        """Stop a look that goes on, and keep what it has judged."""
        self._stopped.set()

    def end(self) -> None:
        """Stop looking."""
        self._ended.set()

    def renew(self) -> None:
        """Take notice that the model has changed."""
        with self._lock:
            self._anew = True

    def note(self, change: Change) -> None:
        """Take notice that instances have changed."""
        with self._lock:
            self._touched.update(change.ids)
            self._anew |= change.kind == "reset"

    def wrong(self, id: str) -> Judgement | None:
        """Return what the model says of an instance if that is a mistake, else None."""
        judgements = self._judgements
        judgement = judgements.get(id) if judgements is not None else None
        return judgement if judgement is not None and judgement.wrong else None

    def put_aside(self, id: str, judgement: Judgement) -> None:
        """Pass over an instance until its label or features change."""
        with self._lock:
            self._kept = {**self._kept, id: judgement.content}

    def bring_back(self, ids: Collection[str] | None = None) -> None:
        """Pass over these instances no more; None is for all."""
        with self._lock:
            kept = self._kept.items()
            self._kept = {} if ids is None else {id: content for id, content in kept if id not in ids}

    def look(self, page: int, size: int) -> Found | None:
        """Judge what has changed, and return a page of mistakes; None if that became useless meanwhile."""
        # A burst of changes is one look now and one when it is over, with few between.
        rest = self._looked + _PAUSE - time.monotonic()
        if rest > 0:
            self._ended.wait(rest)
        if self._ended.is_set():
            return None
        with self._lock:
            anew, touched = self._anew, self._touched
            self._anew, self._touched = False, set()
            self._stopped.clear()
        try:
            if not self._judge(anew, touched):
                return None
        except NotTrainedError:
            self._judgements = None
        except BaseException:
            self.renew()
            raise
        finally:
            self._looked = time.monotonic()
        return self._listed(page, size)

    def _judge(self, anew: bool, touched: set[str]) -> bool:
        """Bring the judgements up to date; return False if that became useless meanwhile."""
        judgements = self._judgements
        if not self._model.trained:
            self._judgements = None
            return True
        if anew or judgements is None:
            judgements = Judgements(self._model)
            walk = self._dataset.batches(_BATCH, select=["x", "y"])
            whole = judgements.judge(walk, self._teller(self._dataset.count()))
            self._partial = not whole
        else:
            whole = judgements.judge_again(self._dataset, sorted(touched), _BATCH, self._teller(len(touched)))
            self._partial |= not whole
        if not whole and not self._stopped.is_set():
            return False
        self._judgements = judgements
        return True

    def _teller(self, total: int) -> Callable[[int], bool]:
        """Return what tells how far the judging is, and whether it is to go on."""
        told = time.monotonic()

        def tell(done: int) -> bool:
            nonlocal told
            if time.monotonic() - told > _PAUSE:
                told = time.monotonic()
                self._told(Progress("Checking the examples", done, max(done, total)))
            with self._lock:
                # A training that has ended meanwhile makes all of this out of date.
                useless = self._anew or self._ended.is_set()
                self._anew |= useless
                if useless:
                    self._stopped.clear()
            return not (useless or (self._stopped.is_set() and done < total))

        return tell

    def _listed(self, page: int, size: int) -> Found:
        judgements = self._judgements
        if judgements is None:
            return MistakeListing(instances=self._dataset.count()), ()
        with self._lock:
            self._kept = judgements.still(self._kept)
            kept = self._kept
        return list_mistakes(judgements, kept, self._dataset, page, size, self._partial)
