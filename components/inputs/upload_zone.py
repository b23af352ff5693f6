"""The browser's part of an upload: a place to drop files, and their bytes in small parts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

import param
from panel.custom import JSComponent

from imlkit.images import MAX_FILE_BYTES

if TYPE_CHECKING:
    from .image_upload import UploadProgress

__all__ = ["PART_BYTES", "UploadZone"]

PART_BYTES: Final = 1 << 20
"""How much of a file one message brings: far below what a server takes in one message."""

_MAX_FILES: Final = 100_000
_AHEAD: Final = 2

log = logging.getLogger("imlkit")


class Receive(Protocol):
    def __call__(self, name: str, source: bytes = ..., *, problem: str = ...) -> None: ...


class UploadZone(JSComponent):
    """A field to drop files on, with a button that opens the browser's own choice of files.

    The browser sends the next part when the last was taken, and the next file when all but a few
    were opened: so a thousand photographs never wait in memory.

    Args:
        expect: told how many files a person has chosen.
        receive: given each file, or why it did not come.
        title: how the field is called for those who do not see it.
    """

    title = param.String()
    part = param.Integer(default=PART_BYTES)
    most = param.Integer(default=MAX_FILE_BYTES)

    _esm: ClassVar[Path] = Path(__file__).with_name("upload_zone.js")

    def __init__(self, expect: Callable[[int], None], receive: Receive, title: str) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            title=title or "Images", sizing_mode="stretch_width", margin=(4, 0)
        )
        self._expect = expect
        self._receive = receive
        self._batch = 0
        self._stopped = 0
        self._file: tuple[int, str, int] | None = None
        self._bytes = bytearray()
        self._owed: list[int] = []
        self._promised = 0
        self._shown: UploadProgress | None = None
        self._times_told = 0

    def tell(self, progress: UploadProgress) -> None:
        """Tell the person how far the upload is, and take the next file if few wait."""
        self._shown = progress
        # Messages may overtake each other on their way: the browser shows the one told last.
        self._times_told += 1
        self._send_msg(
            {
                "done": progress.done,
                "total": progress.total,
                "failed": progress.failed,
                "turn": self._times_told,
            }
        )
        if progress.received - progress.done <= _AHEAD and self._owed:
            owed, self._owed = self._owed, []
            for number in owed:
                self._send_msg({"taken": number})

    def stop(self, _count: int) -> None:
        """Make the browser send nothing more of what was chosen until now."""
        self._stopped = self._batch
        self._forget()
        self._send_msg({"stop": self._batch})

    def _handle_msg(self, data: Any) -> None:
        """Take a message of the browser, which may be anything."""
        match data:
            case {"batch": int(batch)} if batch <= self._stopped:
                pass  # it was on its way when the upload was cancelled
            case {"kind": "begin", "batch": int(batch), "count": int(count)} if 0 < count <= _MAX_FILES:
                self._batch = batch
                self._promised += count
                self._expect(count)
            case {"kind": "failed", "name": str(name), "why": str(why)} if self._promised:
                self._promised -= 1
                self._receive(name[:255], problem=_problem(name[:255], why))
            case {
                "kind": "part",
                "file": int(file),
                "name": str(name),
                "size": int(size),
                "offset": int(offset),
                "data": bytes(part),
            } if self._promised and 0 <= size <= MAX_FILE_BYTES:
                self._take((file, name[:255], size), offset, part)
            case {"kind": "ready" | "left"}:
                self._begin_anew()
            case _:
                log.warning("an upload was sent a message that it does not know; it is ignored")

    def _begin_anew(self) -> None:
        left = self._promised
        self._forget()
        self._stopped = self._batch = 0
        if left:
            self._expect(1 - left)
            files = "1 file" if left == 1 else f"{left} files"
            self._receive("", problem=f"{files} did not arrive before the page was left: choose them again")
        elif self._shown is not None:
            self.tell(self._shown)

    def _forget(self) -> None:
        self._promised = 0
        self._file = None
        self._bytes = bytearray()
        self._owed.clear()

    def _take(self, file: tuple[int, str, int], offset: int, part: bytes) -> None:
        if offset == 0:
            self._file = file
            self._bytes = bytearray()
        if file != self._file or offset != len(self._bytes) or offset + len(part) > file[2]:
            log.warning("an upload was sent a part that does not follow the last; it is ignored")
            return
        self._bytes += part
        number, name, size = file
        if len(self._bytes) < size:
            self._send_msg({"taken": number})
            return
        whole, self._bytes, self._file = bytes(self._bytes), bytearray(), None
        self._owed.append(number)
        self._promised -= 1
        self._receive(name, whole)


def _problem(name: str, why: str) -> str:
    if why == "large":
        return (
            f"“{name}” has more than the {MAX_FILE_BYTES // 1_000_000} MB that are opened: "
            "save a smaller version and choose that"
        )
    return (
        f"“{name}” could not be read by the browser: check that the file is still there; "
        "if it is a folder, open it and choose the images inside"
    )
