"""The settings page: what the app keeps, and where."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from ..component import Component
from ..dataset import StoredDataset
from ..download import download_button
from ..follow import follow
from ..model import Model, TrainingStatus
from ..plain_text import PlainText
from ..question import Question
from ..session import Session
from ..store import Store
from .page import card, column

__all__ = ["Settings"]


class Settings:
    """Lists the stores, datasets and models of a session; downloads them, clears them after asking."""

    slug = "settings"

    def __init__(self, session: Session) -> None:
        self.session = session
        self._built: Viewable | None = None
        self._left_out: list[Component] = []

    def leave_out(self, *components: Component) -> None:
        """Show nothing of these datasets and models, where people are not to clear or download them."""
        self._left_out += components

    def view(self) -> Viewable:
        """Return the page's content, built at the first call."""
        if self._built is None:
            self._built = self._build()
        return self._built

    @property
    def datasets(self) -> list[StoredDataset]:
        """The session's datasets, each of one name in one store once."""
        unique = {
            (id(component.store), component.name): component
            for component in self.session.components
            if isinstance(component, StoredDataset) and component not in self._left_out
        }
        return list(unique.values())

    @property
    def models(self) -> list[Model]:
        """The session's models."""
        return [
            component
            for component in self.session.components
            if isinstance(component, Model) and component not in self._left_out
        ]

    @property
    def stores(self) -> list[Store]:
        """The stores that the session's components use."""
        stores = {
            id(store): store
            for component in self.session.components
            if isinstance(store := getattr(component, "store", None), Store)
        }
        return list(stores.values())

    def _build(self) -> Viewable:
        return column(
            [
                _section("Datasets", [self._dataset(d) for d in self.datasets], "This app keeps no dataset."),
                _section("Models", [self._model(m) for m in self.models], "This app has no model."),
                _section("Stores", [_store(s) for s in self.stores], "This app keeps nothing in a store."),
            ]
        )

    def _dataset(self, dataset: StoredDataset) -> Viewable:
        text = PlainText("", margin=0)

        def show(view: Any, counts: dict[Any, int]) -> None:
            classes = ", ".join(f"{_short(label)} {count:,}" for label, count in list(counts.items())[:8])
            more = f" and {len(counts) - 8:,} more" if len(counts) > 8 else ""
            total = dataset.count()
            view.object = f"{total:,} instances" + (f": {classes}{more}" if classes else "")

        follow(self.session, dataset.counts, text, show)
        name = _file_name(dataset.name)
        return _entry(
            dataset.name,
            text,
            download_button("Download", f"{name}.zip", dataset.download, self.session, about=dataset.name),
            self._clear_button(
                dataset.name,
                f"Every instance of “{_short(dataset.name)}” will be removed, for everyone who uses "
                "this store. This cannot be undone: download it first if you may need it.",
                dataset.clear,
            ),
        )

    def _model(self, model: Model) -> Viewable:
        text = PlainText("", margin=0)
        follow(self.session, model.training, text, lambda view, status: _say(view, model, status))
        title = model.title or type(model).__name__

        def write(file: Path, progress: Callable[[Any], None] | None = None) -> None:
            model.download(file)

        download = download_button(
            "Download", f"{_file_name(title)}.safetensors", write, self.session, about=title
        )
        clear = self._clear_button(
            title,
            f"“{_short(title)}” will forget what it has learnt"
            + (
                ", for everyone who uses it. Versions with a note stay, to go back to."
                if model.shared
                else "."
            )
            + " It can be trained again from its data.",
            model.clear,
        )
        entry = _entry(title, text, download, clear)
        buttons = entry[-1]
        follow(self.session, model.training, buttons, lambda view, _: setattr(view, "visible", model.trained))
        return entry

    def _clear_button(self, name: str, text: str, clear: Callable[[], Any]) -> pmui.Button:
        answers = {"Keep it": lambda: None, "Clear it": clear}
        question = Question(f"Clear {_short(name)}?", text, answers, destructive=True)
        return pmui.Button(
            label="Clear…",
            description=f"Clear {_short(name)}",
            variant="outlined",
            color="error",
            margin=0,
            sx={"textTransform": "none"},
            on_click=lambda _: self.session.ask(question),
        )


def _say(view: Any, model: Model, status: TrainingStatus) -> None:
    if status.running:
        view.object = f"Training, epoch {status.epoch} of {status.epochs}"
    else:
        known = status.message if status.state == "success" and status.message else "Trained"
        view.object = known if model.trained else "Not trained yet: there is nothing to download or clear."


def _section(title: str, entries: list[Viewable], empty: str) -> Viewable:
    return card(column(entries or [PlainText(empty, margin=0)]), title)


def _entry(name: str, text: Viewable, *buttons: Viewable) -> pmui.Column:
    heading = PlainText(
        _short(name), variant="h3", margin=0, sx={"fontSize": "1rem", "overflowWrap": "anywhere"}
    )
    return pmui.Column(
        heading,
        text,
        pmui.FlexBox(*buttons, gap="8px", margin=(4, 0, 0, 0)),
        margin=0,
        sizing_mode="stretch_width",
        sx={"gap": "4px"},
    )


def _store(store: Store) -> Viewable:
    kept = store.collections()
    collections = "1 collection" if len(kept) == 1 else f"{len(kept):,} collections"
    text = PlainText(f"{type(store).__name__}, {collections}", margin=0)
    return _entry(store.location, text)


def _short(name: Any, length: int = 60) -> str:
    text = str(name)
    return text if len(text) <= length else text[: length - 1] + "…"


def _file_name(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name).strip("-")[:60] or "download"
