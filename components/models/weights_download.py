"""Downloads a file whole, checked, and never twice at a time."""

from __future__ import annotations

import errno
import hashlib
import re
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import requests
from filelock import FileLock, Timeout
from urllib3.exceptions import ReadTimeoutError

from imlkit.errors import WeightsError

__all__ = ["download"]

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
"""How long the server may send nothing."""

PIECE = 1 << 16
"""Bytes taken at a time."""

MOST_BYTES = 1 << 30
"""More than any network here has: a server that sends without end must not fill the disk."""

LOOK_SECONDS = 0.1
"""How often to look whether another process has finished."""

Progress = Callable[[int, int], object]


def download(address: str, path: Path, checksum: str, remedy: str, progress: Progress | None = None) -> None:
    """Download a file; it appears under its name only when it is whole.

    What has come of a download that breaks off stays beside it, and the next one goes on from
    there. While another process downloads the same file, this waits for it.

    Args:
        address: where the file is.
        path: where it goes; missing folders are made.
        checksum: the first digits of its SHA-256 in hexadecimal; empty checks nothing.
        remedy: what a person can do when the file cannot be had, as sentences.
        progress: told the bytes done and those in all, 0 while unknown; what it raises ends the
            download.

    Raises:
        WeightsError: the file cannot be had, or the folder not written.
    """
    tell = progress or (lambda done, total: None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(path.name + ".lock"))
        _acquire(lock, tell)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        if not _whole(path, checksum):
            _fetch(address, path, checksum, remedy, tell)
    finally:
        lock.release()


def _acquire(lock: FileLock, tell: Progress) -> None:
    while True:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            tell(0, 0)
            time.sleep(LOOK_SECONDS)
        else:
            return


def _fetch(address: str, path: Path, checksum: str, remedy: str, tell: Progress) -> None:
    part = path.with_name(path.name + ".part")
    for start in dict.fromkeys((_size(part), 0)):
        try:
            _receive(address, part, start, tell)
        except requests.RequestException as error:
            raise WeightsError(
                f"{path.name} could not be downloaded from {address} ({_reason(error)}). {remedy}"
            ) from error
        except OSError as error:
            raise _unwritable(path, error) from error
        if _whole(part, checksum):
            _into_place(part, path)
            return
        # What went on from an older beginning may be made of two files: once more, from the start.
        part.unlink()
    raise WeightsError(
        f"What {address} sent is not {path.name}: its SHA-256 does not begin with {checksum}. "
        f"A sign-in page of the network, or a wrong mirror, does this. {remedy}"
    )


def _receive(address: str, part: Path, start: int, tell: Progress) -> None:
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    timeout = (CONNECT_SECONDS, READ_SECONDS)
    with closing(requests.get(address, headers=headers, stream=True, timeout=timeout)) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable and start:
            return
        response.raise_for_status()
        start = start if _goes_on(response, start) else 0
        rest = int(response.headers.get("Content-Length") or 0)
        total = start + rest if rest else 0
        done = start
        tell(done, total)
        with part.open("r+b" if start else "wb") as file:
            if start:
                file.seek(start)
                file.truncate()
            for piece in response.iter_content(PIECE):
                done += len(piece)
                if done > MOST_BYTES:
                    raise requests.exceptions.InvalidHeader("it sends more than any network has")
                file.write(piece)
                tell(done, total)
        if done < total:
            raise requests.ConnectionError("the connection broke off")


def _goes_on(response: requests.Response, start: int) -> bool:
    begins = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return response.status_code == requests.codes.partial_content and bool(begins and int(begins[1]) == start)


def _into_place(part: Path, path: Path) -> None:
    try:
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _whole(path: Path, checksum: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest().startswith(checksum)


def _reason(error: requests.RequestException) -> str:
    if error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout) or isinstance(error.args[:1] and error.args[0], ReadTimeoutError):
        return "the server did not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the connection is not secure"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    if isinstance(error, requests.ConnectionError):
        text = str(error)
        return text if text and "Pool" not in text and "(" not in text else "no connection to the server"
    return str(error) or type(error).__name__


def _unwritable(path: Path, error: OSError) -> WeightsError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WeightsError(
            f"There is no space left for {path.name} in {path.parent}: make room there, or set IMLKIT_MODELS "
            "to a folder on another disk, then try again; or use HogFeatures instead, which needs no weights."
        )
    return WeightsError(
        f"The folder {path.parent} cannot be written ({error.strerror or error}): change its permissions, "
        "or set IMLKIT_MODELS to a folder that can be written, then try again; or pass "
        'weights="path/to/file.pth"; or use HogFeatures instead, which needs no weights.'
    )
