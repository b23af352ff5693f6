"""A model in a store: a document in the collection ``models``, its versions, and files as assets."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from imlkit.errors import ModelFileError, NotFoundError
from imlkit.store import Document, Store
from imlkit.streams import Chain
from imlkit.trainings import Trainings

from .kept_versions import KeptVersions
from .model_card import VERSION, ModelCard
from .training_mark import TrainingMark

__all__ = ["Kept", "StoredModel"]

COLLECTION = "models"
MEDIA_TYPE = "application/vnd.safetensors"

_shared: WeakKeyDictionary[Store, dict[str, Trainings]] = WeakKeyDictionary()
_sharing = threading.Lock()

READING_TRIES = 5
"""While a model is read, another process may replace it, and the file of before is gone."""


class Kept(NamedTuple):
    """Which file a model is kept in, and which version that is."""

    asset: str
    version: int | None


class StoredModel:
    """The place of a model in a store.

    Args:
        store: the store.
        name: any text. Who uses the same name in the same store shares the model.

    Attributes:
        mark: tells whether a training of it was cut short.
        versions: those that are kept.
    """

    def __init__(self, store: Store, name: str) -> None:
        self.name = name
        self.id = "model-" + hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:32]
        self._store = store
        self._models = store.collection(COLLECTION)
        self.mark = TrainingMark(store, self.id)
        self.versions = KeptVersions(store, self.id)

    def trainings(self, own: Trainings) -> Trainings:
        """Return the trainings that all pages of this process share, ``own`` if there are none yet."""
        with _sharing:
            return _shared.setdefault(self._store, {}).setdefault(self.id, own)

    @property
    def changes(self) -> Chain[Any]:
        """Every change that may concern this model."""
        return self._models.changes.filter(lambda change: not change.ids or self.id in change.ids)

    @property
    def kept(self) -> Kept | None:
        """What holds the model now, or None where nothing is kept."""
        document = self._document()
        return None if document is None else _kept(document)

    def read(self, version: int | None = None) -> tuple[Kept, bytes]:
        """Return what holds the model now, and the content of its file.

        Args:
            version: which one to read instead of the one in use.

        Raises:
            NotFoundError: nothing is kept under the name.
            ModelFileError: what is kept has lost its file, or was written by a newer imlkit.
        """
        seen = None
        for _ in range(READING_TRIES):
            document = self._document() if version is None else self._version(version)
            if document is None:
                raise NotFoundError(
                    f"There is no model “{self.name}” in the store: save one under that name first."
                )
            self._demand_known_version(document)
            kept = _kept(document)
            try:
                return kept, self.content(kept.asset)
            except NotFoundError:
                if kept == seen:
                    break
                seen = kept
        raise ModelFileError(f"The file of the model “{self.name}” is missing in the store: train anew.")

    def content(self, asset: str) -> bytes:
        """Return the content of a model's file. Raises NotFoundError."""
        with self._store.assets.open(asset) as file:
            content: bytes = file.read()
        return content

    def write(self, content: bytes, card: ModelCard, note: str = "") -> Kept:
        """Keep a model's file as the newest version, which is the one in use from here on.

        A crash at any moment leaves the former version in use, or the new one.

        Args:
            content: of the file.
            card: what is known of the model.
            note: what is said of this version.

        Raises:
            ModelFileError: another kind of model has the name, or one of a newer imlkit.
        """
        before = self._document()
        if before is not None:
            self._demand_known_version(before)
            if before.get("kind") != card.kind:
                raise ModelFileError(
                    f"The store has a {before.get('kind')!s:.60} named “{self.name}” already: "
                    f"choose another name for this {card.kind}, or remove the other one first."
                )
            if "number" not in before:
                # Kept by an imlkit that knew no versions.
                self.versions.add({name: value for name, value in before.items() if name != "id"})
        asset = self._store.assets.put(content, MEDIA_TYPE).id
        about = {"name": self.name, "asset": asset, **json.loads(card.to_json())}
        # The curves are in the file; what lists models needs their last values only.
        about["metrics"] = {name: values[-1] for name, values in card.metrics.items() if values}
        kept = self._use(self.versions.add(about, note))
        if kept.version is not None:
            self.versions.trim(kept.version)
        return kept

    def use(self, number: int) -> None:
        """Make a kept version the one in use, for everybody who follows the name.

        Raises:
            NotFoundError: that version is gone.
        """
        self._use(self.versions.about(number))

    def remove(self) -> None:
        """Remove the model from the store, if it is there, with all versions that have no note."""
        document = self._document()
        if document is not None:
            self._models.remove([self.id])
            self.versions.clear()
            self.versions.forget_file(_kept(document).asset)

    def _use(self, about: Document) -> Kept:
        self._models.put({"id": self.id, **about})
        return _kept(about)

    def _document(self) -> Document | None:
        try:
            return self._models.get(self.id)
        except NotFoundError:
            return None

    def _version(self, number: int) -> Document:
        try:
            return self.versions.about(number)
        except NotFoundError:
            raise NotFoundError(
                f"There is no version {number} of the model “{self.name}” in the store: choose another one."
            ) from None

    def _demand_known_version(self, document: Document) -> None:
        version = document.get("version")
        if isinstance(version, int) and version > VERSION:
            raise ModelFileError(
                f"The model “{self.name}” in the store was saved by a newer imlkit "
                f"({document.get('imlkit')!s:.40}): update imlkit, or use another name."
            )


def _kept(document: Document) -> Kept:
    number = document.get("number")
    return Kept(str(document.get("asset", "")), number if isinstance(number, int) else None)
