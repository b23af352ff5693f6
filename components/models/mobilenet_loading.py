"""Loads a network once for all who wait for it, on a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from imlkit.errors import ImlkitError, ModelError

from .pretrained_weights import PretrainedWeights
from .weights_status import WeightsStatus

if TYPE_CHECKING:
    from .mobilenet_network import MobileNet

__all__ = ["Source", "Waiting", "join"]

log = logging.getLogger("imlkit")

RETRY_SECONDS = 30.0
"""How long after a failure nobody tries again unasked: a camera would try at every frame."""

TOLD_EVERY = 0.1
"""Seconds between two tellings of the progress."""

Tell = Callable[["Waiting", WeightsStatus], object]


@dataclass(frozen=True)
class Source:
    """What to load: published or given weights, and where they are kept and come from by default."""

    weights: PretrainedWeights | Path | None
    folder: Path
    mirror: str

    def resolved(self) -> PretrainedWeights:
        """Return the weights themselves. Slow at first: torchvision knows what is published."""
        from .mobilenet_network import published_weights

        if isinstance(self.weights, PretrainedWeights):
            return self.weights
        return published_weights(self.weights)


class Waiting:
    """One who waits for a network. :func:`join` puts it among the others.

    Args:
        tell: called with this and each status, from the loading's thread.
        download: whether to download the weights for this one's sake if they are not here.
        afresh: whether to try again even if it failed a moment ago.

    Attributes:
        network: the network when it is there.
        error: why it cannot be had.
        over: set when the waiting is over: loaded, failed, or left.
    """

    def __init__(self, tell: Tell, *, download: bool, afresh: bool = False) -> None:
        self._tell = tell
        self._loading: Loading | None = None
        self.download = download
        self.afresh = afresh
        self.network: MobileNet | None = None
        self.error: ImlkitError | None = None
        self.over = threading.Event()

    @property
    def on_own_thread(self) -> bool:
        """Whether the code that runs now is called by the loading, which it must not wait for."""
        return self._loading is not None and self._loading.thread is threading.current_thread()

    def tell(self, status: WeightsStatus) -> None:
        """Pass a status on, whatever its listener does."""
        try:
            self._tell(self, status)
        except Exception:
            log.exception("in telling of the loading of weights")

    def leave(self) -> None:
        """Wait no longer. A download that nobody waits for any more ends."""
        with _turn:
            if self._loading is not None and self in self._loading.waiting:
                self._loading.waiting.remove(self)
            self.over.set()


_turn = threading.Lock()
_running: dict[Source, Loading] = {}
_failed: dict[Source, tuple[float, ImlkitError]] = {}


def join(source: Source, waiting: Waiting) -> None:
    """Begin to wait for a network, together with all who wait for the same; return at once."""
    status = None
    with _turn:
        if waiting.over.is_set():
            return
        failed = _failed.get(source)
        if failed and waiting.download and not waiting.afresh and _age(failed) < RETRY_SECONDS:
            waiting.error = failed[1]
            status = WeightsStatus("error", message=str(waiting.error))
        else:
            loading = _running.get(source)
            new = loading is None
            if loading is None:
                loading = _running[source] = Loading(source)
            loading.waiting.append(waiting)
            waiting._loading = loading
            if new:
                loading.thread.start()
            else:
                status = loading.status
    if status is not None:
        waiting.tell(status)
    if waiting.error is not None:
        waiting.over.set()


def _age(failed: tuple[float, ImlkitError]) -> float:
    return time.monotonic() - failed[0]


class Abandoned(Exception):  # noqa: N818
    """Nobody waits for the download any more."""


class Loading:
    """One loading, and who waits for it.

    Attributes:
        status: what was told last.
        waiting: those who wait; changed under the module's lock alone.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.status = WeightsStatus("loading", message="Loading the network …")
        self.waiting: list[Waiting] = []
        # No daemon: Python must not end while torch is being imported. See _check_wanted.
        self.thread = threading.Thread(target=self._run, name="imlkit-weights", daemon=False)
        self._told_at = 0.0

    def _run(self) -> None:
        network: MobileNet | None = None
        error: ImlkitError | None = None
        weights: PretrainedWeights | None = None
        try:
            self._tell(self.status)
            weights = self.source.resolved()
            network = self._loaded(weights)
            last = WeightsStatus("ready", message=f"The network is ready. Its weights are in {weights.path}.")
        except Abandoned:
            last = WeightsStatus("absent", message=weights.absence() if weights else "")
        except Exception as raised:
            error = _in_words(raised)
            last = WeightsStatus("error", message=str(error))
        self._end(network, error, last)

    def _loaded(self, weights: PretrainedWeights) -> MobileNet:
        from .mobilenet_network import mobilenet

        if weights.file is None and not weights.present():
            self._check_wanted()

        def progress(done: int, total: int) -> None:
            self._check_wanted()
            now = time.monotonic()
            if now - self._told_at >= TOLD_EVERY or done == total:
                self._told_at = now
                self._tell(WeightsStatus("downloading", done, total, _download_words(weights, done, total)))

        path = weights.weights_file(progress)
        self._tell(WeightsStatus("loading", message="Loading the network …"))
        return mobilenet(path)

    def _check_wanted(self) -> None:
        with _turn:
            # A program that ends waits for this thread, but not for a download.
            wanted = any(one.download for one in self.waiting) and threading.main_thread().is_alive()
            if not wanted and _running.get(self.source) is self:
                # Whoever comes from here on begins anew.
                del _running[self.source]
        if not wanted:
            raise Abandoned

    def _tell(self, status: WeightsStatus) -> None:
        with _turn:
            self.status = status
            told = tuple(self.waiting)
        for one in told:
            one.tell(status)

    def _end(self, network: MobileNet | None, error: ImlkitError | None, last: WeightsStatus) -> None:
        with _turn:
            if _running.get(self.source) is self:
                del _running[self.source]
            _failed.pop(self.source, None)
            if error is not None:
                _failed[self.source] = (time.monotonic(), error)
            told = tuple(self.waiting)
        for one in told:
            one.network, one.error = network, error
            one.tell(last)
            one.over.set()


def _download_words(weights: PretrainedWeights, done: int, total: int) -> str:
    amount = f": {done / 1e6:.1f} of {total / 1e6:.1f} MB" if total else ""
    return f"Downloading the weights from {weights.address}{amount} …"


def _in_words(error: Exception) -> ImlkitError:
    if isinstance(error, ImlkitError):
        return error
    log.error("in loading a pretrained network", exc_info=error)
    if isinstance(error, MemoryError):
        return ModelError("There is not enough memory for the network: close other programs, then try again.")
    reason = str(error) or type(error).__name__
    return ModelError(f"The network could not be loaded ({reason}): use HogFeatures instead, or try again.")
