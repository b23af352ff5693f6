"""A network of one's own, built, fed and asked. Loaded at first use: torch takes a second to import."""

from __future__ import annotations

import copy
import inspect
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.parameter import is_lazy

from imlkit.errors import DataError

from .one_thread import threads_for
from .torch_examples import as_array

__all__ = [
    "Architecture",
    "Asked",
    "Prepare",
    "built",
    "chosen_device",
    "drawn_from",
    "draws",
    "prepared",
    "state_arrays",
    "threads_of",
]

Architecture = nn.Module | Callable[..., nn.Module]
Prepare = Callable[[NDArray[Any]], Any]

_drawing = threading.Lock()


@contextmanager
def drawn_from(seed: int) -> Iterator[None]:
    """Within this context PyTorch's random numbers begin at a seed; afterwards they go on as before it."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def draws(network: nn.Module) -> bool:
    """Whether a network draws random numbers while it is trained."""
    return any(isinstance(part, nn.modules.dropout._DropoutNd) for part in network.modules())


def built(architecture: Architecture, outputs: int, seed: int = 0) -> nn.Module:
    """Return a new network of an architecture.

    Args:
        architecture: a network, which is copied, or a function that builds one.
        outputs: how many it is to have; told to a function that takes an argument.
        seed: of its first weights, where it is built.

    Raises:
        DataError: what builds it gives no ``nn.Module``.
    """
    if isinstance(architecture, nn.Module):
        return copy.deepcopy(architecture)
    with _drawing, drawn_from(seed):
        network = architecture(outputs) if _asks(architecture) else architecture()
    if not isinstance(network, nn.Module):
        raise DataError(
            f"What is to build the network gave a {type(network).__name__}: give an nn.Module, or a function "
            "that returns one."
        )
    return network


def _asks(architecture: Callable[..., nn.Module]) -> bool:
    """Whether a function cannot do without an argument."""
    try:
        parameters = inspect.signature(architecture).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(
        one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        for one in parameters
    )


def chosen_device(name: str) -> torch.device:
    """Return a device by its name; ``"auto"`` is the fastest there is.

    Raises:
        DataError: there is none of that name.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise DataError(
            f"The device {name!r:.60} cannot be used ({str(error).splitlines()[0]:.200}): "
            "use 'auto', or 'cpu'."
        ) from error
    return device


def prepared(xs: Sequence[NDArray[Any]] | NDArray[Any], prepare: Prepare | None) -> torch.Tensor:
    """Return instances as one batch.

    Args:
        xs: the instances.
        prepare: makes of each what the network takes; left out, images (H, W, 3) become (3, H, W) from 0 to
            1, and other arrays stay as they are.

    Raises:
        DataError: the instances are not alike, or no numbers.
    """
    try:
        parts = [torch.as_tensor((prepare or _prepare)(as_array(x))) for x in xs]
        batch = torch.stack([part if part.is_floating_point() else part.float() for part in parts])
    except (TypeError, ValueError, RuntimeError) as error:
        raise DataError(
            f"The instance cannot be given to the network ({str(error).splitlines()[0]:.200}): "
            "use images or arrays as in training."
        ) from error
    return batch


def _prepare(x: NDArray[Any]) -> torch.Tensor:
    if x.dtype != np.uint8:
        return torch.from_numpy(np.ascontiguousarray(x))
    image = torch.from_numpy(np.ascontiguousarray(x))
    return (image.movedim(-1, 0) if image.ndim == 3 else image).float() / 255


def state_arrays(network: nn.Module) -> dict[str, NDArray[Any]]:
    """Return copies of all that a network has learned, under PyTorch's names."""
    return {
        name: (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).cpu().numpy().copy()
        for name, tensor in network.state_dict().items()
    }


def threads_of(network: nn.Module, batch: int) -> AbstractContextManager[None]:
    """Return a context in which PyTorch uses as many threads as suit a network."""
    if any(is_lazy(parameter) or parameter.ndim > 2 for parameter in network.parameters()):
        # How much a convolution has to do its weights do not tell, nor layers without a size yet.
        return nullcontext()
    return threads_for(batch * sum(parameter.numel() for parameter in network.parameters()))


class Asked:
    """A trained network that answers. Any number of threads may ask it.

    Args:
        network: belongs to this object from here on.
        device: where it is to run.
        prepare: see :func:`prepared`.
        batch: how many instances it is asked at once.
    """

    def __init__(self, network: nn.Module, device: torch.device, prepare: Prepare | None, batch: int) -> None:
        self.network = network.to(device).eval()
        self.device = device
        self._prepare = prepare
        self._batch = batch

    def prepared(self, xs: Sequence[Any] | NDArray[Any]) -> torch.Tensor:
        """Return instances as the batch that the network is given."""
        return prepared(xs, self._prepare).to(self.device)

    def outputs(self, xs: Sequence[Any] | NDArray[Any]) -> NDArray[np.float64]:
        """Return what the network gives for each instance, of shape (n, outputs).

        Raises:
            DataError: it does not take such instances.
        """
        found = []
        for start in range(0, len(xs), self._batch):
            batch = self.prepared(xs[start : start + self._batch])
            try:
                with threads_of(self.network, len(batch)), torch.no_grad():
                    given = self.network(batch)
            except (RuntimeError, ValueError, IndexError) as error:
                raise DataError(
                    f"The network does not take instances of shape {tuple(batch.shape[1:])} "
                    f"({str(error).splitlines()[0]:.200}): give such as it was trained on."
                ) from error
            found.append(given.reshape(len(batch), -1).double().cpu().numpy())
        return np.concatenate(found) if found else np.empty((0, 0))
