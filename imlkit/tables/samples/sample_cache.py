"""Previews of files, kept on disk so that they are made once."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
import time
from pathlib import Path

import filelock

from imlkit.user_folders import cache_folder

from .sample_type import Sample

__all__ = ["SampleCache"]

MOST_BYTES = 512 * 1024 * 1024
"""The most that is kept."""
KEPT = 0.8
"""What is left of the most when older previews are removed."""
BETWEEN = 2_000
"""After how many previews a process looks whether too much is kept."""
DAY = 86_400.0


class SampleCache:
    """Previews by what they are of. Several threads and processes may use one folder at once.

    A preview belongs to a file as it was: its path, size and time of change. What cannot be kept,
    on a full or read-only disk, is made again each time.

    Args:
        folder: where; left out, ``previews`` in :func:`imlkit.user_folders.cache_folder`.
        most: the most bytes to keep; the previews used longest ago go first.
    """

    def __init__(self, folder: Path | None = None, most: int = MOST_BYTES) -> None:
        self.folder = folder if folder is not None else cache_folder() / "previews"
        self._most = most
        self._added = 0
        self._lock = threading.Lock()

    def key(self, path: Path, *of: object) -> str:
        """Return the name of a preview of a file.

        Args:
            path: the file.
            of: whatever else the preview depends on.

        Raises:
            OSError: the file is not there.
        """
        state = path.stat()
        identity = [str(path.absolute()), state.st_size, state.st_mtime_ns, *map(str, of)]
        return hashlib.sha256(json.dumps(identity).encode("utf-8", "surrogatepass")).hexdigest()

    def get(self, key: str) -> Sample | None:
        """Return a preview, or None where there is none."""
        path = self._path(key)
        try:
            head, _, data = path.read_bytes().partition(b"\n")
            kept = json.loads(head)
            sample = Sample(kept["media_type"], data if kept["bytes"] is not None else None, kept["text"])
            if kept["bytes"] is not None and len(data) != kept["bytes"]:
                return None
            self._used(path)
            return sample
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, sample: Sample) -> None:
        """Keep a preview."""
        size = None if sample.data is None else len(sample.data)
        head = json.dumps({"media_type": sample.media_type, "bytes": size, "text": sample.text})
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(head.encode("utf-8", "replace") + b"\n" + (sample.data or b""))
                os.replace(name, path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError:
            return
        with self._lock:
            self._added += 1
            due = self._added % BETWEEN == 0
        if due:
            self.trim()

    def trim(self) -> None:
        """Remove the previews used longest ago, if there are too many; leave it to another at work on it."""
        try:
            with filelock.FileLock(self.folder / "trim.lock", timeout=0):
                self._trim()
        except (OSError, filelock.Timeout):
            return

    def _trim(self) -> None:
        found = []
        for folder in os.scandir(self.folder):
            if folder.is_dir(follow_symlinks=False):
                for entry in os.scandir(folder):
                    try:
                        state = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    found.append((state.st_mtime, state.st_size, entry.path))
        held = sum(size for _, size, _ in found)
        if held <= self._most:
            return
        for _, size, path in sorted(found):
            Path(path).unlink(missing_ok=True)
            held -= size
            if held <= KEPT * self._most:
                return

    def _used(self, path: Path) -> None:
        if time.time() - path.stat().st_mtime > DAY:
            os.utime(path)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key
