"""What the person does in a dataset browser's grid, put into the browser's streams."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .instance_grid import InstanceGrid
from .notice import Notice

if TYPE_CHECKING:
    from .dataset_browser import DatasetBrowser

__all__ = ["Requests"]

_MOST_PICTURES = 2_000


class Requests:
    """Reads the messages of grids. What takes time happens off the page's thread.

    A message that no grid sends is passed over: the browser's side is not trusted.
    """

    def __init__(self, browser: DatasetBrowser) -> None:
        self._browser = browser

    def __call__(self, grid: InstanceGrid, message: Mapping[str, Any]) -> None:
        """Do what a message asks for."""
        browser = self._browser
        match message:
            case {"type": "select", "ids": list(ids), "only": bool(only), "on": bool(on), "seq": int(seq)}:
                grid.seq = seq
                self._select([id for id in ids if isinstance(id, str)], only, on)
            case {"type": "all", "group": str(key), "seq": int(seq)}:
                grid.seq = seq
                browser.work.set(lambda: self._select_all(key))
            case {"type": "pictures", "ids": list(ids)}:
                wanted = [id for id in ids if isinstance(id, str)][:_MOST_PICTURES]
                browser.pictures_wanted.set((weakref.ref(grid), wanted))
            case {"type": "more" | "fewer" as way, "group": str(key)}:
                browser.show_more(key) if way == "more" else browser.show_fewer(key)
            case {"type": "classes"}:
                browser.show_more_classes()
            case {"type": "relabel", "label": str(label)}:
                browser.work.set(lambda: browser.relabel(label))
            case {"type": "rename", "group": str(key), "label": str(label)}:
                browser.work.set(lambda: self._rename(key, label))
            case {"type": "delete"}:
                browser.work.set(browser.delete)
            case {"type": "read"}:
                browser.notice.set(Notice())

    def _select(self, ids: list[str], only: bool, on: bool) -> None:
        before = () if only else self._browser.selected.value
        if on:
            self._browser.select((*before, *ids))
        else:
            away = set(ids)
            self._browser.select(id for id in before if id not in away)

    def _select_all(self, key: str) -> None:
        browser = self._browser
        query = browser.listing.value.query(key)
        if query is not None:
            ids = [instance["id"] for instance in browser.dataset.iterate(query, [], 1000)]
            browser.session.on_page(lambda: browser.select((*browser.selected.value, *ids)))

    def _rename(self, key: str, label: str) -> None:
        for group in self._browser.listing.value.groups:
            if group.key == key:
                self._browser.rename(group.label, label)
