"""Compare two classifiers on handwritten digits that neither has seen, and correct wrong labels."""

import numpy as np

from imlkit import (
    BatchPrediction,
    Button,
    ClassificationReport,
    ConfusionMatrix,
    Dashboard,
    Dataset,
    DatasetBrowser,
    KNNClassifier,
    MLPClassifier,
    Stream,
    Text,
    TrainingPlot,
    TrainingProgress,
    data_store,
)

MODELS = """\
**Two ways to read a digit.** A quarter of 1,797 real handwritten digits is held out: the models
learn from the others, and are judged by those they never saw.
1. Train the models here. The neural network learns step by step; nearest neighbours simply
   remembers the digits and looks for the most similar ones.
2. Open *Evaluation* above and predict the held-out digits.
"""

EVALUATION = """\
**How well do the models read digits they never saw?**
1. Press *Predict the held-out digits*. After a training, only what is out of date is predicted again.
2. Press a number in a confusion matrix to see the digits behind it. Is one labelled wrongly?
   Select it and give it the right label: every number follows at once.
"""

store = data_store("digits-app")
digits = Dataset("digits", store, title="Handwritten digits")
training_set, held_out = digits.where({"part": "training"}), digits.where({"part": "held out"})
loaded = Text("Looking for the digits…")


def load_digits(_):
    """Put the digits into the store, once; from then on they are the user's to correct."""
    notes = store.collection("notes")
    if not notes.count({"id": "digits are loaded"}):
        # The models load PyTorch meanwhile; scikit-learn fails where it finds it loaded by half.
        import torch  # noqa: F401
        from sklearn import datasets, model_selection

        source = datasets.load_digits()
        labels, numbers = source.target.astype(str), np.arange(len(source.target))
        _, aside = model_selection.train_test_split(numbers, test_size=0.25, stratify=labels, random_state=0)
        aside = set(aside.tolist())
        for batch in np.array_split(numbers, 18):
            loaded.value.set(f"Loading the digits: {batch[0]:,} of {len(numbers):,}")
            instances = [
                instance(n, source.images[n], labels[n], "held out" if n in aside else "training")
                for n in batch.tolist()
            ]
            # Another page, or an earlier start that was ended, may have been here before.
            ids = [each["id"] for each in instances]
            there = {each["id"] for each in digits.find({"id": {"$in": ids}}, select=["id"])}
            digits.create([each for each in instances if each["id"] not in there])
        if not notes.count({"id": "digits are loaded"}):
            notes.create({"id": "digits are loaded"})
    return f"{training_set.count():,} digits to learn from, {held_out.count():,} held out."


def instance(number, image, label, part):
    ink = np.kron(255 - image * 255 / 16, np.ones((12, 12))).astype(np.uint8)
    return {
        "id": f"digit-{number:04}",
        "x": (image / 16).ravel().astype(np.float32),
        "y": str(label),
        "part": part,
        "thumbnail": np.stack([ink] * 3, axis=-1),
    }


network = MLPClassifier(layers=(64, 32), epochs=20, title="Neural network").sync(store, "network")
neighbours = KNNClassifier(k=3, title="Nearest neighbours").sync(store, "neighbours")
train_network, train_neighbours = Button("Train the neural network"), Button("Train nearest neighbours")
predict = Button("Predict the held-out digits")

loading = Stream(None).compute(load_digits)
loading.subscribe(loaded.value.set)
for button in (train_network, train_neighbours, predict):
    loading.busy.subscribe(button.loading.set)

train_network.clicks.subscribe(lambda _: network.train(training_set))
train_neighbours.clicks.subscribe(lambda _: neighbours.train(training_set))

by_network = BatchPrediction("network", store, network, held_out)
by_neighbours = BatchPrediction("neighbours", store, neighbours, held_out)
predict.clicks.subscribe(lambda _: by_network.run())
predict.clicks.subscribe(lambda _: by_neighbours.run())
matrix = ConfusionMatrix(by_network, by_neighbours, title="Confusion matrices")
chosen = Text()
matrix.description.subscribe(chosen.value.set)

app = Dashboard(title="Digits", author="imlkit")
app.page("Models").use(
    Text(MODELS, format="markdown"),
    loaded,
    [train_network, train_neighbours],
    [
        TrainingProgress(network, title="Neural network"),
        TrainingProgress(neighbours, title="Nearest neighbours"),
    ],
    TrainingPlot(network, title="How the neural network learns"),
    DatasetBrowser(training_set, title="Digits to learn from"),
)
app.page("Evaluation").use(
    Text(EVALUATION, format="markdown"),
    [predict],
    [by_network, by_neighbours],
    ClassificationReport(by_network, by_neighbours, title="How good they are"),
    matrix,
    chosen,
    DatasetBrowser(digits.where(matrix.instances), title="The digits behind the number"),
)
app.servable()
