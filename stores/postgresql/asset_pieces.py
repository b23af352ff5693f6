"""Assets in a PostgreSQL database, in pieces: none is ever in memory whole."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection, TextClause, text

from imlkit.errors import NotFoundError, StoreUnavailableError
from imlkit.store import Asset, Assets

from ..arguments import asset_type
from .database import Database
from .tables import SCHEMA

__all__ = ["AssetPieces"]

_PIECE: Final = 1 << 20
_PAGE: Final = 1_000
_ADD: Final = text(f"INSERT INTO {SCHEMA}.pieces VALUES (:upload, :number, :content, now())")
_DROP: Final = text(f"DELETE FROM {SCHEMA}.pieces WHERE upload = :upload")
_KEEP: Final = text(
    f"INSERT INTO {SCHEMA}.assets VALUES (:id, :media_type, :size, :upload) ON CONFLICT DO NOTHING"
)
_INFO: Final = text(f"SELECT id, media_type, size, upload FROM {SCHEMA}.assets WHERE id = :id")
_PIECES: Final = text(f"SELECT content FROM {SCHEMA}.pieces WHERE upload = :upload AND number = :number")
_COUNT: Final = text(f"SELECT count(*) FROM {SCHEMA}.pieces WHERE upload = :upload")
_REMOVE: Final = text(f"DELETE FROM {SCHEMA}.assets WHERE id = :id RETURNING upload")
_LIST: Final = text(
    f"SELECT id, media_type, size FROM {SCHEMA}.assets WHERE id > :after ORDER BY id LIMIT {_PAGE}"
)
_ABANDONED: Final = text(
    f"DELETE FROM {SCHEMA}.pieces AS old WHERE added < now() - interval '1 day' "
    f"AND NOT EXISTS (SELECT FROM {SCHEMA}.assets WHERE upload = old.upload)"
)


class AssetPieces(Assets):
    """Assets as rows of at most a mebibyte.

    Args:
        database: the database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # Uploads that were broken off a day ago or more.
        self._run(_ABANDONED)

    def put(self, content: bytes | BinaryIO, media_type: str = "application/octet-stream") -> Asset:
        self._database.check_open()
        media_type = asset_type(media_type)
        source = io.BytesIO(content) if isinstance(content, (bytes, bytearray, memoryview)) else content
        upload = uuid.uuid4().hex
        digest, size, number = hashlib.sha256(), 0, 0
        try:
            while piece := source.read(_PIECE):
                self._run(_ADD, upload=upload, number=number, content=piece)
                digest.update(piece)
                size += len(piece)
                number += 1
        except BaseException:
            self._run(_DROP, upload=upload)
            raise
        made = Asset(digest.hexdigest(), media_type, size)

        def keep(connection: Connection) -> Asset:
            connection.execute(
                _KEEP, {"id": made.id, "media_type": media_type, "size": size, "upload": upload}
            )
            row = connection.execute(_INFO, {"id": made.id}).one()
            if row.upload != upload:
                connection.execute(_DROP, {"upload": upload})
            elif connection.execute(_COUNT, {"upload": upload}).scalar_one() != number:
                raise StoreUnavailableError(
                    "pieces of the asset were taken for those of one that was broken off long ago, as "
                    "happens when the database's clock is set: send it again"
                )
            return Asset(row.id, row.media_type, row.size)

        return self._database.write(keep)

    def open(self, id: str) -> BinaryIO:
        row = self._row(id)
        return io.BufferedReader(_Reading(self._database, row.upload, row.size), _PIECE)

    def info(self, id: str) -> Asset:
        row = self._row(id)
        return Asset(row.id, row.media_type, row.size)

    def remove(self, id: str) -> None:
        self._row(id)

        def work(connection: Connection) -> None:
            for upload in connection.execute(_REMOVE, {"id": id}).scalars().all():
                connection.execute(_DROP, {"upload": upload})

        self._database.write(work)

    def _run(self, statement: TextClause, **values: Any) -> None:
        def work(connection: Connection) -> None:
            connection.execute(statement, values)

        self._database.write(work)

    def __iter__(self) -> Iterator[Asset]:
        self._database.check_open()
        return self._listed()

    def _listed(self) -> Iterator[Asset]:
        after = ""
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(_LIST, {"after": after}).all()
            if not rows:
                return
            for row in rows:
                yield Asset(row.id, row.media_type, row.size)
            after = rows[-1].id

    def _row(self, id: str) -> Any:
        found = None
        if isinstance(id, str) and "\x00" not in id:
            with self._database.reading() as connection:
                found = connection.execute(_INFO, {"id": id}).one_or_none()
        self._database.check_open()
        if found is None:
            raise NotFoundError(f"the store has no asset {id!r:.100}: it may have been removed")
        return found


class _Reading(io.RawIOBase):
    """An asset's bytes, a piece at a time."""

    def __init__(self, database: Database, upload: str, size: int) -> None:
        super().__init__()
        self._database = database
        self._upload = upload
        self._size = size
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        number, within = divmod(self._at, _PIECE)
        if self._held[0] != number:
            self._held = (number, self._piece(number))
        part = self._held[1][within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _piece(self, number: int) -> bytes:
        with self._database.reading() as connection:
            content = connection.execute(_PIECES, {"upload": self._upload, "number": number}).scalar()
        if content is None:
            raise NotFoundError("the asset was removed while it was read")
        return bytes(content)
