"""Small pictures of instances, ready to send to a browser."""

from __future__ import annotations

import io
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from PIL import Image

from imlkit.errors import ImageError
from imlkit.images import as_rgb, thumbnail
from imlkit.store import Collection, Document

from .instance_set import InstanceSet

__all__ = ["Thumbnail", "Thumbnails"]

SIDE = 144
_MOST = 4_000
_SMALL = 5_000
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """How an instance looks: a picture, or a few words where it has none.

    Attributes:
        picture: a PNG or JPEG file, whichever is smaller; empty for none.
        text: the label or features in short.
    """

    picture: bytes = b""
    text: str = ""


class Thumbnails:
    """The pictures of one collection's instances, shared by every page that shows them.

    A picture is made once, and again after :meth:`forget`. The least recently used of more than
    4,000 are let go.
    """

    _of_collections: ClassVar[weakref.WeakKeyDictionary[Collection, Thumbnails]] = weakref.WeakKeyDictionary()
    _making = threading.Lock()

    @classmethod
    def of(cls, instances: InstanceSet) -> Thumbnails:
        """Return the pictures of the collection that holds these instances."""
        with cls._making:
            return cls._of_collections.setdefault(instances._collection, cls())

    def __init__(self) -> None:
        self._held: OrderedDict[str, Thumbnail] = OrderedDict()
        self._lock = threading.Lock()
        self._forgotten = 0

    def forget(self, ids: Sequence[str] | None = None) -> None:
        """Let go of the pictures of instances that changed; None lets go of all."""
        with self._lock:
            self._forgotten += 1
            if ids is None:
                self._held.clear()
            for id in ids or ():
                self._held.pop(id, None)

    def get(self, instances: InstanceSet, ids: Iterable[str]) -> dict[str, Thumbnail]:
        """Return the pictures of those instances that exist, making the missing ones."""
        wanted = list(dict.fromkeys(ids))
        with self._lock:
            found = {id: self._held[id] for id in wanted if id in self._held}
            for id in found:
                self._held.move_to_end(id)
            before = self._forgotten
        missing = [id for id in wanted if id not in found]
        made = _made(instances, missing) if missing else {}
        with self._lock:
            # What changed while it was read may be out of date already.
            if before == self._forgotten:
                self._held.update(made)
                while len(self._held) > _MOST:
                    self._held.popitem(last=False)
        return found | made


def _made(instances: InstanceSet, ids: list[str]) -> dict[str, Thumbnail]:
    made = {}
    plain = []
    for instance in instances.find({"id": {"$in": ids}}, select=["thumbnail"]):
        picture = _picture(instance.get("thumbnail"))
        if picture:
            made[instance["id"]] = Thumbnail(picture)
        else:
            plain.append(instance["id"])
    if plain:
        for instance in instances.find({"id": {"$in": plain}}):
            picture = _picture(instance.get("x"))
            made[instance["id"]] = Thumbnail(picture, "" if picture else in_words(instance))
    return made


def _picture(value: Any) -> bytes:
    if not (isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim in (2, 3)):
        return b""
    try:
        image = Image.fromarray(thumbnail(as_rgb(value), SIDE))
    except ImageError:
        return b""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=3)
    # Drawings are small and sharp as PNG; photographs are several times smaller as JPEG.
    if file.tell() > _SMALL:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=85)
    return file.getvalue()


def in_words(instance: Document) -> str:
    """Return what an instance holds in a few words: its features, or else its other fields."""
    if "x" in instance:
        return _short(instance["x"])
    rest = {key: value for key, value in instance.items() if key not in ("id", "y", "thumbnail")}
    if rest:
        return _cut(", ".join(f"{key}: {_short(value)}" for key, value in list(rest.items())[:4]))
    return _short(instance["y"]) if "y" in instance else "empty"


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        if value.size > 6:
            return f"{' × '.join(map(str, value.shape))} {value.dtype}"
        value = value.tolist()
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return _cut(str(value))
    if isinstance(value, (int, float)):
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    if isinstance(value, (list, tuple)):
        return _cut(", ".join(_short(item) for item in value[:6]) + (", …" if len(value) > 6 else ""))
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
