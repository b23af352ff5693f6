"""The network that both the training and the pages build: its weights come from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imlkit.apps.skin.lesions import LABELS, SIDE
from imlkit.images import resized

if TYPE_CHECKING:
    import torch
    from torch import nn


def network() -> nn.Module:
    """Return the network, untrained."""
    # Here, so that a page appears before PyTorch is loaded.
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(3, 16, 5, stride=2, padding=2),
        nn.GroupNorm(4, 16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.GroupNorm(4, 32),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(4),
        nn.Flatten(),
        nn.Linear(512, len(LABELS)),
    )


def prepare(image: Any) -> torch.Tensor:
    """Return an image, uint8 (H, W, 3), as the network takes it: (3, 64, 64), from -1 to 1."""
    import torch

    pixels = torch.from_numpy(resized(image, (SIDE, SIDE), "crop").copy())
    return pixels.movedim(-1, 0).float() / 127.5 - 1
