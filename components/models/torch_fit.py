"""Fitting a network of one's own to instances. Loaded at first use: torch takes a second to import."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from imlkit.errors import DataError, TrainingDataError
from imlkit.trainings import Task

from .model_card import ModelCard
from .split import stratified_split
from .torch_examples import ArrayExamples
from .torch_network import Architecture, Asked, Prepare, built, drawn_from, draws, threads_of
from .torch_training import Loss, Side, TorchPlan, train
from .watching import watching

__all__ = ["Making", "fit_network"]


@dataclass(frozen=True, slots=True)
class Making:
    """What of a model is code: see :class:`~imlkit.components.models.torch_model.TorchModel`."""

    architecture: Architecture
    prepare: Prepare | None
    loss: Loss | None
    optimizer: Callable[[Any], torch.optim.Optimizer] | None
    device: torch.device


def fit_network(
    making: Making,
    examples: ArrayExamples,
    checks: ArrayExamples | None,
    labels: tuple[str, ...],
    parameters: Mapping[str, Any],
    run: Task,
    tell: Callable[..., Any] | None = None,
) -> tuple[ModelCard, nn.Module]:
    """Return a network that was fitted to instances, and what is known of it.

    Args:
        making: what of it is code.
        examples: what it is fitted to.
        checks: what it is checked with; without them some of the examples are set aside.
        labels: the classes in the order of the outputs; none makes it a regression.
        parameters: the model's.
        run: what may cancel it.
        tell: called with the name of each step of a callback and what it tells.

    Raises:
        TrainingDataError: network and instances do not fit each other, or the training went astray.
    """
    y = _targets(examples, labels)
    strata = y.numpy() if labels else np.zeros(len(examples), np.int64)
    share = parameters["validation_split"] if checks is None else 0.0
    rows, aside = stratified_split(strata, share, parameters["seed"])
    training, validation = Side(examples.x, y, rows), None
    if checks is not None:
        validation = Side(checks.x, _targets(checks, labels), np.arange(len(checks)))
    elif len(aside):
        validation = Side(examples.x, y, aside)
    if parameters["patience"] is not None and validation is None:
        raise TrainingDataError(
            "To stop early a model must be checked with something: set validation_split above 0, or give "
            "a validation dataset, then train again."
        )
    network = built(making.architecture, len(labels) or y.shape[1], parameters["seed"])
    with drawn_from(parameters["seed"]):
        _demand_outputs(network.to(making.device), making, examples, labels, y)
    optimizer = (making.optimizer or partial(torch.optim.Adam, lr=parameters["learning_rate"]))(
        network.parameters()
    )
    plan = TorchPlan(
        epochs=parameters["epochs"],
        batch_size=parameters["batch_size"],
        regression=not labels,
        device=making.device,
        prepare=making.prepare,
        loss=making.loss,
        class_weights=_weights(parameters["class_weights"], labels, y[torch.from_numpy(rows)]),
        patience=parameters["patience"],
    )
    known = [examples.ids[row] for row in rows]
    checked = checks.ids if checks is not None else [examples.ids[row] for row in aside]
    watch = None if tell is None else watching(tell, examples.ids)
    if tell is not None:
        tell("on_train_begin", instances=known, validation_instances=checked)
    random = np.random.default_rng(parameters["seed"])
    with threads_of(network, plan.batch_size):
        if draws(network):
            with drawn_from(parameters["seed"]):
                metrics = train(network, optimizer, training, validation, plan, random, run, watch)
        else:
            metrics = train(network, optimizer, training, validation, plan, random, run, watch)
    if tell is not None:
        tell("on_train_end", metrics=metrics)
    card = ModelCard(
        kind="",
        labels=labels,
        features=math.prod(examples.x.shape[1:]),
        instances=len(known),
        validation_instances=len(checked),
        dataset=examples.name,
        parameters={**parameters, "outputs": len(labels) or y.shape[1]},
        epochs=len(metrics["loss"]),
        metrics=metrics,
        shape=examples.x.shape[1:],
    )
    return card, network


def _targets(given: ArrayExamples, labels: tuple[str, ...]) -> torch.Tensor:
    if not labels:
        return torch.from_numpy(given.y)
    numbers = {label: position for position, label in enumerate(labels)}
    return torch.tensor([numbers[y] for y in given.y])


def _demand_outputs(
    network: nn.Module, making: Making, examples: ArrayExamples, labels: tuple[str, ...], y: torch.Tensor
) -> None:
    """Raise TrainingDataError unless the network takes the instances and gives as much as is asked."""
    try:
        # Layers that take their size from what comes first have it from here on.
        outputs = Asked(network, making.device, making.prepare, 2).outputs(examples.x[:2]).shape[1]
    except DataError as error:
        raise TrainingDataError(f"{error} Change the network, or “prepare”, then train again.") from error
    expected = len(labels) or y.shape[1]
    if outputs != expected:
        what = f"{expected:,} classes ({', '.join(labels):.100})" if labels else f"{expected:,} targets"
        raise TrainingDataError(
            f"The network has {outputs:,} outputs, and there are {what}: "
            "build it with one output for each, then train again."
        )


def _weights(told: Any, labels: tuple[str, ...], y: torch.Tensor) -> torch.Tensor | None:
    """Return the weight of each class; as scikit-learn's, the balanced ones are n / (classes · count)."""
    if told is None or not labels:
        return None
    if told == "balanced":
        counts = torch.bincount(y, minlength=len(labels)).clamp(min=1)
        return len(y) / (len(labels) * counts.float())
    unknown = sorted(set(told).difference(labels))
    if unknown:
        raise TrainingDataError(
            f"class_weights name the class “{unknown[0]:.60}”, which there is not: "
            f"use {', '.join(labels):.200}."
        )
    return torch.tensor([float(told.get(label, 1.0)) for label in labels])
