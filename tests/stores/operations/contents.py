"""What is put into stores, and whether it is there."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime
from typing import Any

import numpy as np

from imlkit.store import Store
from imlkit.stores.arguments import same

__all__ = ["ASSETS", "KINDS", "contents", "fill", "holds_the_same"]

KINDS = ("memory", "tinydb", "sqlite", "postgresql", "http")
ASSETS = (b"", b"a letter", bytes(range(256)) * 8_000)

_IDS = ("plain", "../../etc/passwd", "nul\x00\x01", "日本語 🙂", 'a "quote" and a\nline', "z")


def fill(store: Store) -> None:
    """Put documents with every kind of value, and assets, into a store."""
    random = np.random.default_rng(7)
    odd = store.collection('odd/../"names"\x00 🙂')
    odd.create([{"id": id, **_values(random), "place": place} for place, id in enumerate(_IDS)])
    store.collection("cases").create([{"id": f"{n * 7 % 50:03d}", "n": n} for n in range(50)])
    for content in ASSETS:
        store.assets.put(io.BytesIO(content), "text/plain; charset=utf-8")


def _values(random: np.random.Generator) -> dict[str, Any]:
    image = random.integers(0, 256, (9, 7, 3)).astype(np.uint8)
    return {
        "numbers": [0, -0.0, 1.5, 2**63 - 1, -(2**63), 5e-324, math.inf, -math.inf, math.nan],
        "others": [None, True, False, "", "text\x00\x01", "%41", "9e999"],
        "when": datetime(2026, 1, 31, 12, 30, 15, 123456, UTC),
        "bytes": b"\x00\xff raw",
        "image": image,
        "images": [image, image[:, :3]],
        "array": random.random((4, 5)),
        "columns": np.asfortranarray(random.random((3, 2))),
        "halves": random.random(3).astype(np.float16),
        "nothing": np.empty((0, 3), np.int8),
        "rows": np.array([(1, b"x")], [("n", "<i4"), ("s", "S2")]),
        "$price": {"$array": "no reference", "$date": {"a.b": [{"%41": {"": 1}}]}},
        'key "with" quotes': '{"$array":"' + "0" * 64 + '.npy"}',
    }


def contents(store: Store) -> tuple[dict[str, list[dict[str, Any]]], dict[bytes, str]]:
    """Return all that is in a store: documents by collection, and the media types of assets."""
    documents = {name: store.collection(name).find() for name in store.collections()}
    assets: dict[bytes, str] = {}
    for asset in store.assets:
        with store.assets.open(asset.id) as content:
            assets[content.read()] = asset.media_type
    return documents, assets


def holds_the_same(one: Store, other: Store) -> bool:
    """Return whether two stores hold the same documents, in the same order, and assets."""
    (documents, assets), (others, other_assets) = contents(one), contents(other)
    return assets == other_assets and list(documents) == list(others) and same(documents, others)
