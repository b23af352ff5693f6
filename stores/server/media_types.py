"""Whether content is what its media type says, by its first bytes. Nothing is opened, let alone run."""

from __future__ import annotations

from typing import BinaryIO, Final

import puremagic

from imlkit.errors import DataError

__all__ = ["check_media_type"]

_HEAD: Final = 4096
_ALIKE: Final = (
    ("image/png", "image/apng"),
    ("image/jpeg", "image/jpg", "image/pjpeg"),
    ("image/gif",),
    ("image/tiff",),
    ("image/webp",),
    ("image/bmp", "image/x-ms-bmp", "image/x-bmp"),
    ("image/x-icon", "image/vnd.microsoft.icon"),
    ("audio/wav", "audio/wave", "audio/x-wav", "audio/vnd.wave"),
    ("audio/mpeg", "audio/mp3", "audio/mpeg3", "audio/x-mp3", "audio/x-mpeg"),
    ("audio/aac", "audio/aacp", "audio/x-aac"),
    ("audio/flac", "audio/x-flac"),
    ("audio/aiff", "audio/x-aiff"),
    ("audio/midi", "audio/mid", "audio/x-midi"),
    ("video/avi", "video/msvideo", "video/x-msvideo"),
    # One container each, whatever is in it.
    ("audio/ogg", "video/ogg", "application/ogg", "audio/opus", "audio/vorbis"),
    ("video/webm", "audio/webm", "video/x-matroska", "audio/x-matroska", "application/x-matroska"),
    (
        *("video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp", "video/3gpp2"),
        *("audio/mp4", "audio/m4a", "audio/x-m4a", "audio/x-m4b", "audio/3gpp", "audio/3gpp2"),
        *("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence", "image/avif"),
    ),
    ("application/pdf",),
    ("application/zip", "application/x-zip-compressed"),
)
"""Types by which the same content is called. What is in none of these cannot be told by its first bytes."""
_GROUPS: Final = {name: group for group in _ALIKE for name in group}
_RIFF: Final = {"audio/wav": b"WAVE", "video/avi": b"AVI ", "image/webp": b"WEBP"}
"""What stands in the ninth place of files that all begin alike."""
_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""What stands in the fifth place of MP4 and its kin, whose brands are too many to be listed anywhere."""


def check_media_type(media_type: str, file: BinaryIO) -> None:
    """Raise unless content can be what it is said to be.

    Args:
        media_type: what it is said to be; a type that cannot be told is taken as it is.
        file: the content, at its beginning, where it is then again.

    Raises:
        DataError: it is something else.
    """
    claimed = media_type.partition(";")[0].strip().lower()
    group = _GROUPS.get(claimed)
    if group is None:
        return
    head = file.read(_HEAD)
    file.seek(0)
    if not _fits(group, head):
        raise DataError(
            f"the content does not begin as {claimed!r} does: send it with the media type that it has, "
            "or as 'application/octet-stream'"
        )


def _fits(group: tuple[str, ...], head: bytes) -> bool:
    if group[0] in _RIFF:
        return head[:4] == b"RIFF" and head[8:12] == _RIFF[group[0]]
    if group[0] == "video/mp4":
        return head[4:8] in _BOXES
    if group[0] == "audio/mpeg" and _begins_a_frame(head):
        return True
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    return any(each.mime_type in group for each in found)


def _begins_a_frame(head: bytes) -> bool:
    # Eleven bits that are set begin a frame, of which most have more variants than are listed anywhere;
    # the layer of the others is none.
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 != 0
