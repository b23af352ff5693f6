"""Giving a network weights that came from elsewhere. Loaded at first use: torch takes a second to import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from ..errors import ModelFileError

__all__ = ["give_weights"]

MISSING_SHOWN: Final = 5


def give_weights(
    model: nn.Module, state: Mapping[str, torch.Tensor], whose: str, exact: bool = False
) -> None:
    """Give a network these weights. One that they do not fit stays as it was.

    Args:
        model: the network.
        state: tensors by name.
        whose: where they come from, for the message: ``"The checkpoint 'a1'"``.
        exact: whether each has to be of the model's own type; bfloat16, which NumPy lacks, may be float32.

    Raises:
        ModelFileError: they belong to another architecture; the message says where.
    """
    # Layers that take their size from what comes first have none yet.
    wanted = {
        name: None if is_lazy(tensor) else tuple(tensor.shape) for name, tensor in model.state_dict().items()
    }
    given = {name: tuple(tensor.shape) for name, tensor in state.items()}
    faults = [f"{name} is missing" for name in wanted if name not in given]
    faults += [f"{name} is not the model's" for name in given if name not in wanted]
    faults += [
        f"{name} is {given[name]} instead of {shape}"
        for name, shape in wanted.items()
        if shape is not None and given.get(name, shape) != shape
    ]
    if exact:
        faults += [
            f"{name} is {state[name].dtype} instead of {tensor.dtype}"
            for name, tensor in model.state_dict().items()
            if name in state and state[name].dtype != tensor.dtype and tensor.dtype != torch.bfloat16
        ]
    if faults:
        more = f", and {len(faults) - MISSING_SHOWN} more" if len(faults) > MISSING_SHOWN else ""
        raise ModelFileError(
            f"{whose} is of another architecture: {'; '.join(faults[:MISSING_SHOWN])}{more}. "
            "Build the model as it was built then."
        )
    model.load_state_dict(dict(state))
