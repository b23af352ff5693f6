"""What a class label may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from imlkit.errors import DataError

__all__ = ["labelled"]


def labelled(instance: Mapping[str, Any]) -> dict[str, Any]:
    """Return an instance (or some of its fields) whose label, if it has one, can name a class.

    Text stays as it was typed; numbers, lists (such as boxes) and None stay as they are; numpy's
    scalars become Python's.

    Args:
        instance: fields of an instance; without ``y`` it has no label, and needs none.

    Raises:
        DataError: the label is empty or blank text.
    """
    fields = dict(instance)
    label = fields.get("y")
    if isinstance(label, str) and not label.strip():
        raise DataError("Give the instance a label first: the label is empty, which names no class.")
    if isinstance(label, np.generic):
        fields["y"] = label.item()
    return fields
