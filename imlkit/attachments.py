"""Arrays, images and bytes of a document, as the bytes that are kept beside it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from .errors import DocumentError, StoreUnavailableError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Attachment", "Kind", "read_attachment", "written"]

Kind = Literal["array", "image", "bytes"]

_ENDINGS: Final = {"array": ".npy", "image": ".png", "bytes": ".bin"}
_LARGEST_IMAGE: Final = 50_000_000
"""Pixels; readers take a larger PNG for an attack, so it is kept as an array."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One value of a document that is kept outside its JSON.

    Attributes:
        kind: ``"array"`` (content in numpy's ``.npy`` format), ``"image"`` (PNG) or ``"bytes"``.
        content: the bytes.
    """

    kind: Kind
    content: bytes

    @property
    def file_name(self) -> str:
        """A name made of the content's SHA-256 and the ending of its format."""
        return hashlib.sha256(self.content).hexdigest() + _ENDINGS[self.kind]


def written(value: Any, field: Any) -> Attachment | None:
    """Return bytes, a numpy array or a torch tensor as an attachment; None for anything else.

    Raises:
        DocumentError: the array holds Python objects or masked values.
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        return Attachment("bytes", bytes(value))
    import numpy as np

    array = _as_array(value)
    if array is None:
        return None
    if isinstance(array, np.ma.MaskedArray):
        raise DocumentError(
            f"field {field!r} holds a masked array: keep its filled() form and the mask beside it"
        )
    array = np.asarray(array)
    if _is_image(array):
        return Attachment("image", _png(array))
    if array.dtype.hasobject or array.dtype.kind == "T" or array.dtype.isbuiltin == 2:
        raise DocumentError(
            f"field {field!r} holds an array of {array.dtype} that only pickle could keep: "
            "turn it into numbers, text or a list"
        )
    content = io.BytesIO()
    # Version 2 is named so that no array falls back to a version that is read in another way.
    np.lib.format.write_array(content, array, version=(2, 0), allow_pickle=False)
    return Attachment("array", content.getvalue())


def _as_array(value: Any) -> np.ndarray[Any, Any] | None:
    import numpy as np

    if isinstance(value, (np.ndarray, np.generic)):
        return np.asanyarray(value)
    if type(value).__module__.partition(".")[0] == "torch" and hasattr(value, "detach"):
        tensor = value.detach().cpu().resolve_conj().resolve_neg()
        try:
            return np.asarray(tensor.numpy())
        except TypeError:
            # Such as bfloat16, which numpy does not know; 32 bits hold each of its values.
            return np.asarray(tensor.float().numpy())
    return None


def _is_image(array: np.ndarray[Any, Any]) -> bool:
    return (
        array.dtype.str == "|u1"
        and array.ndim == 3
        and array.shape[2] == 3
        and 0 < array.shape[0] * array.shape[1] <= _LARGEST_IMAGE
        and max(array.shape) < 2**16
    )


def _png(image: np.ndarray[Any, Any]) -> bytes:
    import numpy as np
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(content, "PNG", compress_level=1)
    return content.getvalue()


def read_attachment(kind: Kind, content: bytes) -> Any:
    """Return the value that an attachment holds, an array of its own each time.

    Raises:
        StoreUnavailableError: the content is damaged.
    """
    if kind == "bytes":
        return content
    try:
        return _image(content) if kind == "image" else _array(content)
    except Exception as error:
        raise StoreUnavailableError(
            f"a kept {kind} is damaged ({error}): restore it from a backup"
        ) from error


def _image(content: bytes) -> np.ndarray[Any, Any]:
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        return np.array(image.convert("RGB"))


def _array(content: bytes) -> np.ndarray[Any, Any]:
    import numpy as np

    # The head of an array is read by Python's parser, slowly, and is the same for all of one shape.
    width, start = (2, 10) if content[6:7] == b"\x01" else (4, 12)
    end = start + int.from_bytes(content[8 : 8 + width], "little")
    dtype, shape, by_columns = _head(content[:end])
    size = int(np.prod(shape, dtype=np.int64))
    if size * dtype.itemsize == 0:
        return np.empty(shape, dtype)
    flat = np.frombuffer(content, dtype, offset=end, count=size)
    return flat.reshape(shape, order="F" if by_columns else "C").copy(order="K")


@lru_cache(maxsize=256)
def _head(content: bytes) -> tuple[np.dtype[Any], tuple[int, ...], bool]:
    import numpy as np

    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, by_columns, dtype = read(stream)
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are never read")
    return dtype, shape, by_columns
