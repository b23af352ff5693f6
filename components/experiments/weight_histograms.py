"""How the weights and gradients of runs change over steps, live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

from panel.viewable import Viewable

from imlkit.errors import DataError
from imlkit.store import Change, Store
from imlkit.streams import Stream
from imlkit.streams.checked_stream import CheckedStream
from imlkit.training import Runs

from .run_media import RunMedia, ShownMedia
from .weight_histograms_content import Of
from .weight_histograms_reader import FoundWeights, WeightReader
from .weight_histograms_view import WeightCharts

__all__ = ["WeightHistograms"]


class WeightHistograms(RunMedia):
    """A heat map for each run of how one parameter's weights or gradients are distributed, step by step.

    It shows what runs logged with ``log_histograms``. The person chooses the parameter. Of a long run 50 to
    100 steps are drawn, evenly; they appear while they are read.

    Args:
        store: the store that the runs are in, its location, or what reads its runs.
        runs: which of them to show: an id, several, or a stream of either, such as the selection of a
            ``TrainingHistory``. Left out, the run that was begun last. At most 24 are shown.
        title: what the person reads above the charts.

    Attributes:
        shown: the ids of the runs that are shown; None is the one that was begun last.
        parameter: the name of the parameter that is shown; None is the first that the runs have.
        of: whether ``"weight"`` or ``"gradient"`` values are shown.
        drawn: what is shown.

    Raises:
        DataError: ``runs`` is neither text, several texts, nor a stream.
        ImlkitError: the store cannot be opened.
    """

    def __init__(
        self,
        store: Runs | Store | str | Path,
        runs: str | Iterable[str] | Stream[Any] | None = None,
        title: str = "Weights",
    ) -> None:
        super().__init__(store, runs, title)
        self.parameter: Stream[str | None] = Stream(None)
        self.of: Stream[Of] = CheckedStream("weight", _checked)
        # Some was read: it is shown while the rest is read.
        self.drawn.subscribe(self._go_on)

    def view(self) -> Viewable:
        """Return new charts."""
        charts = WeightCharts(self)
        streams: tuple[Stream[Any], ...] = (self.parameter, self.of, self.drawn)
        for stream in streams:
            self.follow(stream, charts, WeightCharts.refresh)
        return charts

    def _prepare(self, store: Store) -> None:
        self._reader = WeightReader(store)

    def _tell(self, change: Change) -> bool:
        return self._reader.tell(change)

    def _read(self, runs: Sequence[str]) -> FoundWeights:
        return self._reader.read(runs)

    def _go_on(self, drawn: ShownMedia) -> None:
        if not drawn.problem and drawn.found is not None and drawn.found.missing:
            self.look()


def _checked(of: object) -> Of:
    for known in get_args(Of):
        if of == known:
            return known  # type: ignore[no-any-return]
    raise DataError(f"{of!r:.100} cannot be shown of parameters: give “weight” or “gradient”.")
