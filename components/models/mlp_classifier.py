"""A neural network that learns to tell classes apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from imlkit.callback import Callback
from imlkit.errors import ModelFileError
from imlkit.trainings import Task

from .classifier import Classifier
from .examples import Examples
from .fitted import Fitted
from .model_card import ModelCard
from .model_file import Arrays, array_of
from .parameters import number, one_of, whole
from .split import stratified_split
from .standardise import Scaling, standardisation
from .watching import watching

if TYPE_CHECKING:
    from .network import Network
    from .training_loop import Part

__all__ = ["MLPClassifier"]

MOST_LAYERS = 64
WIDEST_LAYER = 65_536


class MLPClassifier(Classifier):
    """A multilayer perceptron: layers of neurons, trained with PyTorch.

    Features are standardised inside the model, with the mean and the spread of the instances it
    was trained on. The network has ReLU between its layers and is trained with Adam. One seed gives one
    result, bit for bit, on one machine, whatever else runs there.

    Metrics: ``loss``, ``accuracy``, and where there is something to validate with
    ``validation_loss``, ``validation_accuracy``. The loss is the cross entropy to labels smoothed
    by ``label_smoothing``, as it is trained on.

    Args:
        layers: neurons in each hidden layer; none gives a linear classifier.
        epochs: how often every instance is trained on.
        batch_size: instances trained on at once.
        learning_rate: of Adam.
        validation_split: the share of instances set aside to check with, class by class, before
            the training begins; they are never trained on. 0 sets none aside. A class of one
            instance gives none.
        seed: of the split, the first weights and the order of the instances.
        label_smoothing: the share of each label spread over all classes, which keeps a network
            that saw few instances from being too sure of itself.
        scaling: ``"common"`` divides all features by one spread, which suits features of one
            kind, such as HogFeatures; ``"each"`` divides each by its own, which suits features
            in different units.
        title: what the person reads above the view.
        callbacks: followed at every step of a training.

    Raises:
        DataError: a parameter makes no sense.
    """

    def __init__(
        self,
        layers: Sequence[int] = (64, 32),
        epochs: int = 20,
        batch_size: int = 8,
        learning_rate: float = 0.001,
        validation_split: float = 0.2,
        seed: int = 0,
        label_smoothing: float = 0.05,
        scaling: Scaling = "common",
        title: str = "Classifier",
        callbacks: Sequence[Callback] = (),
    ) -> None:
        super().__init__(title, callbacks)
        self.layers = tuple(layers)
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.validation_split = validation_split
        self.seed = seed
        self.label_smoothing = label_smoothing
        self.scaling = scaling
        self.parameters()

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the next training. Raises DataError where one makes no sense."""
        return {
            "layers": [whole("a layer", size, 1, WIDEST_LAYER) for size in self.layers],
            "epochs": whole("epochs", self.epochs, 1),
            "batch_size": whole("batch_size", self.batch_size, 1),
            "learning_rate": number("learning_rate", self.learning_rate, above=0.0),
            "validation_split": number("validation_split", self.validation_split, least=0.0, below=1.0),
            "seed": whole("seed", self.seed, 0, 2**63 - 1),
            "label_smoothing": number("label_smoothing", self.label_smoothing, least=0.0, below=1.0),
            "scaling": one_of("scaling", self.scaling, get_args(Scaling)),
        }

    def warm_up(self) -> None:
        """Load PyTorch, and train and ask a tiny network: what comes first is slow."""
        import torch

        from .network import arrays_of, new_layers
        from .one_thread import threads_for

        with threads_for(0):
            layers = new_layers((2, 2), torch.Generator())
            optimizer = torch.optim.Adam(layers.parameters(), fused=True)
            torch.nn.functional.cross_entropy(
                layers(torch.zeros(1, 2)), torch.zeros(1, dtype=torch.long)
            ).backward()
            optimizer.step()
        arrays = {"mean": np.zeros(2, np.float32), "scale": np.ones(2, np.float32), **arrays_of(layers)}
        MLPFitted(ModelCard("", ("a", "b"), 2, 0), arrays).judge(np.zeros((1, 2), np.float32))

    def fit(
        self,
        examples: Examples,
        validation: Examples | None,
        parameters: Mapping[str, Any],
        run: Task,
    ) -> Fitted:
        """Train a new network."""
        import torch

        from .network import arrays_of, new_layers
        from .one_thread import threads_for
        from .training_loop import Plan, train_network

        labels = sorted(set(examples.labels))
        numbers = {label: position for position, label in enumerate(labels)}
        classes = np.array([numbers[label] for label in examples.labels], np.int64)
        rows, aside = stratified_split(
            classes, parameters["validation_split"] if validation is None else 0.0, parameters["seed"]
        )
        mean, scale = standardisation(examples.x, rows, parameters["scaling"])
        run.check()
        training = _part(examples, classes, rows, mean, scale)
        checks: Part | None = None
        if validation is not None:
            known = np.array([numbers[label] for label in validation.labels], np.int64)
            checks = _part(validation, known, np.arange(len(known)), mean, scale)
        elif len(aside):
            checks = type(training)(training.x, training.y, torch.from_numpy(aside))

        generator = torch.Generator().manual_seed(parameters["seed"])
        sizes = [examples.x.shape[1], *parameters["layers"], len(labels)]
        network = new_layers(sizes, generator)
        plan = Plan(*(parameters[name] for name in Plan.__slots__))
        work = plan.batch_size * sum(inputs * outputs for inputs, outputs in pairwise(sizes))
        watch = watching(self.tell_callbacks, examples.ids) if self.callbacks else None
        side = validation.ids if validation is not None else [examples.ids[row] for row in aside]
        self.tell_callbacks(
            "on_train_begin", instances=[examples.ids[row] for row in rows], validation_instances=side
        )
        with threads_for(work):
            metrics = train_network(network, training, checks, plan, generator, run, watch)
        self.tell_callbacks("on_train_end", metrics=metrics)
        card = ModelCard(
            kind=type(self).__name__,
            labels=tuple(labels),
            features=examples.x.shape[1],
            instances=len(rows),
            validation_instances=len(side),
            dataset=examples.name,
            parameters=parameters,
            epochs=plan.epochs,
            metrics=metrics,
        )
        return MLPFitted(card, {"mean": mean, "scale": scale, **arrays_of(network)})

    def restored(self, card: ModelCard, arrays: Arrays) -> Fitted:
        """Return the network that a file holds. Raises ModelFileError where something does not fit."""
        return MLPFitted(card, arrays)


class MLPFitted(Fitted):
    """A trained multilayer perceptron. PyTorch is loaded at the first prediction.

    Args:
        card: what is known of it; its parameters name the layers.
        arrays: ``mean`` and ``scale``, (features,), and the layers' weights under PyTorch's names.

    Raises:
        ModelFileError: the arrays do not fit the card.
    """

    def __init__(self, card: ModelCard, arrays: Arrays) -> None:
        layers = card.parameters.get("layers", [])
        sound = isinstance(layers, list) and len(layers) <= MOST_LAYERS
        if not sound or not all(type(size) is int and 0 < size <= WIDEST_LAYER for size in layers):
            raise ModelFileError("The model file is damaged: its layers cannot be read. Train anew.")
        self.card = card
        self._sizes = [card.features, *layers, len(card.labels)]
        self._arrays = {name: array_of(arrays, name, (card.features,)) for name in ("mean", "scale")}
        for position, (inputs, outputs) in enumerate(pairwise(self._sizes)):
            for name, shape in (("weight", (outputs, inputs)), ("bias", (outputs,))):
                name = f"{2 * position}.{name}"
                self._arrays[name] = array_of(arrays, name, shape)
        if not (self._arrays["scale"] > 0).all():
            raise ModelFileError("The model file is damaged: its scale is not above 0. Train anew.")

    @cached_property
    def _network(self) -> Network:
        from .network import Network

        return Network(self._sizes, self._arrays)

    def judge(self, x: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the likeliest classes, and the network's softmax."""
        confidences = self._network.confidences(x)
        return confidences.argmax(axis=1), confidences

    def arrays(self) -> Arrays:
        """Return the standardisation and the weights."""
        return self._arrays


def _part(
    examples: Examples,
    classes: NDArray[np.int64],
    rows: NDArray[np.int64],
    mean: NDArray[np.float32],
    scale: NDArray[np.float32],
) -> Part:
    import torch

    from .training_loop import Part

    # In place: the features are in memory once.
    np.subtract(examples.x, mean, out=examples.x)
    np.divide(examples.x, scale, out=examples.x)
    return Part(torch.from_numpy(examples.x), torch.from_numpy(classes), torch.from_numpy(rows))
