"""What everything that looks at images through MobileNetV3 shares: its weights, and how they stand."""

from __future__ import annotations

import os
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError, ImlkitError, WeightsError
from imlkit.streams import ErrorReport, Stream
from imlkit.streams.report import report

from .mobilenet_loading import Source, Waiting, join
from .pretrained_weights import PretrainedWeights, weights_folder, weights_mirror
from .weights_status import WeightsStatus
from .weights_view import WeightsView

if TYPE_CHECKING:
    from .mobilenet_network import MobileNet

__all__ = ["MobileNetModel", "Weights"]

Weights = PretrainedWeights | str | os.PathLike[str] | None

CANCELLED = (
    "The loading of the network was cancelled. Try again when you need it (in code: fetch()), "
    "or use HogFeatures instead, which needs no weights."
)


class MobileNetModel(Component):
    """A component that looks at images through MobileNetV3-small, which all sessions share.

    The weights are downloaded once, when an image comes or :meth:`fetch` is called, never by
    merely opening a page, and kept in a folder (see
    :func:`~imlkit.components.models.pretrained_weights.weights_folder`).

    Streams: ``status``, a :class:`WeightsStatus`.

    Args:
        weights: a file of the network's weights; left out, those that torchvision publishes.
        title: what the person reads above the view.

    Raises:
        DataError: ``weights`` is no path.
    """

    about = ""
    """What the component does, as the first line of its view."""

    def __init__(self, weights: Weights, title: str) -> None:
        if not isinstance(weights, PretrainedWeights | str | os.PathLike | None) or weights == "":
            raise DataError(
                f"weights is {weights!r}: give the path of a weights file, or leave it out to download the "
                "published one"
            )
        super().__init__(title)
        self.weights = (
            weights
            if isinstance(weights, PretrainedWeights | None)
            else Path(weights).expanduser().absolute()
        )
        self.status: Stream[WeightsStatus] = Stream(WeightsStatus())
        self._news: Stream[tuple[Waiting | None, WeightsStatus]] = Stream()
        self._news.subscribe(self._accept)
        self._joining = threading.Lock()
        self._waiting: Waiting | None = None
        self._network: MobileNet | None = None
        self._cancelled = False
        self._views: weakref.WeakSet[WeightsView] = weakref.WeakSet()

    @property
    def ready(self) -> bool:
        """Whether the network is loaded."""
        return self._network is not None

    def warm_up(self) -> None:
        """Begin to load the network if its weights are here, and return at once. Downloads nothing."""
        if not self.ready:
            self._join(download=False)

    def fetch(self) -> None:
        """Begin to load the network, downloading its weights if they are not here; return at once."""
        if not self.ready:
            self._cancelled = False
            self._join(download=True, afresh=True)

    def cancel(self) -> None:
        """Stop waiting for the network. What is downloaded so far is kept for the next time."""
        with self._joining:
            waiting = self._waiting
            if waiting is None or waiting.over.is_set():
                return
            self._cancelled = True
            self._waiting = None
        # Told first: whoever waits for the end of the waiting reads why.
        self._tell(None, WeightsStatus("cancelled", message=CANCELLED))
        waiting.leave()

    def wait(self, timeout: float | None = None) -> WeightsStatus:
        """Block until nothing is being downloaded or loaded, for scripts and tests; return how it stands."""
        waiting = self._waiting
        if waiting is not None:
            _refuse_own_thread(waiting)
            waiting.over.wait(timeout)
        return self.status.value  # type: ignore[no-any-return]

    def view(self) -> Viewable:
        """Return a view that tells what the component does and how its weights stand."""
        view = WeightsView(self.about, self.fetch, self.cancel)
        self._views.add(view)
        self.follow(self.status, view, WeightsView.present)
        return view

    def explains(self, report: ErrorReport) -> bool:
        """Whether a view of this component says what this error says."""
        told = self.status.value.message
        return bool(self._views) and isinstance(report.error, ImlkitError) and report.message == told

    def dispose(self) -> None:
        """Wait for nothing any more, and let go of every subscriber."""
        with self._joining:
            waiting, self._waiting = self._waiting, None
            self._cancelled = True
        if waiting is not None:
            waiting.leave()
        self._news.dispose()
        super().dispose()

    def network(self) -> MobileNet:
        """Return the network, after downloading and loading it where needed.

        Raises:
            WeightsError: the weights cannot be had, or the loading was cancelled.
            ModelFileError: the file holds something else.
        """
        if self._network is not None:
            return self._network
        if self._cancelled:
            raise WeightsError(CANCELLED)
        waiting = self._join(download=True)
        _refuse_own_thread(waiting)
        waiting.over.wait()
        if waiting.network is not None:
            return waiting.network
        if waiting.error is not None:
            raise type(waiting.error)(*waiting.error.args) from waiting.error
        raise WeightsError(CANCELLED)

    def _join(self, download: bool, afresh: bool = False) -> Waiting:
        with self._joining:
            before = self._waiting
            if before is not None and not before.over.is_set() and before.download >= download:
                return before
            self._waiting = waiting = Waiting(self._tell, download=download, afresh=afresh)
        join(Source(self.weights, weights_folder(), weights_mirror()), waiting)
        if before is not None:
            before.leave()
        return waiting

    def _tell(self, waiting: Waiting | None, status: WeightsStatus) -> None:
        if waiting is not None and waiting.network is not None:
            self._network = waiting.network
        self.session.on_page(lambda: self._news.set((waiting, status)))

    def _accept(self, news: tuple[Waiting | None, WeightsStatus]) -> None:
        waiting, status = news
        if waiting is not None and waiting is not self._waiting:
            return
        if status != self.status.value:
            self.status.set(status)
        if waiting is not None and waiting.error is not None and waiting.afresh:
            # No pipeline raises this one. What warming up met is told by the view and the first image.
            report(waiting.error, self.status)


def _refuse_own_thread(waiting: Waiting) -> None:
    if waiting.on_own_thread:
        raise RuntimeError("a subscriber of status waits for the loading that tells it: use compute")
