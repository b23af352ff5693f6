"""A folder of images as a table, one image a row."""

from __future__ import annotations

from collections.abc import Sequence

from imlkit.folder_walk import Found

from .arrow_source import ArrowSource

__all__ = ["of_images"]


def of_images(files: Sequence[Found]) -> ArrowSource:
    """Return images as a table; none is opened.

    Columns are ``id`` and ``file`` (the path from the folder on), ``folder`` (the subfolder, as
    the label of images that are sorted into folders; empty for none) and ``bytes``.
    """
    import pyarrow as pa

    paths = pa.array([file.path for file in files], pa.string())
    table = pa.table(
        {
            "id": paths,
            "file": paths,
            "folder": pa.array([file.folder for file in files], pa.string()),
            "bytes": pa.array([file.bytes for file in files], pa.int64()),
        }
    )
    return ArrowSource(table, {}, {"id": "nominal", "file": "image", "folder": "nominal"})
