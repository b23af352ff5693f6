"""Gradients of a class by the pixels. Loaded at first use: torch takes a second to import."""

from __future__ import annotations

import numpy as np
import torch
from captum.attr import NoiseTunnel, Saliency
from numpy.typing import NDArray
from skimage.filters import gaussian
from torch import nn

from .torch_network import drawn_from

__all__ = ["smooth_gradient"]

NOISE = 0.1
"""Of the inputs' spread."""
SMOOTHED = 48
"""Sides of the image to the spread by which its map is smoothed."""
CLIPPED = 99.0
"""Percentile from which on all is as strong: single pixels would drown the rest."""


def smooth_gradient(
    network: nn.Module, batch: torch.Tensor, target: int, samples: int
) -> NDArray[np.float32]:
    """Return how much each pixel changes an output, from 0 to 1, of shape (H, W).

    Args:
        network: in evaluation mode.
        batch: one image, (1, C, H, W) or (1, H, W).
        target: the number of the output.
        samples: over how many noisy copies to average.
    """
    spread = float(batch.std()) or 1.0
    with drawn_from(0):
        found = NoiseTunnel(Saliency(network)).attribute(
            batch.requires_grad_(True),
            nt_type="smoothgrad",
            nt_samples=samples,
            nt_samples_batch_size=min(samples, 8),
            stdevs=NOISE * spread,
            target=target,
        )
    strength = found.detach()[0].abs().cpu().double().numpy()
    flat = strength.max(axis=0) if strength.ndim == 3 else strength
    # What a stride passes over would show as a grid.
    flat = gaussian(flat, max(flat.shape) / SMOOTHED)
    top = float(np.percentile(flat, CLIPPED)) or float(flat.max()) or 1.0
    weights: NDArray[np.float32] = np.clip(flat / top, 0, 1).astype(np.float32)
    return weights
