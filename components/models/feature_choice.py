"""Which features describe the images of an app, where the person may choose."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError, ImlkitError, WeightsError
from imlkit.streams import ErrorReport, Stream
from imlkit.streams.checked_stream import CheckedStream
from imlkit.streams.report import report

from .choice_status import ChoiceProgress, failure_words, hopeless_words, standing_words, undone_words
from .described import FIELD, Pictured, Way, checked_ways, make_sure, stamp_of
from .kept_way import KeptWay
from .model_card import ModelCard
from .redescription import Redescription
from .weights_status import WeightsStatus

__all__ = ["FeatureChoice", "Trained"]

GRACE = 0.5
"""Seconds in which another page that describes the same instances anew shows that it does."""

TOLD_EVERY = 0.1
"""Seconds between two words of progress."""


class Trained(Protocol):
    """Any model that tells what it was trained on."""

    card: Stream[ModelCard | None]


class Stopped(Exception):  # noqa: N818
    """What goes on was cancelled, or something else was chosen."""


class FeatureChoice(Component):
    """A choice among ways to describe images by numbers, one of which is in use.

    It stands where HogFeatures stands: :meth:`process` describes an image the way that is in use.
    When another way is chosen, it is first made ready (MobileNetFeatures may have to download its
    weights), then the images of all instances are described anew, and only when that is done for
    all of them does the other way come into use: what fails or is cancelled before changes nothing.

    Which way is in use is kept beside the first dataset, so that it holds for all pages and
    outlives them. Every instance records in the field ``features`` what described it. What was
    described otherwise (by a page that had not heard of the choice, in an opened project, or
    because a server was killed while it wrote) is described anew on its own, wherever a page is
    open.

    Args:
        ways: what the person reads, and what describes images so (``HogFeatures()``,
            ``MobileNetFeatures()``, anything with ``length`` and ``process``). The first is the
            one to begin with, and the one to fall back to. They belong to the choice from here on.
        datasets: instances with ``x`` and their image, which follow the choice.
        about: a sentence on each way, for the person.
        picture: the field in which instances keep their image.
        title: what the person reads above the view.

    Attributes:
        chosen: the name of the way that is in use, or is to be; setting it chooses. It returns to
            the one in use where that cannot be had.
        in_use: the name of the way that is in use.
        settled: whether all instances are described the way in use; until then, do not train.
        progress: how far the way's loading or the describing is; None while nothing goes on.
        problem: what the person is told, and what to do about it; "" for nothing.
        failed: the name of the way that the problem is about, or "".

    Raises:
        DataError: fewer than two ways, two that give as many numbers, or no dataset.
    """

    def __init__(
        self,
        ways: Mapping[str, Any],
        datasets: Sequence[Pictured],
        about: Mapping[str, str] | None = None,
        picture: str = "thumbnail",
        title: str = "What it looks at",
    ) -> None:
        self.ways: dict[str, Way] = checked_ways(ways)
        if not datasets:
            raise DataError("A choice of features needs the datasets that follow it: give at least one.")
        super().__init__(title)
        self.datasets = tuple(datasets)
        self.about = dict(about or {})
        self.picture = picture
        self._kept = KeptWay(self.datasets[0].store, self.datasets[0].name)
        self._way = self._kept_name()
        self.in_use: Stream[str] = Stream(self._way)
        self.chosen: CheckedStream[str] = CheckedStream(self._way, self._known)
        self.settled: Stream[bool] = Stream(False)
        self.progress: Stream[ChoiceProgress | None] = Stream(None)
        self.problem: Stream[str] = Stream("")
        self.failed: Stream[str] = Stream("")
        self._views: weakref.WeakSet[Any] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._answering = threading.Condition(self._lock)
        self._asked = self._answered = 0
        self._wanted: str | None = None
        self._switching: str | None = None
        self._settling = self._paused = False
        self._ended = False
        self._stop = threading.Event()
        self._told_at = 0.0
        self._hopeless: set[str] = set()
        # Only the way in use is to be warmed up: the choice does that, and ends them all.
        for way in self.ways.values():
            if way in self.session.components:
                self.session.components.remove(way)
        self._anew = Redescription(self.datasets, picture, self._check, self._tell_progress)
        self._turns: Stream[None] = Stream()
        self._work = self._turns.compute(lambda _: self._answer(), "latest")
        self._sources = [self._kept.changes.subscribe(self._ask)]
        self._sources += [dataset.changes.subscribe(self._ask) for dataset in self.datasets]
        for name, way in self.ways.items():
            status = getattr(way, "status", None)
            if isinstance(status, Stream):
                self._sources.append(status.subscribe(partial(self._follow_weights, name)))
        self.chosen.subscribe(self._choose)
        self._ask()

    @property
    def length(self) -> int:
        """How many features an image has, the way in use."""
        return self.ways[self._way].length

    def process(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the features of an image, the way that is in use. May be called from any thread.

        Args:
            image: ``uint8`` of shape (H, W, 3), RGB.

        Raises:
            ImageError: not such an array.
            DataError: every pixel of the image is the same.
            WeightsError: the weights cannot be had; the message says what to do.
        """
        return self._processed(self._way, image)

    def describe(self, image: NDArray[np.uint8]) -> dict[str, Any]:
        """Return the fields of an instance: its image, its features, and what described it.

        Raises as :meth:`process` does.
        """
        name = self._way
        x = self._processed(name, image)
        return {"x": x, FIELD: stamp_of(name, self.ways[name]), self.picture: image}

    def fits(self, model: Trained) -> Stream[bool | str]:
        """Return whether a model can be asked: True, False before its first training, or why not."""
        fits: Stream[bool | str] = Stream(self._standing(model))

        def tell(_: Any) -> None:
            said = self._standing(model)
            if said != fits.value:
                fits.set(said)

        self.in_use.merge(model.card).subscribe(tell)
        return fits

    def way_of(self, model: Trained) -> str:
        """Return the name of the way that a model was trained with; the one in use if there is none."""
        card = model.card.value
        return self._way_with(card.features if card is not None else self.length) or self._way

    def adopt(self, model: Trained) -> None:
        """Choose the way that a model was trained with, such as one that came with a file."""
        self.chosen.set(self.way_of(model))

    def cancel(self) -> None:
        """Stop what goes on. A way that is not ready yet does not come into use.

        Instances that are yet to be described the way in use wait until :meth:`go_on`.
        """
        with self._lock:
            switching, self._wanted = self._switching, None
            self._paused = self._settling
            self._stop.set()
        self._leave(switching or self._way)
        self._ask()

    def go_on(self) -> None:
        """Try again what failed, or do what was left undone."""
        with self._lock:
            self._wanted = self.failed.value or self._way
            self._paused = False
            self._hopeless = set()
        self.dismiss()
        self._agree()
        self._ask()

    def dismiss(self) -> None:
        """Take away what the person was told."""
        self._tell_problem("", "")

    def wait(self, timeout: float | None = None) -> None:
        """Block until nothing goes on, or for so many seconds; for scripts and tests."""
        with self._answering:
            self._answering.wait_for(lambda: self._answered >= self._asked or self._ended, timeout)

    def warm_up(self) -> None:
        """Load what the way in use needs. Downloads nothing."""
        warm_up = getattr(self.ways[self._way], "warm_up", None)
        if warm_up is not None:
            warm_up()

    def view(self) -> Viewable:
        """Return the choices, with a sentence on each, how far a change is, and what is wrong."""
        from .feature_choice_view import FeatureChoiceView

        view = FeatureChoiceView(self)
        self._views.add(view)
        self.follow(self.chosen, view, FeatureChoiceView.choose)
        self.follow(self.progress, view, FeatureChoiceView.present)
        self.follow(self.problem, view, FeatureChoiceView.tell)
        return view

    def explains(self, report: ErrorReport) -> bool:
        """Whether a view says what this error says."""
        own = report.component is self or report.component in self.ways.values()
        return bool(self._views) and own and isinstance(report.error, ImlkitError)

    def dispose(self) -> None:
        """Stop what goes on, and let go of the ways, the datasets and every subscriber. The data stays."""
        with self._lock:
            self._ended = True
            self._stop.set()
            self._answering.notify_all()
        for source in self._sources:
            source.dispose()
        self._work.dispose()
        for way in self.ways.values():
            way.dispose()
        super().dispose()

    def _known(self, name: Any) -> str:
        if name not in self.ways:
            known = ", ".join(f"“{way}”" for way in self.ways)
            raise DataError(f"{name!r:.60} is no way to describe images here: choose one of {known}.")
        return str(name)

    def _kept_name(self) -> str:
        name = self._kept.read()
        return name if name in self.ways else next(iter(self.ways))

    def _way_with(self, length: int) -> str:
        return next((name for name, way in self.ways.items() if way.length == length), "")

    def _standing(self, model: Trained) -> bool | str:
        card, now = model.card.value, self.in_use.value
        if card is None:
            return False
        if card.features == self.ways[now].length:
            return True
        return standing_words(self._way_with(card.features), now)

    def _processed(self, name: str, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        try:
            return self.ways[name].process(image)
        except WeightsError as error:
            self._tell_unusable(name, error)
            raise

    def _choose(self, name: str) -> None:
        with self._lock:
            if self._ended or name == (self._wanted or self._switching or self._way):
                return
            switching, self._wanted = self._switching, name
            self._paused = False
            self._stop.set()
        self._leave(switching)
        self.dismiss()
        self._ask()

    def _leave(self, name: str | None) -> None:
        cancel = getattr(self.ways[name], "cancel", None) if name is not None else None
        if cancel is not None:
            cancel()

    def _ask(self, _change: Any = None) -> None:
        with self._lock:
            self._asked += 1
        self._turns.set(None)

    def _answer(self) -> None:
        """Do what was asked for: bring another way about, and describe what is not described so."""
        with self._lock:
            turn = self._asked
            wanted, self._wanted = self._wanted, None
            self._switching = wanted
            self._stop.clear()
            if self._ended:
                return
        try:
            self._follow_kept()
            if wanted is not None:
                self._bring_about(wanted)
            self._settle()
        except Stopped:
            self._tell_undone()
        except Exception as error:
            self._tell_failure(self._way, error)
        finally:
            with self._lock:
                self._switching = None
                self._settling = False
            self._agree()
            self.session.on_page(lambda: self.progress.set(None))
            with self._answering:
                self._answered = turn
                self._answering.notify_all()

    def _bring_about(self, name: str) -> None:
        try:
            if name != self._way:
                self._switch(name)
            else:
                self._make_ready(name)
        except Stopped:
            pass
        except Exception as error:
            self._tell_failure(name, error)
        finally:
            with self._lock:
                self._switching = None
                if self._wanted is None and not self._ended:
                    # Who cancelled a change did not mean what is to be done after it.
                    self._stop.clear()

    def _follow_kept(self) -> None:
        name = self._kept_name()
        if name != self._way:
            self._use(name)
            self._tell_problem("", "")

    def _use(self, name: str) -> None:
        self._way = name
        self._hopeless = set()
        self.session.on_page(lambda: self.in_use.set(name))
        self._agree()

    def _agree(self) -> None:
        """Let the choice say what is in use, unless another one is being brought about."""

        def agree() -> None:
            with self._lock:
                name = self._wanted or self._switching or self._way
            if self.chosen.value != name:
                self.chosen.set(name)

        self.session.on_page(agree)

    def _switch(self, name: str) -> None:
        """Make a way ready, describe all instances by it, and then put it into use."""
        self._make_ready(name)
        with closing(self._anew.collect(name, self.ways[name])) as found:
            self._check()
            self._tell_settled(False)
            self._kept.write(name)
            self._use(name)
            self._anew.keep(found)

    def _make_ready(self, name: str) -> None:
        self._tell_progress(f"Getting “{name}” ready …", 0, 0)
        way = self.ways[name]
        fetch = getattr(way, "fetch", None)
        if fetch is not None:
            fetch()
            if self._stop.is_set():
                # Cancelled before there was anything to cancel.
                self._leave(name)
        self._check()
        make_sure(way)
        self._check()

    def _settle(self) -> None:
        """Describe the way in use whatever is not, until nothing is left."""
        before: tuple[str, int] | None = None
        while True:
            self._follow_kept()
            name = self._way
            left = self._anew.left(stamp_of(name, self.ways[name]), self._hopeless)
            self._tell_settled(not left)
            if not left:
                self._tell_hopeless()
                return
            with self._lock:
                self._settling = True
                if self._paused:
                    raise Stopped
            self._check()
            if before is None or (before[0] == name and left < before[1]):
                # Another page may be at it.
                before = name, left
                self._stop.wait(GRACE)
                continue
            goes_on = partial(self._still, name)
            self._hopeless |= self._anew.describe(name, self.ways[name], self._hopeless, goes_on)
            before = None

    def _still(self, name: str) -> bool:
        """Whether a way is the one to describe by, also for all other pages."""
        return self._kept_name() == name

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def _follow_weights(self, name: str, status: WeightsStatus) -> None:
        progress = ChoiceProgress(status.message, status.done, status.total)
        if name == self._switching:
            if status.running:
                self.progress.set(progress)
        elif name == self._way:
            # Somebody's image is waiting for them.
            self.progress.set(progress if status.state == "downloading" else None)

    def _tell_unusable(self, name: str, error: Exception) -> None:
        first = next(iter(self.ways))
        self._tell_problem(failure_words(name, self._way, first, self.title, error), name)

    def _tell_failure(self, name: str, error: Exception) -> None:
        if self._stop.is_set():
            # A loading of weights that is cancelled fails; then nothing is wrong.
            self._tell_undone()
            return
        self._tell_unusable(name, error)
        if not isinstance(error, ImlkitError):
            self.session.on_page(lambda: report(error, self.chosen))

    def _tell_undone(self) -> None:
        if self._paused and not self._ended:
            left = self._anew.left(stamp_of(self._way, self.ways[self._way]))
            self._tell_problem(undone_words(left, self._way), "")

    def _tell_hopeless(self) -> None:
        if self._hopeless:
            self._tell_problem(hopeless_words(len(self._hopeless), self._way), "")

    def _tell_settled(self, settled: bool) -> None:
        def tell() -> None:
            if self.settled.value != settled:
                self.settled.set(settled)

        self.session.on_page(tell)

    def _tell_progress(self, task: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told_at >= TOLD_EVERY or done == total:
            self._told_at = now
            words = f"{task}: {done:,} of {total:,}" if total else task
            self.session.on_page(lambda: self.progress.set(ChoiceProgress(words, done, total)))

    def _tell_problem(self, message: str, failed: str) -> None:
        def tell() -> None:
            if (self.problem.value, self.failed.value) != (message, failed):
                self.failed.set(failed)
                self.problem.set(message)

        self.session.on_page(tell)
