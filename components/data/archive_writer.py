"""A dataset written to a zip file, however large it is."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from imlkit.attachments import Attachment, written
from imlkit.documents import encode, json_text, stored_text
from imlkit.errors import StoreFullError, StoreUnavailableError
from imlkit.store import Document

from .archive import FIELDS, MANIFEST, TABLE, VERSION, Progress
from .class_folders import ClassFolders
from .instance_set import InstanceSet

__all__ = ["write_archive"]

_BATCH = 50


def write_archive(
    instances: InstanceSet,
    file: str | PathLike[str] | BinaryIO,
    progress: Callable[[Progress], None] | None = None,
) -> None:
    """Write instances to a zip file (see :mod:`.archive`), holding one batch in memory.

    Args:
        instances: what to write, all of it.
        file: a path, which is there only once it is complete, or an open binary file.
        progress: called after each instance; what it raises ends the work.

    Raises:
        StoreFullError: no space is left for the file.
        StoreUnavailableError: the file cannot be written.
    """
    if not isinstance(file, (str, PathLike)):
        _write(instances, file, progress)
        return
    path = Path(file)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:40]}.", delete=False) as part:
            try:
                _write(instances, part.file, progress)
                part.close()
                os.replace(part.name, path)
            except BaseException:
                os.unlink(part.name)
                raise
    except OSError as error:
        kind = StoreFullError if error.errno == 28 else StoreUnavailableError
        raise kind(f"The download cannot be written to {path}: {error.strerror or error}.") from error


def _write(instances: InstanceSet, file: BinaryIO | Any, progress: Callable[[Progress], None] | None) -> None:
    total = instances.count()
    folders = ClassFolders(FIELDS, MANIFEST, TABLE)
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive,
        tempfile.TemporaryFile() as table,
    ):
        number = 0
        for number, instance in enumerate(instances.iterate(batch=_BATCH), 1):
            table.write(Row(archive, folders, number).write(instance).encode())
            if progress is not None:
                progress(Progress("Writing", number, max(total, number)))
        table.seek(0)
        with archive.open(_entry(TABLE, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as entry:
            shutil.copyfileobj(table, entry, 1 << 20)
        manifest = {
            "format": "imlkit dataset",
            "version": VERSION,
            "name": instances.name,
            "instances": number,
            "folders": {folder: _readable(label) for folder, label in folders.labels.items()},
        }
        archive.writestr(_entry(MANIFEST, zipfile.ZIP_DEFLATED), json.dumps(manifest, indent=1))


class Row:
    """One instance on its way into an archive."""

    def __init__(self, archive: zipfile.ZipFile, folders: ClassFolders, number: int) -> None:
        self._archive = archive
        self._folders = folders
        self._number = f"{number:06d}"

    def write(self, instance: Document) -> str:
        """Put the instance's images and arrays into the archive; return its line of the table."""
        shown = next((field for field in ("thumbnail", "x") if _is_image(instance.get(field))), None)
        rest = {field: value for field, value in instance.items() if field != shown}
        row = encode(rest)
        for name, attachment in row.attachments.items():
            self._put(f"{FIELDS}/{name}", attachment)
        line = {"id": stored_text(row.id), **row.fields}
        if shown is not None:
            picture = encode({"id": row.id, shown: instance[shown]})
            place = f"{self._folders.folder(instance.get('y'))}/{self._number}.png"
            self._put(place, *picture.attachments.values())
            line[shown] = {"$image": place}
        return json_text(line) + "\n"

    def _put(self, place: str, attachment: Attachment) -> None:
        # Names under FIELDS are made of the content: the same twice is kept once.
        if place not in self._archive.NameToInfo:
            self._archive.writestr(_entry(place), attachment.content)


def _is_image(value: Any) -> bool:
    attachment = isinstance(value, np.ndarray) and value.dtype == np.uint8 and written(value, "")
    return isinstance(attachment, Attachment) and attachment.kind == "image"


def _readable(label: Any) -> Any:
    return label if isinstance(label, (str, int, float, bool)) or label is None else repr(label)


def _entry(name: str, compression: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, time.localtime()[:6])
    info.external_attr = 0o644 << 16
    # PNG is compressed already and features hardly shrink: storing them is many times faster.
    info.compress_type = compression
    return info
