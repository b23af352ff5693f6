"""The versions of a model that a store keeps."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from imlkit.errors import DuplicateIdError, NotFoundError
from imlkit.store import Document, Store

from .version_record import VersionRecord

__all__ = ["KEPT", "VERSIONS", "KeptVersions"]

VERSIONS: Final = "model_versions"
"""The collection of versions, a document each; the files are assets."""
KEPT: Final = 20
"""How many versions are kept besides those with a note."""
TRIES: Final = 100
COUNT: Final = "last"
"""The field of the document of number 0 that tells the highest number, once versions were forgotten."""
OWN: Final = ("id", "model", "made", "note")
"""What a version's document holds besides what the model's own document holds."""


class KeptVersions:
    """The versions of one model.

    Args:
        store: where they are.
        model: the id of the model's document.
    """

    def __init__(self, store: Store, model: str) -> None:
        self._model = model
        self._store = store
        self._versions = store.collection(VERSIONS)

    @property
    def changes(self) -> Any:
        """Every change of a version, of any model."""
        return self._versions.changes

    def read(self) -> list[VersionRecord]:
        """Return all versions, the newest first."""
        return [VersionRecord.read(document) for document in self._documents()]

    def add(self, about: Mapping[str, Any], note: str = "") -> Document:
        """Keep what a model's document says as its next version; return it with its number.

        Args:
            about: what the model's document is to say: ``asset``, ``kind``, …
            note: what is said of this version.
        """
        parts = {
            **about,
            "model": self._model,
            "made": datetime.now(UTC),
            "note": note,
        }
        number = self._highest() + 1
        for _ in range(TRIES):
            document = {**parts, "number": number, "id": self._id(number)}
            try:
                self._versions.create(document)
            except DuplicateIdError:
                # Somebody else published at the same moment.
                number += 1
            else:
                return {**about, "number": number}
        raise RuntimeError(f"no number was free after {number - TRIES}")

    def about(self, number: int) -> Document:
        """Return what the model's document says while a version is the one in use.

        Raises:
            NotFoundError: it is gone.
        """
        document = self._versions.get(self._id(number))
        return {name: value for name, value in document.items() if name not in OWN}

    def say(self, number: int, note: str) -> None:
        """Say something else of a version. Raises NotFoundError."""
        self._versions.patch(self._id(number), {"note": note})

    def trim(self, current: int) -> None:
        """Forget old versions of which there are too many: never one with a note, nor the one in use."""
        plain = [one for one in self._documents() if not one.get("note") and one["number"] != current]
        for old in plain[KEPT - 1 :]:
            self.remove(old["number"])

    def remove(self, number: int) -> None:
        """Forget a version, if it is there."""
        with contextlib.suppress(NotFoundError):
            document = self._versions.get(self._id(number))
            self._versions.remove([document["id"]])
            self.forget_file(str(document.get("asset", "")))

    def clear(self) -> None:
        """Forget all versions without a note. No number is given again: predictions were kept with them."""
        highest = self._highest()
        if highest:
            counted = {"id": self._id(0), "model": self._model, "number": 0, COUNT: highest}
            self._versions.put(counted)
        for document in self._documents():
            if not document.get("note"):
                self.remove(document["number"])

    def forget_file(self, asset: str) -> None:
        """Remove a model's file that neither a model nor a version uses any more."""
        # Equal files are one asset: another name, or another version, may still use it.
        used = {"asset": asset}
        if asset and not self._versions.count(used) and not self._store.collection("models").count(used):
            with contextlib.suppress(NotFoundError):
                self._store.assets.remove(asset)

    def _highest(self) -> int:
        newest = self._versions.find({"model": self._model}, sort={"number": -1}, limit=1)
        counts = [one.get("number") for one in newest]
        counts += [one.get(COUNT) for one in self._versions.find({"id": self._id(0)})]
        return max([0, *(count for count in counts if isinstance(count, int))])

    def _documents(self) -> list[Document]:
        found = self._versions.find({"model": self._model}, sort={"number": -1})
        return [
            document for document in found if isinstance(number := document.get("number"), int) and number
        ]

    def _id(self, number: int) -> str:
        return f"{self._model}-{number}"
