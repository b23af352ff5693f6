"""A model kept in a store: a document in the collection ``models``, and the file as an asset."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from typing import Any
from weakref import WeakKeyDictionary

from imlkit.errors import ModelFileError, NotFoundError
from imlkit.store import Document, Store
from imlkit.streams import Chain
from imlkit.trainings import Trainings

from .model_card import VERSION, ModelCard
from .training_mark import TrainingMark

__all__ = ["StoredModel"]

COLLECTION = "models"
MEDIA_TYPE = "application/vnd.safetensors"

_shared: WeakKeyDictionary[Store, dict[str, Trainings]] = WeakKeyDictionary()
_sharing = threading.Lock()

READING_TRIES = 5
"""While a model is read, another process may replace it, and the file of before is gone."""


class StoredModel:
    """The place of a model in a store.

    Args:
        store: the store.
        name: any text. Who uses the same name in the same store shares the model.

    Attributes:
        mark: tells whether a training of it was cut short.
    """

    def __init__(self, store: Store, name: str) -> None:
        self.name = name
        self.id = "model-" + hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:32]
        self._store = store
        self._models = store.collection(COLLECTION)
        self.mark = TrainingMark(store, self.id)

    def trainings(self, own: Trainings) -> Trainings:
        """Return the trainings that all pages of this process share, ``own`` if there are none yet."""
        with _sharing:
            return _shared.setdefault(self._store, {}).setdefault(self.id, own)

    @property
    def changes(self) -> Chain[Any]:
        """Every change that may concern this model."""
        return self._models.changes.filter(lambda change: not change.ids or self.id in change.ids)

    @property
    def asset(self) -> str | None:
        """The asset that holds the model now, or None where nothing is kept."""
        document = self._document()
        return None if document is None else self._asset(document)

    def read(self) -> tuple[str, bytes]:
        """Return the asset and the content of the model's file.

        Raises:
            NotFoundError: nothing is kept under the name.
            ModelFileError: what is kept has lost its file, or was written by a newer imlkit.
        """
        seen = None
        for _ in range(READING_TRIES):
            document = self._document()
            if document is None:
                raise NotFoundError(
                    f"There is no model “{self.name}” in the store: save one under that name first."
                )
            self._demand_known_version(document)
            asset = self._asset(document)
            try:
                with self._store.assets.open(asset) as file:
                    return asset, file.read()
            except NotFoundError:
                if asset == seen:
                    break
                seen = asset
        raise ModelFileError(f"The file of the model “{self.name}” is missing in the store: train anew.")

    def write(self, content: bytes, card: ModelCard) -> str:
        """Keep a model's file, replacing what was there, and return its asset.

        A crash at any moment leaves the former model or the new one.

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
        asset = self._store.assets.put(content, MEDIA_TYPE).id
        about = {"name": self.name, "asset": asset, **json.loads(card.to_json())}
        # The curves are in the file; what lists models needs their last values only.
        about["metrics"] = {name: values[-1] for name, values in card.metrics.items() if values}
        self._models.put({"id": self.id, **about})
        if before is not None:
            self._forget(self._asset(before), asset)
        return asset

    def remove(self) -> None:
        """Remove the model from the store, if it is there."""
        document = self._document()
        if document is not None:
            self._models.remove([self.id])
            self._forget(self._asset(document), None)

    def _document(self) -> Document | None:
        try:
            return self._models.get(self.id)
        except NotFoundError:
            return None

    def _forget(self, asset: str, but: str | None) -> None:
        # Equal files are one asset: another name may still use it.
        if asset != but and not self._models.count({"asset": asset}):
            with contextlib.suppress(NotFoundError):
                self._store.assets.remove(asset)

    def _asset(self, document: Document) -> str:
        return str(document.get("asset", ""))

    def _demand_known_version(self, document: Document) -> None:
        version = document.get("version")
        if isinstance(version, int) and version > VERSION:
            raise ModelFileError(
                f"The model “{self.name}” in the store was saved by a newer imlkit "
                f"({document.get('imlkit')!s:.40}): update imlkit, or use another name."
            )
