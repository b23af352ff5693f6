"""MobileNetV3-small in memory. Loaded at first use: torchvision takes seconds to import."""

from __future__ import annotations

import statistics
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torchvision.models import MobileNet_V3_Small_Weights, mobilenet_v3_small

from imlkit.errors import ModelFileError

from .one_thread import threads_for
from .pretrained_weights import PretrainedWeights

__all__ = ["LENGTH", "NETWORK", "MobileNet", "mobilenet", "published_weights"]

PUBLISHED = MobileNet_V3_Small_Weights.IMAGENET1K_V1
NETWORK = "MobileNetV3-small"
LENGTH = 576
SIDE = 224
MULTIPLICATIONS = 57_000_000
"""For one image, as torchvision states it."""

IMAGES_AT_ONCE = 32
SLENDER = 16
"""How many times longer than wide an image may be before its ends, which are cut off, are not resized."""

TRIALS = 5

TOLERANCE = 1e-5
"""How far two features may be apart that are equal but for rounding, as a share of the largest."""

F = TypeVar("F", np.float32, np.float64)

_networks: dict[Path, tuple[tuple[int, int], MobileNet]] = {}
_loading = threading.Lock()


def published_weights(file: Path | None = None) -> PretrainedWeights:
    """Return the weights that torchvision publishes, trained on ImageNet; or a file in their place."""
    megabytes = PUBLISHED.meta.get("_file_size", 0)
    return PretrainedWeights(PUBLISHED.url, NETWORK, size=round(megabytes * 1e6), file=file)


def mobilenet(path: Path) -> MobileNet:
    """Return the network of a weights file: one for the whole process, until the file changes.

    Raises:
        ModelFileError: the file is damaged, or holds something else.
    """
    with _loading:
        path = path.resolve()
        about = path.stat()
        state = (about.st_mtime_ns, about.st_size)
        known = _networks.get(path)
        if known is None or known[0] != state:
            _networks[path] = known = (state, MobileNet(path))
        return known[1]


class MobileNet:
    """The network with its weights. It never changes, so any number of threads may use it.

    Images go through torchvision's own preprocessing: resized with smoothing until the shorter
    side has 256 pixels, the middle 224 × 224 cut out, normalised.

    Source: A. Howard and others, Searching for MobileNetV3, 2019, as in torchvision.

    Args:
        path: the weights file, a state dict as ``torch.save`` writes it.

    Attributes:
        categories: the names of the 1,000 classes of ImageNet, in the network's order.
        traced: whether the traced network, which was faster and equal, does the work.

    Raises:
        ModelFileError: the file is damaged, or holds something else.
    """

    def __init__(self, path: Path) -> None:
        with threads_for(1), torch.inference_mode():
            with torch.device("meta"):
                # Made without numbers: those would be drawn from what a script may have seeded.
                network = mobilenet_v3_small(weights=None)
            network.load_state_dict(_fitting(_read(path), network.state_dict(), path), assign=True)
            network.eval().requires_grad_(False).to(memory_format=torch.channels_last)
            plain = torch.nn.Sequential(network.features, network.avgpool, torch.nn.Flatten(1)).eval()
            self._features = _faster_if_equal(plain)
        self.categories: tuple[str, ...] = tuple(PUBLISHED.meta["categories"])
        self._transform = PUBLISHED.transforms()
        self._head = network.classifier
        self.traced = self._features is not plain

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the pooled features of images, of shape (n, 576).

        Args:
            images: each ``uint8`` of shape (H, W, 3), RGB.
        """
        return self._each_batch(images, self._features, np.empty((len(images), LENGTH), np.float32))

    def confidences(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float64]:
        """Return the softmax over :attr:`categories` for each image, of shape (n, 1000)."""

        def judged(batch: Tensor) -> Tensor:
            logits: Tensor = self._head(self._features(batch))
            return logits.double().softmax(dim=1)

        return self._each_batch(images, judged, np.empty((len(images), len(self.categories)), np.float64))

    def _each_batch(
        self, images: Sequence[NDArray[np.uint8]], work: Callable[[Tensor], Tensor], results: NDArray[F]
    ) -> NDArray[F]:
        for start in range(0, len(images), IMAGES_AT_ONCE):
            some = images[start : start + IMAGES_AT_ONCE]
            with threads_for(MULTIPLICATIONS * len(some)), torch.inference_mode():
                batch = torch.stack([self._prepared(image) for image in some])
                results[start : start + len(some)] = work(
                    batch.contiguous(memory_format=torch.channels_last)
                ).numpy()
        return results

    def _prepared(self, image: NDArray[np.uint8]) -> Tensor:
        prepared: Tensor = self._transform(Image.fromarray(np.ascontiguousarray(_without_ends(image))))
        return prepared


def _without_ends(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    # Only the middle is looked at. A strip of one pixel by a million would be resized whole, to gigabytes.
    height, width = image.shape[:2]
    top = max(0, (height - SLENDER * width) // 2)
    left = max(0, (width - SLENDER * height) // 2)
    return image[top : height - top, left : width - left]


def _read(path: Path) -> dict[str, Any]:
    remedy = "Get the file again, or leave weights out to download the published one."
    try:
        # Nothing but numbers is ever unpickled: a weights file may come from anywhere.
        state = torch.load(path, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except OSError as error:
        raise ModelFileError(
            f"The weights file {path} cannot be read ({error.strerror or error}). {remedy}"
        ) from error
    except Exception as error:
        raise ModelFileError(
            f"The weights file {path} is damaged, cut short, or not a file of PyTorch weights. {remedy}"
        ) from error
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise ModelFileError(
            f"The weights file {path} holds no state dict, as torch.save(network.state_dict(), path) "
            f"writes it. {remedy}"
        )
    return state


def _fitting(state: dict[str, Any], expected: dict[str, Tensor], path: Path) -> dict[str, Tensor]:
    """Return the state in the network's own types, or raise ModelFileError."""

    def unlike(what: str) -> ModelFileError:
        return ModelFileError(
            f"The weights file {path} is not of {NETWORK} as torchvision makes it: {what}. Choose a file of "
            f"that network, or leave weights out to download {PUBLISHED.url}."
        )

    missing = [name for name in expected if name not in state]
    foreign = [str(name) for name in state if name not in expected]
    if missing:
        raise unlike(f"{len(missing)} of {len(expected)} arrays are missing, such as {missing[0]}")
    if foreign:
        raise unlike(f"{len(foreign)} arrays are foreign to it, such as {foreign[0]!r:.60}")
    fitting = {}
    for name, model in expected.items():
        tensor = state[name]
        if tensor.shape != model.shape:
            raise unlike(f"{name} has the shape {tuple(tensor.shape)}, expected {tuple(model.shape)}")
        if tensor.is_complex() or tensor.is_quantized or tensor.layout != torch.strided:
            raise unlike(f"{name} holds no plain numbers")
        fitting[name] = tensor.to(model.dtype)
        if not torch.isfinite(fitting[name]).all():
            raise ModelFileError(
                f"The weights file {path} is damaged: {name} holds numbers that are not finite. "
                "Get the file again, or leave weights out to download the published one."
            )
    return fitting


def _faster_if_equal(plain: torch.nn.Module) -> Callable[[Tensor], Tensor]:
    """Return the network traced and frozen if that gives the same numbers sooner, else as it is."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.randn(2, 3, 7, 7, generator=generator)
    images = torch.nn.functional.interpolate(coarse, size=(SIDE, SIDE), mode="bicubic")
    images = images.contiguous(memory_format=torch.channels_last)
    one = images[:1].contiguous(memory_format=torch.channels_last)
    try:
        with warnings.catch_warnings():
            # Later versions of PyTorch recommend compiling, which takes a minute at every start.
            warnings.simplefilter("ignore")
            traced: Any = torch.jit.freeze(torch.jit.trace(plain, one, check_trace=False))
            equal = all(_equal(traced(batch), plain(batch)) for batch in (one, one, images))
    except Exception:
        return plain
    faster = equal and _seconds(traced, one) < _seconds(plain, one)
    return traced if faster else plain


def _equal(some: Tensor, other: Tensor) -> bool:
    return bool((some - other).abs().max() <= TOLERANCE * other.abs().max())


def _seconds(network: Callable[[Tensor], Tensor], image: Tensor) -> float:
    def once() -> float:
        start = time.perf_counter()
        network(image)
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(TRIALS))
