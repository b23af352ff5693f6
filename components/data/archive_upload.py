"""The browser's part of an upload: a zip file sent in pieces, into a file on disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, cast

import param
from panel.custom import JSComponent

from imlkit.errors import ArchiveError, StoreFullError

from .archive import Progress
from .archive_safety import LIMITS

__all__ = ["ArchiveUpload"]

_PIECE = 1 << 20


class ArchiveUpload(JSComponent):
    """A button on a page with which a person chooses a zip file, and cancels what becomes of it.

    However large the file is, the server's memory holds one piece of it.

    Args:
        uploaded: called with the whole file, open for reading.
        failed: called with what went wrong.
        cancelled: called when the person cancels.
        label: what the button says.
    """

    label = param.String(default="Upload")
    progress = param.Dict(default={"task": "", "done": 0, "total": 0})

    _esm: ClassVar[Path] = Path(__file__).with_name("archive_upload.js")
    _stylesheets: ClassVar[list[str]] = [Path(__file__).with_name("data_views.css").read_text("utf-8")]

    def __init__(
        self,
        uploaded: Callable[[BinaryIO], Any],
        failed: Callable[[Exception], Any],
        cancelled: Callable[[], Any],
        label: str = "Upload",
    ) -> None:
        super().__init__(margin=0, label=label)  # type: ignore[no-untyped-call]
        self._uploaded = uploaded
        self._failed = failed
        self._cancelled = cancelled
        self._file: BinaryIO | None = None
        self._size = 0

    def show_progress(self, progress: Progress | None) -> None:
        """Show how far the work has come; None shows the button."""
        self.progress = {
            "task": progress.task if progress else "",
            "done": progress.done if progress else 0,
            "total": progress.total if progress else 0,
        }

    def _handle_msg(self, message: Any) -> None:
        try:
            match message:
                case {"type": "begin", "size": int(size)}:
                    self._begin(size)
                case {"type": "piece", "offset": int(offset), "content": bytes(content)}:
                    self._write(offset, content)
                case {"type": "cancel"}:
                    self._end()
                    self._cancelled()
                case {"type": "unreadable"}:
                    raise ArchiveError("The browser could not read the file: choose it again.")
        except OSError as error:
            self._end()
            full = StoreFullError(
                "The server has no space left for the file: free some, then upload it again."
            )
            self._failed(full if error.errno == 28 else error)
        except ArchiveError as error:
            self._end()
            self._failed(error)

    def _begin(self, size: int) -> None:
        self._end()
        if size > LIMITS.total:
            raise ArchiveError(
                f"The file has {size / (1 << 30):,.1f} GB, more than the {LIMITS.total >> 30} GB that one "
                "upload may have: divide it into several."
            )
        # It is closed when the upload has been read, or with the page.
        self._file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115
        self._size = size
        self._go_on(0)

    def _write(self, offset: int, content: bytes) -> None:
        file = self._file
        # A piece of an upload that was cancelled meanwhile.
        if file is None or offset != file.tell():
            return
        if len(content) != min(_PIECE, self._size - offset):
            raise ArchiveError("The file changed while it was read: choose it again.")
        file.write(content)
        self._go_on(file.tell())

    def _go_on(self, offset: int) -> None:
        if offset < self._size:
            self.show_progress(Progress("Sending", offset, self._size))
            self._send_msg({"next": offset, "size": _PIECE})
            return
        file, self._file = self._file, None
        assert file is not None
        self._uploaded(file)

    def _end(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()
        self.show_progress(None)
