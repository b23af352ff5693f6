"""A network of one's own, trained on a dataset, or taken from a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from imlkit.callback import Callback
from imlkit.errors import DataError, ModelFileError, TrainingDataError
from imlkit.model import Estimate, Instances, Prediction
from imlkit.store import Store
from imlkit.trainings import Task

from .class_demands import demand_seen, demand_two
from .fitted import Fitted
from .learner import Learner
from .model_card import ModelCard
from .model_file import Arrays
from .parameters import number, one_of, whole
from .torch_examples import ArrayExamples, read_arrays
from .torch_fitted import TorchFitted

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["TorchModel"]

ClassWeights = Literal["balanced"] | Mapping[str, float]
Kind = Literal["classification", "regression"]


class TorchModel(Learner):
    """Any network of PyTorch: its architecture is code, its weights are safetensors.

    It is trained on a dataset, takes the weights of a checkpoint of any run (:meth:`load_checkpoint`),
    and is published, followed and gone back from like every model (:meth:`sync`, ``ModelVersions``).

    Metrics: ``loss`` and ``accuracy``, of a regression ``mean_absolute_error``, and the same of what it
    is checked with, ``validation_loss`` and so on. The same seed gives the same result where PyTorch's
    own operations do.

    Args:
        network: a function that builds it, given how many outputs it is to have if it takes an argument; or
            an ``nn.Module``, with whose weights every training then begins. A classification has one
            output for each class.
        kind: ``"classification"``: ``y`` is a class, and predictions are :class:`imlkit.Prediction`;
            ``"regression"``: ``y`` is a number or a list of them, and predictions are
            :class:`imlkit.Estimate`.
        labels: the classes, in the order of the outputs; left out, those of the dataset, sorted. A
            checkpoint needs them, as it only holds weights.
        prepare: makes of an instance's ``x``, a ``uint8`` image or a ``float32`` array, what the network
            takes; left out, images (H, W, 3) become (3, H, W) from 0 to 1, other arrays stay.
        epochs: how often every instance is trained on.
        batch_size: instances trained on, or asked, at once.
        learning_rate: of Adam, where ``optimizer`` is left out.
        loss: a function of outputs and targets; left out, the cross entropy, or the mean squared error.
        optimizer: a function that makes one of the network's parameters; left out, Adam.
        class_weights: how much each class counts in the cross entropy; ``"balanced"`` gives every class the
            same weight in all, however many instances it has.
        patience: stop after so many epochs without a smaller validation loss, and take the best (early
            stopping); None never does.
        validation_split: the share of instances set aside to check with.
        seed: of the first weights, the split and the order of the instances.
        device: ``"auto"``, ``"cpu"``, ``"cuda"`` or whatever PyTorch calls it.
        title: what the person reads above the view.
        callbacks: followed at every step of a training.

    Raises:
        DataError: a parameter makes no sense.
    """

    def __init__(
        self,
        network: nn.Module | Callable[..., nn.Module],
        kind: Kind = "classification",
        labels: Sequence[str] | None = None,
        *,
        prepare: Callable[[NDArray[Any]], Any] | None = None,
        epochs: int = 20,
        batch_size: int = 32,
        learning_rate: float = 0.001,
        loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = None,
        optimizer: Callable[[Any], torch.optim.Optimizer] | None = None,
        class_weights: ClassWeights | None = None,
        patience: int | None = None,
        validation_split: float = 0.2,
        seed: int = 0,
        device: str = "auto",
        title: str = "Model",
        callbacks: Sequence[Callback] = (),
    ) -> None:
        super().__init__(title, callbacks)
        if not callable(network):
            raise DataError(
                f"network is a {type(network).__name__}: give an nn.Module, or a function that builds one"
            )
        self.architecture = network
        self.kind: Kind = kind
        self.labels = None if labels is None else tuple(labels)
        self.prepare = prepare
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.loss = loss
        self.optimizer = optimizer
        self.class_weights = class_weights
        self.patience = patience
        self.validation_split = validation_split
        self.seed = seed
        self.device = device
        self.begin = "Capture instances of at least two classes and train it, or let it take a checkpoint."
        if kind == "regression":
            self.begin = "Give it instances with numbers to estimate, then train it."
        self.parameters()

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the next training. Raises DataError where one makes no sense."""
        weights: Any = self.class_weights
        if isinstance(weights, Mapping):
            weights = {
                str(name): number(f"the weight of {name!r}", w, least=0.0) for name, w in weights.items()
            }
        elif weights is not None:
            weights = one_of("class_weights", weights, ["balanced"])
        if self.labels is not None and len(set(self.labels)) != len(self.labels):
            raise DataError(f"labels name one class twice: {self.labels!r:.200}")
        return {
            "kind": one_of("kind", self.kind, get_args(Kind)),
            "network": _name_of(self.architecture),
            "epochs": whole("epochs", self.epochs, 1),
            "batch_size": whole("batch_size", self.batch_size, 1),
            "learning_rate": number("learning_rate", self.learning_rate, above=0.0),
            "loss": None if self.loss is None else _name_of(self.loss),
            "optimizer": None if self.optimizer is None else _name_of(self.optimizer),
            "class_weights": weights,
            "patience": None if self.patience is None else whole("patience", self.patience, 1),
            "validation_split": number("validation_split", self.validation_split, least=0.0, below=1.0),
            "seed": whole("seed", self.seed, 0, 2**63 - 1),
        }

    @property
    def network(self) -> nn.Module | None:
        """The trained network, in evaluation mode, to look into; None before the first training.

        It is the one that predicts: do not change it.
        """
        fitted = self._fitted
        return fitted.asked.network if isinstance(fitted, TorchFitted) else None

    def prepared(self, xs: Sequence[Any]) -> torch.Tensor:
        """Return instances as the batch that :attr:`network` is given.

        Raises:
            NotTrainedError: nothing was learned yet.
            DataError: they are no images or arrays, or not alike.
        """
        fitted = self._known()
        assert isinstance(fitted, TorchFitted)
        return fitted.asked.prepared(xs)

    def warm_up(self) -> None:
        """Load PyTorch."""
        from . import torch_network, torch_training  # noqa: F401

    def load_checkpoint(self, store: Store, id: str) -> None:
        """Take the weights of a checkpoint of any run of this architecture.

        Args:
            store: where the run was logged.
            id: the checkpoint's.

        Raises:
            NotFoundError: there is no such checkpoint, or its weights are gone.
            ModelFileError: it is damaged, or of another architecture. The model predicts as before.
            DataError: the model was not told its ``labels``, and the run has no parameter ``labels``.
        """
        from imlkit.training.checkpoint import checkpoint_weights

        from .checkpoint_card import checkpoint_card

        card = checkpoint_card(store, id)
        card = replace(
            card,
            kind=type(self).__name__,
            labels=self._labels_of(card.labels),
            parameters={**self.parameters(), "run": card.parameters},
        )
        fitted = self._fitted_with(
            card, checkpoint_weights(store, id), f"The checkpoint “{card.origin['name']:.60}”"
        )
        self._adopt(fitted, "Loaded")

    def learn(
        self, dataset: Instances, validation: Instances | None, parameters: Mapping[str, Any], run: Task
    ) -> Fitted:
        """Read the instances, and train the network."""
        regression = parameters["kind"] == "regression"

        told = self.reading(run)
        examples = read_arrays(dataset, regression, told)
        checks = None if validation is None else read_arrays(validation, regression, told)
        if checks is not None and checks.x.shape[1:] != examples.x.shape[1:]:
            raise TrainingDataError(
                f"“{checks.name}” has instances of shape {checks.x.shape[1:]}, “{examples.name}” of "
                f"{examples.x.shape[1:]}: make both alike, then train again."
            )
        labels = () if regression else self._labels_in(examples, checks)
        return self._fit(examples, checks, labels, parameters, run)

    def restored(self, card: ModelCard, arrays: Arrays) -> Fitted:
        """Return the network that a file holds. Raises ModelFileError where something does not fit."""
        import torch

        kind = card.parameters.get("kind")
        if kind not in get_args(Kind):
            raise ModelFileError("The model file is damaged: it does not say what it is for. Train anew.")
        if kind != self.kind:
            raise ModelFileError(
                f"The file holds a {kind}, and this model is a {self.kind}: choose another file."
            )
        for name, array in arrays.items():
            # Infinite ones are how a mask says no; what is no number is no weight.
            if array.dtype.kind == "f" and np.isnan(array).any():
                raise ModelFileError(f"The model file is damaged ({name} holds NaN): train anew.")
        state = {name: torch.tensor(array) for name, array in arrays.items()}
        fitted = self._fitted_with(card, state, "The file", exact=True)
        if fitted.lists:
            # Layers that took their size from the data take any from a file: it has to suit the card's.
            try:
                fitted.outputs(np.zeros((1, card.features), np.float32))
            except DataError as error:
                raise ModelFileError(f"The model file is damaged: {error} Train anew.") from error
        return fitted

    def answers(self, fitted: Fitted, xs: Sequence[Any]) -> list[Prediction] | list[Estimate]:
        """Return what the network says of each instance."""
        assert isinstance(fitted, TorchFitted)
        version = fitted.version
        if self.kind == "regression":
            return [Estimate(tuple(row), version) for row in fitted.outputs(xs).tolist()]
        labels = fitted.card.labels
        named, confidences = fitted.judge(xs)  # type: ignore[arg-type]
        return [
            Prediction(labels[position], dict(zip(labels, row, strict=True)), version)
            for position, row in zip(named.tolist(), confidences.tolist(), strict=True)
        ]

    def _fit(
        self,
        examples: ArrayExamples,
        checks: ArrayExamples | None,
        labels: tuple[str, ...],
        parameters: Mapping[str, Any],
        run: Task,
    ) -> Fitted:
        from .torch_fit import Making, fit_network
        from .torch_network import chosen_device

        making = Making(
            self.architecture, self.prepare, self.loss, self.optimizer, chosen_device(self.device)
        )
        tell = self.tell_callbacks if self.callbacks else None
        card, network = fit_network(making, examples, checks, labels, parameters, run, tell)
        return self._fitted_as(replace(card, kind=type(self).__name__), network, making.device)

    def _labels_in(self, examples: ArrayExamples, checks: ArrayExamples | None) -> tuple[str, ...]:
        found = sorted(set(examples.y))
        labels = self.labels or tuple(found)
        unknown = sorted(set(found).difference(labels))
        if unknown:
            raise TrainingDataError(
                f"“{examples.name}” has instances of the class “{unknown[0]:.60}”, which the model does not "
                f"know: it knows {', '.join(labels):.200}. Add it to labels or leave them out."
            )
        demand_two(examples.name, examples.y)
        if checks is not None:
            demand_seen(checks.name, checks.y, examples.name, found)
        return labels

    def _labels_of(self, told: tuple[str, ...]) -> tuple[str, ...]:
        if self.kind == "regression":
            return ()
        if self.labels is None and not told:
            raise DataError(
                "A checkpoint holds weights, not what the outputs mean: give the model its labels=[…], "
                'or the run params={"labels": […]}.'
            )
        return self.labels or told

    def _fitted_with(
        self, card: ModelCard, state: Mapping[str, Any], whose: str, exact: bool = False
    ) -> TorchFitted:
        from imlkit.training.fitting import give_weights

        from .torch_network import built, chosen_device

        outputs = card.parameters.get("outputs")
        network = built(self.architecture, len(card.labels) or (outputs if isinstance(outputs, int) else 1))
        give_weights(network, state, whose, exact)
        return self._fitted_as(card, network, chosen_device(self.device))

    def _fitted_as(self, card: ModelCard, network: nn.Module, device: torch.device) -> TorchFitted:
        from .torch_network import Asked

        return TorchFitted(card, Asked(network, device, self.prepare, self.batch_size))


def _name_of(made: Any) -> str:
    return str(getattr(made, "__qualname__", None) or type(made).__qualname__)
