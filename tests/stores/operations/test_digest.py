"""The hash by which documents in two stores are compared."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imlkit.attachments import Attachment
from imlkit.documents import encode
from imlkit.stores.operations.digest import Digest
from imlkit.stores.stored import Stored

IMAGE = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)


def stored(document: dict[str, Any]) -> Stored:
    each = encode(document)
    return Stored(each.id, each.text, {name: kept.content for name, kept in each.attachments.items()})


def attached(kind: Any, content: bytes) -> Stored:
    kept = Attachment(kind, content)
    return Stored("a", f'{{"x":{{"${kind}":"{kept.file_name}"}}}}', {kept.file_name: content})


def png(image: np.ndarray[Any, Any], level: int) -> bytes:
    content = io.BytesIO()
    Image.fromarray(image).save(content, "PNG", compress_level=level)
    return content.getvalue()


def test_the_order_of_fields_does_not_matter() -> None:
    one, other = (
        stored({"id": "a", "x": 1, "y": {"a": 1, "b": 2}}),
        stored({"id": "a", "y": {"b": 2, "a": 1}, "x": 1}),
    )
    assert Digest.of([one]) == Digest.of([other])


def test_how_an_image_is_packed_does_not_matter() -> None:
    one, other = attached("image", png(IMAGE, 0)), attached("image", png(IMAGE, 9))
    assert one.text != other.text
    assert Digest.of([one]) == Digest.of([other])
    assert Digest.of([one]) != Digest.of([attached("image", png(IMAGE + 1, 0))])


def test_how_the_head_of_an_array_is_written_does_not_matter() -> None:
    contents = []
    for version in ((1, 0), (2, 0)):
        content = io.BytesIO()
        np.lib.format.write_array(content, np.asfortranarray(IMAGE[0]), version=version)
        contents.append(attached("array", content.getvalue()))
    assert contents[0].text != contents[1].text
    assert Digest.of([contents[0]]) == Digest.of([contents[1]])


def test_what_is_no_image_or_array_is_compared_by_its_bytes() -> None:
    for kind in ("image", "array"):
        assert Digest.of([attached(kind, b"x")]) == Digest.of([attached(kind, b"x")])
        assert Digest.of([attached(kind, b"x")]) != Digest.of([attached(kind, b"y")])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"x": 1}, {"x": 2}),
        ({"x": 1}, {"y": 1}),
        ({"x": 1}, {"x": "1"}),
        ({"x": 1}, {"x": True}),
        ({"x": float("nan")}, {"x": None}),
        ({"x": float("nan")}, {"x": {"$number": "nan"}}),
        ({"x": [1, 2]}, {"x": [2, 1]}),
        ({"x": b"a"}, {"x": b"b"}),
        ({"x": b"a"}, {"x": "a"}),
        ({"x": np.zeros(4)}, {"x": np.zeros((2, 2))}),
        ({"x": np.zeros(4)}, {"x": np.zeros(4, np.float32)}),
        ({"x": IMAGE}, {"x": IMAGE[::-1]}),
        ({"id": "b"}, {"id": "c"}),
    ],
)
def test_any_difference_is_one(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert Digest.of([stored({"id": "a", **one})]) != Digest.of([stored({"id": "a", **other})])


def test_the_order_and_number_of_documents_count() -> None:
    one, other = stored({"id": "a"}), stored({"id": "b"})
    assert Digest.of([one, other]) != Digest.of([other, one])
    assert Digest.of([one]) != Digest.of([one, one])
    assert Digest.of([one, other]) == Digest.of([one, other])
