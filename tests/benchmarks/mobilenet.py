"""What one frame through MobileNetFeatures costs, against the bare forward pass.

The bare pass is the same network of torchvision with the same weights, without its classifier, in
inference mode on one thread, where it is fastest; before it the same preprocessing of the same
uint8 frame: torchvision's own transforms of the Pillow image. Both give the same features, which
is checked. The runs take turns; the medians are compared.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torchvision.models import MobileNet_V3_Small_Weights, mobilenet_v3_small

from imlkit.components.models.mobilenet_features import MobileNetFeatures
from imlkit.session import Session
from tests.components.models.weights_server import random_weights

RUNS = 60
HEIGHT, WIDTH = 480, 640


def rows() -> list[tuple[str, str, float, bool]]:
    """Return (what, bar, measured, met)."""
    ratio = frame_ratio()
    return [
        (
            f"one {WIDTH} × {HEIGHT} frame through MobileNetFeatures / bare torchvision",
            "at most 1.2",
            ratio,
            ratio <= 1.2,
        )
    ]


def frame_ratio() -> float:
    """Return the median time of a frame through MobileNetFeatures by that of the bare pass."""
    coarse = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    frame = np.array(Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    with tempfile.TemporaryDirectory() as folder, Session().entered() as session:
        path = random_weights(Path(folder))
        features = MobileNetFeatures(path)
        bare = bare_pass(path)
        assert np.allclose(features.process(frame), bare(frame), rtol=0, atol=1e-5)
        ours, theirs = [], []
        for _ in range(RUNS):
            ours.append(_seconds(features.process, frame))
            threads = torch.get_num_threads()
            torch.set_num_threads(1)
            theirs.append(_seconds(bare, frame))
            torch.set_num_threads(threads)
        session.dispose()
    return statistics.median(ours) / statistics.median(theirs)


def bare_pass(path: Path) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    """Return the features of a frame as a notebook would compute them."""
    network = mobilenet_v3_small(weights=None).eval()
    network.load_state_dict(torch.load(path, weights_only=True))
    transform = MobileNet_V3_Small_Weights.DEFAULT.transforms()

    def bare(frame: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.inference_mode():
            batch = transform(Image.fromarray(frame))[None]
            found: NDArray[np.float32] = network.avgpool(network.features(batch)).flatten(1)[0].numpy()
            return found

    return bare


def _seconds(work: Callable[[NDArray[np.uint8]], Any], frame: NDArray[np.uint8]) -> float:
    start = time.perf_counter()
    work(frame)
    return time.perf_counter() - start
