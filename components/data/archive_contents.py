"""The instances that an archive holds: of a download, or of plain folders of images."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, Protocol

from imlkit.attachments import read_attachment
from imlkit.documents import Reference, parse
from imlkit.errors import ArchiveError, DataError, ImageError, StoreUnavailableError
from imlkit.images import open_image, thumbnail
from imlkit.store import Document

from .archive import FIELDS, MANIFEST, TABLE, VERSION, listed, shortened
from .archive_safety import SafeArchive
from .label import labelled

__all__ = ["Contents", "Download", "Folders", "contents"]

THUMBNAIL = 256
_LONGEST_LINE = 64 << 20
_LEFT_BY_SYSTEMS = {"thumbs.db", "desktop.ini"}


class Contents(Protocol):
    """What an archive holds, to walk through once.

    Attributes:
        total: how many instances there may be.
        skipped: the entries left out so far, each with the reason.
    """

    total: int
    skipped: list[tuple[str, str]]

    def __iter__(self) -> Iterator[Document]: ...


def contents(archive: SafeArchive, process: Callable[[Any], Any] | None = None) -> Contents:
    """Return what an archive holds.

    Args:
        archive: the opened archive.
        process: makes the features ``x`` of each image of plain folders; None keeps the image as ``x``.
    """
    return Download(archive) if TABLE in archive.files else Folders(archive, process)


class Download:
    """The instances of an archive that a dataset wrote. What is damaged makes all of it worthless."""

    def __init__(self, archive: SafeArchive) -> None:
        self._archive = archive
        self.skipped: list[tuple[str, str]] = []
        manifest = _manifest(archive)
        if manifest.get("version", 0) > VERSION:
            raise ArchiveError(
                f"The archive was written by a newer imlkit (format {manifest['version']}; this one reads "
                f"up to {VERSION}): update imlkit, then upload it again."
            )
        self.total: int = manifest["instances"]

    def __iter__(self) -> Iterator[Document]:
        count = 0
        ids: set[str] = set()
        with self._archive.stream(TABLE) as table:
            while line := table.readline(_LONGEST_LINE):
                count += 1
                instance = self._instance(line, count)
                if instance["id"] in ids:
                    raise ArchiveError(f"The id {shortened(instance['id'])!r} stands twice in {TABLE}.")
                ids.add(instance["id"])
                yield instance
        if count != self.total:
            raise ArchiveError(
                f"The archive's table holds {count:,} of the {self.total:,} instances that were written: "
                "get the file again."
            )

    def _instance(self, line: bytes, number: int) -> Document:
        try:
            instance = parse(line.decode())
            if not isinstance(instance, dict) or not isinstance(instance.get("id"), str):
                raise ValueError("it is no instance with an id")
            return labelled({field: self._filled(value) for field, value in instance.items()})
        except ArchiveError:
            raise
        except (ValueError, TypeError, AttributeError, RecursionError, StoreUnavailableError) as error:
            raise ArchiveError(
                f"Line {number:,} of {TABLE} in the archive cannot be read ({shortened(str(error), 200)}): "
                "get the file again, or mend that line."
            ) from error

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Reference):
            name = str(value.name)
            content = self._archive.read(name if "/" in name else f"{FIELDS}/{name}")
            if value.kind == "image":
                return open_image(content, name)
            return read_attachment(value.kind, content)
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        return value


def _manifest(archive: SafeArchive) -> dict[str, Any]:
    try:
        manifest = json.loads(archive.read(MANIFEST))
        if isinstance(manifest["version"], int) and isinstance(manifest["instances"], int):
            return dict(manifest)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, DataError) and MANIFEST in archive.files:
            raise
    raise ArchiveError(
        f"The archive has a table, {TABLE}, but no {MANIFEST} that describes it: get the file again, or take "
        f"{TABLE} out to upload the images alone."
    )


class Folders:
    """The images of an archive packed by hand, each labelled with the name of its folder.

    An image's id is made of its label and its content, so that uploading it again adds nothing.
    """

    def __init__(self, archive: SafeArchive, process: Callable[[Any], Any] | None) -> None:
        self._archive = archive
        self._process = process
        self._paths = [path for path in archive.files if not _left_by_system(path)]
        self.total = len(self._paths)
        self.skipped: list[tuple[str, str]] = []

    def __iter__(self) -> Iterator[Document]:
        ids: set[str] = set()
        for path in self._paths:
            try:
                instance = self._instance(path)
            except (ImageError, ArchiveError) as error:
                self.skipped.append((path, _reason(error)))
                continue
            if instance["id"] in ids:
                self.skipped.append((path, "the same image is under this label already"))
                continue
            ids.add(instance["id"])
            yield instance
        if not ids:
            raise ArchiveError(
                "The archive holds no image: pack folders of images, one folder a class, or upload what "
                "Download made." + (f" Left out: {listed(self.skipped)}" if self.skipped else "")
            )

    def _instance(self, path: str) -> Document:
        content = self._archive.read(path)
        image = open_image(content, PurePosixPath(path).name)
        label = PurePosixPath(path).parent.name
        digest = hashlib.sha256(label.encode() + b"\0" + content).hexdigest()
        instance: Document = {"id": digest[:32], "thumbnail": thumbnail(image, THUMBNAIL)}
        if label.strip():
            instance["y"] = label
        instance["x"] = image if self._process is None else self._process(image)
        return instance


def _left_by_system(path: str) -> bool:
    parts = path.split("/")
    return (
        any(part.startswith(".") for part in parts)
        or parts[0] == "__MACOSX"
        or parts[-1].lower() in _LEFT_BY_SYSTEMS
    )


def _reason(error: DataError) -> str:
    return shortened(str(error), 200)
