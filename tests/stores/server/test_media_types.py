"""What is uploaded as a picture, a sound, a film or an archive begins as one."""

from __future__ import annotations

import io
import wave
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from imlkit.errors import DataError
from imlkit.stores.remote import RemoteStore
from imlkit.stores.server.media_types import check_media_type
from imlkit.stores.sqlite import SQLiteStore
from tests.stores.serving import served

EBML = b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08"


def picture(form: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(file, form)
    return file.getvalue()


def sound() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 8000, 0, "NONE", ""))
        writer.writeframes(bytes(200))
    return file.getvalue()


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as writer:
        for name in names:
            writer.writestr(name, "<script>alert(1)</script>")
    return file.getvalue()


def film(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0isomiso2" + bytes(40)


TRUE = [
    ("image/png", picture("PNG")),
    ("image/jpeg", picture("JPEG")),
    ("image/jpg", picture("JPEG")),
    ("IMAGE/GIF", picture("GIF")),
    ("image/webp", picture("WEBP")),
    ("image/tiff", picture("TIFF")),
    ("image/bmp", picture("BMP")),
    ("image/x-icon", picture("ICO")),
    ("image/avif", film(b"avif")),
    ("image/heif", film(b"mif1")),
    ("application/pdf", picture("PDF")),
    ("audio/wav", sound()),
    ("audio/x-wav; codecs=1", sound()),
    ("audio/mpeg", b"ID3\x04" + bytes(40)),
    ("audio/mpeg", b"\xff\xf3\x90\x64" + bytes(40)),
    ("audio/aac", b"\xff\xf1\x50\x80" + bytes(40)),
    ("audio/flac", b"fLaC\0\0\0\x22" + bytes(40)),
    ("audio/ogg", b"OggS\0\x02" + bytes(40)),
    ("video/ogg", b"OggS\0\x02" + bytes(40)),
    ("video/mp4", film(b"isom")),
    ("video/mp4", film(b"mp42")),
    ("audio/mp4", film(b"M4A ")),
    ("video/quicktime", film(b"qt  ")),
    ("video/webm", EBML + b"\x42\x82\x84webm" + bytes(40)),
    ("audio/webm", EBML + b"\x42\x82\x84webm" + bytes(40)),
    ("video/x-matroska", EBML + b"\x42\x82\x88matroska" + bytes(40)),
    ("video/x-msvideo", b"RIFF\x64\0\0\0AVI LIST" + bytes(40)),
    ("application/zip", archive("a.txt")),
    ("application/zip", archive()),
    ("application/zip", archive("[Content_Types].xml", "word/document.xml")),
    # What cannot be told is taken as it is said to be.
    ("application/octet-stream", b"MZ"),
    ("text/plain", picture("PNG")),
    ("image/svg+xml", b"<svg/>"),
    ("image/x-my-microscope", b"anything"),
    ("application/x-safetensors", b""),
]
PAGE = b"<!doctype html><script>alert(1)</script>"
FALSE = [
    ("image/png", PAGE),
    ("image/png", picture("JPEG")),
    ("image/jpeg; charset=x", PAGE),
    ("image/webp", sound()),
    ("audio/wav", picture("WEBP")),
    ("audio/mpeg", b"hello"),
    ("audio/mpeg", PAGE),
    ("video/mp4", PAGE),
    ("video/webm", b"MZ\x90\0" + bytes(60)),
    ("application/pdf", PAGE),
    ("application/pdf", archive("a.pdf")),
    ("application/zip", b"\x7fELF" + bytes(60)),
    ("application/zip", b""),
    ("image/gif", b""),
]


@pytest.mark.parametrize(("media_type", "content"), TRUE, ids=[name for name, _ in TRUE])
def test_content_that_begins_as_its_type_is_taken(media_type: str, content: bytes) -> None:
    file = io.BytesIO(content)
    check_media_type(media_type, file)
    assert file.tell() == 0


@pytest.mark.parametrize(("media_type", "content"), FALSE, ids=[name for name, _ in FALSE])
def test_content_that_begins_otherwise_is_refused(media_type: str, content: bytes) -> None:
    with pytest.raises(DataError, match="does not begin as"):
        check_media_type(media_type, io.BytesIO(content))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RemoteStore]:
    with served(SQLiteStore(tmp_path / "data"), tmp_path / "uploads") as url:
        store = RemoteStore(url)
        yield store
        store.close()


def test_a_page_that_calls_itself_a_picture_is_not_kept(store: RemoteStore) -> None:
    with pytest.raises(DataError, match=r"'image/png'.*or as 'application/octet-stream'"):
        store.assets.put(PAGE, "image/png")
    assert list(store.assets) == []
    kept = store.assets.put(PAGE)
    assert [asset.id for asset in store.assets] == [kept.id]
    assert store.assets.put(picture("PNG"), "image/png").media_type == "image/png"
