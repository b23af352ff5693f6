"""Drawn images that stand in for a clinic's: nothing learned from them says anything about real skin."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from skimage.filters import gaussian

LABELS = ("nevus", "melanoma")
SIDE = 64

LIGHT = np.array([222, 184, 160], float)
DARK = np.array([126, 84, 60], float)
BROWN = np.array([112, 66, 44], float)
BLACK = np.array([38, 28, 30], float)
BLUE = np.array([84, 88, 110], float)


def lesion(label: str, seed: int, skin: str = "light") -> Any:
    """Return an image of a lesion, uint8 (64, 64, 3): a melanoma is uneven in outline and colour.

    Args:
        label: one of LABELS.
        seed: which one.
        skin: ``"light"`` or ``"dark"``.
    """
    random = np.random.default_rng([LABELS.index(label), seed, skin == "dark"])
    tone = (LIGHT if skin == "light" else DARK) * random.uniform(0.9, 1.08)
    image = tone + random.normal(0, 5, (SIDE, SIDE, 1)) + 8 * _cloud(random, 6)[:, :, None]
    uneven = random.uniform(0.2, 0.4) if label == "melanoma" else random.uniform(0.0, 0.08)
    inside = _outline(random, uneven)
    colour = np.broadcast_to(0.55 * BROWN + 0.45 * tone * 0.7, image.shape).copy()
    if label == "melanoma":
        for spot in (BLACK, BLUE, BROWN):
            patch = np.clip(2.5 * _cloud(random, 5) - 0.3, 0, 1)[:, :, None]
            colour = (1 - patch) * colour + patch * spot
    colour += 6 * _cloud(random, 3)[:, :, None]
    image = (1 - inside) * image + inside * colour
    for _ in range(random.integers(0, 4)):
        _hair(random, image)
    return np.clip(image, 0, 255).astype(np.uint8)


def lesions(count: int, seed: int = 0, skin: str = "light") -> list[tuple[np.ndarray, str]]:
    """Return so many images with their labels, as many of each."""
    return [(lesion(label := LABELS[n % 2], seed + n, skin), label) for n in range(count)]


def _cloud(random: np.random.Generator, sigma: float) -> Any:
    cloud = gaussian(random.normal(size=(SIDE, SIDE)), sigma)
    return cloud / np.abs(cloud).max()


def _outline(random: np.random.Generator, uneven: float) -> Any:
    """Return how far each pixel is inside a wobbly disc, from 0 to 1, of shape (SIDE, SIDE, 1)."""
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2 + random.uniform(-5, 5, (2, 1, 1))
    angle = np.arctan2(y, x)
    radius = random.uniform(13, 19) * np.ones_like(angle)
    for wave in range(2, 7):
        radius *= (
            1 + uneven * random.uniform(-1, 1) * np.sin(wave * angle + random.uniform(0, 2 * np.pi)) / 1.5
        )
    edge = 1 / (1 + np.exp((np.hypot(x, y) - radius) / (0.8 if uneven > 0.1 else 1.2)))
    return edge[:, :, None]


def _hair(random: np.random.Generator, image: np.ndarray) -> None:
    along = np.linspace(0, 1, 4 * SIDE)
    start, end, bend = random.uniform(0, SIDE, 2), random.uniform(0, SIDE, 2), random.uniform(-8, 8, 2)
    points = start + np.outer(along, end - start) + np.outer(np.sin(np.pi * along), bend)
    rows, columns = np.clip(points.round().astype(int), 0, SIDE - 1).T
    image[rows, columns] *= 0.45


def main(folder: str, count: int = 10) -> None:
    """Write some images into a folder, for somebody to upload: half of them on dark skin."""
    from imlkit.images import encode_png

    Path(folder).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        image, _ = lesions(1, 9_000 + number, "dark" if number % 2 else "light")[0]
        if number % 4 > 1:
            image = lesion("melanoma", 9_000 + number, "dark" if number % 2 else "light")
        (Path(folder) / f"lesion {number + 1}.png").write_bytes(encode_png(image))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "lesions")
