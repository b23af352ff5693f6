"""Documents become JSON and attachments, and come back the same."""

from __future__ import annotations

import io
import json
import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imlkit.attachments import Attachment, read_attachment, written
from imlkit.documents import Reference, complete, encode, new_id, parse, references
from imlkit.errors import DocumentError, StoreUnavailableError
from imlkit.json_text import original_text, stored_text

_text = st.text(st.characters(exclude_categories=["Cs"]))
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | _text
    | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_text | st.sampled_from(["$date", "%24"]), inner, max_size=3)
    ),
    max_leaves=10,
)


def _there_and_back(document: dict[str, Any]) -> Any:
    encoded = encode(document)
    return complete(parse(encoded.text), lambda reference: encoded.attachments[reference.name].content)


@settings(deadline=None)
@given(st.dictionaries(_text.filter(lambda name: name != "id"), _values, max_size=4))
def test_any_document_comes_back(document: dict[str, Any]) -> None:
    assert _there_and_back(document) == document


@given(_text, _text)
def test_text_as_written_has_no_nul_and_keeps_its_order(one: str, other: str) -> None:
    assert "\x00" not in stored_text(one)
    assert original_text(stored_text(one)) == one
    assert (stored_text(one) < stored_text(other)) == (one < other)


def test_ids_differ_and_grow() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert ids[0] < new_id()
    assert {len(id) for id in ids} == {32}


def test_the_text_is_json_that_any_program_reads() -> None:
    encoded = encode({"y": "日本", "high": math.inf, "inner": {"low": [-math.inf], "none": math.nan}})
    assert json.loads(encoded.text, parse_constant=pytest.fail) == {
        "y": "日本",
        "high": math.inf,
        "inner": {"low": [-math.inf], "none": {"$number": "nan"}},
    }
    assert "日本" in encoded.text


def test_attachments_are_found_without_being_read() -> None:
    encoded = encode({"x": np.ones(3), "list": [{"raw": b"abc"}], "y": "cat"})
    found = list(references(parse(encoded.text)))
    assert [reference.kind for reference in found] == ["array", "bytes"]
    assert {reference.name for reference in found} == set(encoded.attachments)


def test_one_array_in_two_fields_is_kept_once() -> None:
    image = np.zeros((5, 5, 3), np.uint8)
    encoded = encode({"x": image, "thumbnail": image, "copy": image.copy()})
    assert len(encoded.attachments) == 1


def test_images_are_png_and_arrays_are_npy() -> None:
    image = np.random.default_rng(1).integers(0, 256, (6, 7, 3), np.uint8)
    encoded = encode({"image": image, "array": image[..., 0], "bytes": b"raw"})
    by_kind = {attachment.kind: attachment for attachment in encoded.attachments.values()}
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(by_kind["image"].content))), image)
    assert np.array_equal(np.load(io.BytesIO(by_kind["array"].content)), image[..., 0])
    assert by_kind["bytes"].content == b"raw"


def test_an_image_too_large_for_png_readers_is_kept_as_an_array() -> None:
    vast = np.broadcast_to(np.uint8(7), (70_000, 1, 3))
    attachment = written(vast, "x")
    assert attachment is not None
    assert attachment.kind == "array"
    assert read_attachment("array", attachment.content).shape == (70_000, 1, 3)


def test_nothing_is_ever_unpickled(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = io.BytesIO()
    np.save(hostile, np.array([{"a": 1}], dtype=object), allow_pickle=True)

    def refuse(*args: object, **kwargs: object) -> None:
        pytest.fail("something was unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    for content in (hostile.getvalue(), pickle.dumps([1]), b"", b"\x93NUMPY\x01\x00\xff\xff", b"\x93NUMPY"):
        with pytest.raises(StoreUnavailableError, match="array is damaged"):
            read_attachment("array", content)
    with pytest.raises(StoreUnavailableError, match="image is damaged"):
        read_attachment("image", b"GIF89a no PNG")


def test_an_array_cut_short_is_damaged() -> None:
    attachment = written(np.arange(100), "x")
    assert attachment is not None
    with pytest.raises(StoreUnavailableError, match="damaged"):
        read_attachment("array", attachment.content[:-8])


@pytest.mark.parametrize(
    "array",
    [
        np.array([object()]),
        np.ma.masked_array([1, 2], mask=[True, False]),
        np.array(["a"], dtype=np.dtypes.StringDType()),
    ],
    ids=["objects", "masked", "variable text"],
)
def test_arrays_that_only_pickle_could_keep_are_refused(array: Any) -> None:
    with pytest.raises(DocumentError, match="'x' holds"):
        encode({"inner": 1, "x": array})


def test_a_reference_cannot_be_forged_by_a_person_s_own_fields() -> None:
    document = {"x": {"$image": "secret"}, "date": {"$date": "never"}, "%24image": 1, "$number": "nan"}
    assert _there_and_back(document) == document
    assert list(references(parse(encode(document).text))) == []


def test_the_kinds_of_attachments_have_their_endings() -> None:
    endings = [Attachment(kind, b"x").file_name[64:] for kind in ("array", "image", "bytes")]
    assert endings == [".npy", ".png", ".bin"]
    assert Reference("array", "a") == Reference("array", "a")
