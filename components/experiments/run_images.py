"""Images, texts and confusion matrices that runs log, side by side and live."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from panel.viewable import Viewable

from imlkit.store import Change, Store
from imlkit.streams import Stream
from imlkit.training import Runs

from .run_images_content import Contents
from .run_images_groups import Group, groups_of
from .run_images_heads import HeadReader
from .run_images_view import Asked, ImageGroups
from .run_media import RunMedia

__all__ = ["RunImages"]


class RunImages(RunMedia):
    """What runs logged with ``log_image``, ``log_text`` and ``log_confusion``, by name and step.

    The latest is shown, and what comes after it, until the person goes back; several runs stand side by
    side. Only what is in sight is read and sent.

    Args:
        store: the store that the runs are in, its location, or what reads its runs.
        runs: which of them to show: an id, several, or a stream of either, such as the selection of a
            ``TrainingHistory``. Left out, the run that was begun last. At most 24 are shown.
        title: what the person reads above them.

    Attributes:
        shown: the ids of the runs that are shown; None is the one that was begun last.
        drawn: what is shown.

    Raises:
        DataError: ``runs`` is neither text, several texts, nor a stream.
        ImlkitError: the store cannot be opened.
    """

    def __init__(
        self,
        store: Runs | Store | str | Path,
        runs: str | Iterable[str] | Stream[Any] | None = None,
        title: str = "Images",
    ) -> None:
        super().__init__(store, runs, title)
        self._asked: Stream[tuple[weakref.ref[ImageGroups], Asked]] = Stream()
        self._asked.compute(self._answered).subscribe(lambda answer: answer())

    def view(self) -> Viewable:
        """Return new pictures."""
        groups = ImageGroups(self.title, self._ask, self.look)
        self.follow(self.drawn, groups, ImageGroups.show_media)
        return groups

    def dispose(self) -> None:
        """Follow the runs no longer. They stay as they are."""
        self._asked.dispose()
        super().dispose()

    def _prepare(self, store: Store) -> None:
        self._heads = HeadReader(store)
        self._contents = Contents(store)

    def _tell(self, change: Change) -> bool:
        if change.kind != "created":
            self._contents.forget()
        return self._heads.tell(change)

    def _read(self, runs: Sequence[str]) -> tuple[Group, ...]:
        return groups_of(self._heads.read(runs))

    def _ask(self, view: ImageGroups, asked: Asked) -> None:
        self._asked.set((weakref.ref(view), asked))

    def _answered(self, question: tuple[weakref.ref[ImageGroups], Asked]) -> Any:
        """Return what tells the page that asked."""
        view, asked = question
        groups: tuple[Group, ...] = self.drawn.value.found or ()
        group = next((group for group in groups if group.key == asked.group), None)
        cards = [] if group is None else asked.cards(group, self._contents.read)

        def tell() -> None:
            if (here := view()) is not None:
                here.send(asked, cards)

        return tell
