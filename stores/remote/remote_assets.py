"""Assets of a store elsewhere, sent and fetched in pieces."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from imlkit.errors import DataError, NotFoundError, StoreUnavailableError
from imlkit.store import Asset, Assets

from ..arguments import asset_type
from .connection import Connection

__all__ = ["RemoteAssets"]

_PIECE: Final = 1 << 20
_SENT: Final = 8 << 20
"""Bytes that are sent at once: what is lost with a connection at most."""
_SPOOLED: Final = 16 << 20
_TRIES: Final = 5


class RemoteAssets(Assets):
    """Assets on a server.

    Args:
        connection: the way to the server.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, content: bytes | BinaryIO, media_type: str = "application/octet-stream") -> Asset:
        self._connection.check_open()
        media_type = asset_type(media_type)
        source = io.BytesIO(content) if isinstance(content, (bytes, bytearray, memoryview)) else content
        with tempfile.SpooledTemporaryFile(_SPOOLED) as spooled:
            digest, size = hashlib.sha256(), 0
            while piece := source.read(_PIECE):
                spooled.write(piece)
                digest.update(piece)
                size += len(piece)
            id = digest.hexdigest()
            try:
                # What is there already need not be sent.
                return self.info(id)
            except NotFoundError:
                self._upload(id, spooled, size)
            said = {"media_type": media_type, "size": size}
            answer = self._connection.send("POST", f"/v1/uploads/{id}/finish", json=said)
        return _asset(answer.json())

    def _upload(self, id: str, file: Any, size: int) -> None:
        tries = _TRIES
        at = self._come(id)
        while at < size or not size:
            file.seek(at)
            piece = file.read(min(_SENT, size - at))
            try:
                answer = self._connection.send(
                    "PUT", f"/v1/uploads/{id}", params={"offset": at}, data=piece or b""
                )
                come = int(answer.json()["offset"])
            except (DataError, StoreUnavailableError):
                # Some of it may have come before the connection was lost: go on from there.
                tries -= 1
                if not tries:
                    raise
                come = self._come(id)
            if not size or (come <= at and self._is_there(id)):
                # Another who sent the same was sooner.
                return
            at = come

    def _come(self, id: str) -> int:
        return int(self._connection.send("GET", f"/v1/uploads/{id}").json()["offset"])

    def _is_there(self, id: str) -> bool:
        try:
            self.info(id)
        except NotFoundError:
            return False
        return True

    def open(self, id: str) -> BinaryIO:
        asset = self.info(id)
        return io.BufferedReader(_Reading(self._connection, asset), _PIECE)

    def info(self, id: str) -> Asset:
        self._connection.check_open()
        if not _is_hash(id):
            raise NotFoundError(f"the store has no asset {id!r:.100}: it may have been removed")
        return _asset(self._connection.send("GET", f"/v1/assets/{id}/info").json())

    def remove(self, id: str) -> None:
        self.info(id)
        self._connection.send("DELETE", f"/v1/assets/{id}")

    def __iter__(self) -> Iterator[Asset]:
        self._connection.check_open()
        return self._listed()

    def _listed(self) -> Iterator[Asset]:
        after = ""
        while True:
            page = self._connection.send("GET", "/v1/assets", params={"after": after}).json()["assets"]
            if not page:
                return
            yield from map(_asset, page)
            after = page[-1]["id"]


class _Reading(io.RawIOBase):
    """An asset's bytes, fetched as they are read, and again from where a connection was lost."""

    def __init__(self, connection: Connection, asset: Asset) -> None:
        super().__init__()
        self._connection = connection
        self._asset = asset
        self._at = 0
        self._answer: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._asset.size}[whence]
        at = max(0, start + offset)
        if at != self._at:
            self._drop()
            self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._asset.size:
            return 0
        for left in reversed(range(_TRIES)):
            try:
                piece = self._raw().read(len(buffer))
                if piece:
                    break
                raise OSError("the connection was lost")
            except Exception as error:
                self._drop()
                if not left:
                    raise StoreUnavailableError(
                        f"the asset {self._asset.id[:12]}… could not be read on ({error}): try again"
                    ) from error
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _raw(self) -> Any:
        if self._answer is None:
            self._answer = self._connection.send(
                "GET",
                f"/v1/assets/{self._asset.id}",
                headers={"Range": f"bytes={self._at}-", "Accept-Encoding": "identity"},
                stream=True,
            )
        return self._answer.raw

    def _drop(self) -> None:
        if self._answer is not None:
            self._answer.close()
            self._answer = None

    def close(self) -> None:
        self._drop()
        super().close()


def _asset(said: Any) -> Asset:
    return Asset(said["id"], said["media_type"], said["size"])


def _is_hash(id: Any) -> bool:
    return isinstance(id, str) and len(id) == 64 and set(id) <= set("0123456789abcdef")
