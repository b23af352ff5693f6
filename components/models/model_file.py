"""A trained model as one safetensors file: its arrays, and its card in the metadata.

Files come from stores, uploads and networks, so nothing in them is believed before it was checked,
and nothing is ever unpickled.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.errors import ModelFileError

from .model_card import ModelCard

__all__ = ["Arrays", "array_of", "read_model_file", "replace_file", "write_model_file"]

Arrays = Mapping[str, NDArray[Any]]

METADATA = "imlkit"
LARGEST_HEADER = 32 << 20
"""Bytes. Labels of any length and a training's curves fit many times over."""


def write_model_file(card: ModelCard, arrays: Arrays) -> bytes:
    """Return the content of a file that holds a card and arrays."""
    from safetensors.numpy import save

    # One entry only: safetensors writes several in any order, and equal models would differ.
    tensors = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    content: bytes = save(tensors, {METADATA: card.to_json()})
    return content


def read_model_file(content: bytes) -> tuple[ModelCard, dict[str, NDArray[Any]]]:
    """Return the card and the arrays of a file's content.

    Raises:
        ModelFileError: the content is damaged, is no model, or was written by a newer imlkit.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    card = ModelCard.from_json(_metadata(content))
    try:
        arrays: dict[str, NDArray[Any]] = load(content)
    except (SafetensorError, ValueError, KeyError, OverflowError, MemoryError) as error:
        raise ModelFileError(f"{_DAMAGED} ({str(error) or type(error).__name__:.200})") from error
    return card, arrays


_DAMAGED = "The model file is damaged: download it again, or train anew."


def _metadata(content: bytes) -> str:
    foreign = "This is no model file: choose a .safetensors file that imlkit downloaded."
    if len(content) < 10:
        raise ModelFileError(foreign)
    length = int.from_bytes(content[:8], "little")
    if length > min(len(content) - 8, LARGEST_HEADER) or content[8:9] != b"{":
        raise ModelFileError(_DAMAGED if content[8:9] == b"{" and length <= LARGEST_HEADER else foreign)
    try:
        header = json.loads(content[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise ModelFileError(_DAMAGED) from error
    about = header.get("__metadata__") if isinstance(header, dict) else None
    if not isinstance(about, dict) or not isinstance(about.get(METADATA), str):
        raise ModelFileError(
            "This safetensors file is no model of imlkit: choose one that imlkit downloaded."
        )
    text: str = about[METADATA]
    return text


def array_of(
    arrays: Arrays, name: str, shape: tuple[int | None, ...], dtype: type = np.float32
) -> NDArray[Any]:
    """Return one of a file's arrays.

    Raises:
        ModelFileError: it has not that shape (None: any) and type, or holds what is not finite.
    """
    array = arrays.get(name)
    if array is None:
        raise ModelFileError(f"{_DAMAGED} ({name} is missing)")
    fits = len(array.shape) == len(shape) and all(
        expected in (None, length) for length, expected in zip(array.shape, shape, strict=True)
    )
    if array.dtype != dtype or not fits:
        raise ModelFileError(
            f"{_DAMAGED} ({name} has shape {array.shape} and type {array.dtype}, "
            f"not {shape} and {np.dtype(dtype)})"
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ModelFileError(f"{_DAMAGED} ({name} holds values that are not finite)")
    return array


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, in the place of what was there."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}", delete=False) as file:
        try:
            file.write(content)
            file.close()
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
