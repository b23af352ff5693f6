"""A multilayer perceptron in PyTorch. Loaded at first use: torch takes a second to import."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from .model_file import Arrays
from .one_thread import threads_for

__all__ = ["Network", "arrays_of", "new_layers"]


def new_layers(sizes: Sequence[int], generator: torch.Generator | None = None) -> torch.nn.Sequential:
    """Return linear layers with ReLU between them.

    Args:
        sizes: numbers going in, in each hidden layer, and coming out.
        generator: draws the weights, uniformly within ±1/√(numbers going in), as PyTorch does by
            default, but from nobody else's random numbers. Without one they are left unset.
    """
    layers: list[torch.nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        linear = torch.nn.utils.skip_init(torch.nn.Linear, inputs, outputs)
        if generator is not None:
            bound = inputs**-0.5
            torch.nn.init.uniform_(linear.weight, -bound, bound, generator=generator)
            torch.nn.init.uniform_(linear.bias, -bound, bound, generator=generator)
        layers += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def arrays_of(layers: torch.nn.Sequential) -> dict[str, NDArray[np.float32]]:
    """Return copies of the weights under PyTorch's names, ``"0.weight"``, ``"0.bias"``, ``"2.weight"``, …"""
    return {name: tensor.detach().numpy().copy() for name, tensor in layers.state_dict().items()}


class Network:
    """A trained network. It never changes, so any number of threads may use it.

    Args:
        sizes: numbers going in, in each hidden layer, and coming out.
        arrays: ``"mean"`` and ``"scale"`` of the features, and the layers' weights.
    """

    def __init__(self, sizes: Sequence[int], arrays: Arrays) -> None:
        # torch's own memory is aligned: the same numbers then give the same bits, wherever they lay.
        self._mean = torch.tensor(arrays["mean"])
        self._scale = torch.tensor(arrays["scale"])
        self._layers = new_layers(sizes).eval().requires_grad_(False)
        self._layers.load_state_dict({name: torch.tensor(arrays[name]) for name in self._layers.state_dict()})
        self._weights = sum(parameter.numel() for parameter in self._layers.parameters())

    def confidences(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the softmax over the classes for each row of features."""
        # One row never takes more than one thread.
        threads = threads_for(self._weights * len(x)) if len(x) > 1 else nullcontext()
        with threads, torch.inference_mode():
            logits = self._layers((torch.tensor(x) - self._mean) / self._scale)
            confidences: NDArray[np.float64] = logits.double().softmax(dim=1).numpy()
            return confidences
