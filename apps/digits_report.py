"""Find out which handwritten digits a model gets wrong and why, and take the findings along as a page."""

import io
import sys
import threading
from typing import Any

import numpy as np

from imlkit import (
    Button,
    Dashboard,
    Dataset,
    Heatmap,
    InstanceList,
    InstanceTable,
    LinkedConfusionMatrix,
    LinkedState,
    Markdown,
    MLPClassifier,
    PageDownload,
    Projection,
    Scatter,
    Stream,
    SummaryCharts,
    Table,
    Text,
    Toolbar,
    TrainingProgress,
    data_store,
    export,
)
from imlkit.location import data_folder

STORY = """\
**Which handwritten digits does a small neural network get wrong?** Two networks learn, each from
half of 1,797 digits; every digit here is read by the one that has never seen it.

- Press a number in the *confusion matrix*: charts, map and pictures show those digits alone.
- Drag across *confidence* from the left: what was the network unsure of? Is it mostly wrong there?
- Draw a line around an island on the *map*: how is that digit written there?

Steps are taken back with Ctrl+Z.
"""

LEARNING = "The networks are learning. What they read is filled in here; look around meanwhile."
STOPPED = "Digits are still unread: press the button to let the networks learn to the end."
LEARNED = "Every digit is read. This is kept: the next time, nothing needs to be learned."

store = data_store("digits-report")
path = data_folder("digits-report") / "digits.parquet"
reading = threading.Lock()


def digits():
    """Return the digits as columns, with room for what networks read."""
    from PIL import Image
    from sklearn import datasets, model_selection

    source = datasets.load_digits()
    pixels = (source.images / 16).reshape(len(source.images), -1).astype(np.float32)
    labels = source.target.astype(str)
    network = np.empty(len(labels), np.int64)
    splits = model_selection.StratifiedKFold(2, shuffle=True, random_state=0).split(pixels, labels)
    for number, (_seen, unseen) in enumerate(splits, 1):
        network[unseen] = number
    pictures = []
    for image in source.images:
        file = io.BytesIO()
        Image.fromarray(np.kron(255 - image * 255 / 16, np.ones((8, 8))).astype(np.uint8)).save(file, "PNG")
        pictures.append(file.getvalue())
    across = (pixels.reshape(-1, 8, 8).sum(axis=1) > 1).sum(axis=1)
    unread = [None] * len(labels)
    return {
        "id": np.arange(len(labels)),
        "picture": pictures,
        "label": labels,
        "prediction": unread,
        "right": unread,
        "confidence": unread,
        "second guess": unread,
        "ink": pixels.mean(axis=1).round(4).astype(float),
        "columns with ink": across,
        "network": network,
        "pixels": pixels.tolist(),
    }


def keep(columns):
    """Write the columns to the file that the table is read from."""
    import pyarrow as pa
    from pyarrow import parquet

    texts, types = ("prediction", "second guess"), {"right": pa.bool_(), "confidence": pa.float64()}
    types |= dict.fromkeys(texts, pa.string())
    arrays = {name: pa.array(values, types.get(name)) for name, values in columns.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_suffix(".part")
    parquet.write_table(pa.table(arrays), made)
    made.replace(path)


def kept(*names):
    """Return columns as they were last written, all if none is named."""
    from pyarrow import parquet

    return parquet.read_table(path, columns=list(names) or None).to_pydict()


def examples(number):
    """Return the digits that a network learns from: those it will not read."""
    columns = kept("network", "pixels", "label")
    half = Dataset(f"Digits that network {number} learns from", data_store("memory:"))
    rows = zip(columns["network"], columns["pixels"], columns["label"], strict=True)
    half.create([{"x": np.float32(x), "y": y} for reader, x, y in rows if reader != number])
    return half


def read():
    """Let the networks that have learned read the digits they never saw, and keep what they say."""
    columns = kept()
    for number, network in enumerate(networks, 1):
        if not network.trained:
            continue
        rows = [row for row, reader in enumerate(columns["network"]) if reader == number]
        answers = network.predict_batch(np.array([columns["pixels"][row] for row in rows], np.float32))
        for row, answer in zip(rows, answers, strict=True):
            (label, confidence), (second, _) = sorted(answer.confidences.items(), key=lambda one: -one[1])[:2]
            columns["prediction"][row], columns["second guess"][row] = label, second
            columns["right"][row] = label == columns["label"][row]
            columns["confidence"][row] = round(float(confidence), 4)
    keep(columns)
    table.refresh()


def learn(_=None):
    """Begin to train what has not learned yet, unless another page does so already."""
    for number, network in enumerate(networks, 1):
        if not (network.trained or network.training.value.running):
            network.train(examples(number))


def tell(status):
    """Follow the trainings: what was learned is read at once."""
    if status.state == "idle":
        return
    if status.state == "success":
        with reading:
            read()
    learning = any(network.training.value.running for network in networks)
    done = all(network.trained for network in networks)
    again.disabled.set(learning or done)
    said.value.set(LEARNED if done else LEARNING if learning else STOPPED)


if not path.exists():
    keep(digits())
table, state = Table(path, kinds={"picture": "image"}, title="Handwritten digits"), LinkedState()
story = Markdown(STORY)
toolbar = Toolbar(table, state, share=True)
charts = SummaryCharts(table, state)
matrix = LinkedConfusionMatrix(table, "label", "prediction", state)
similar = Projection(
    table, state, column="pixels", method="t-sne", color="label", title="Map: what looks alike"
)
pictures = InstanceList(table, state, column="picture", caption="prediction", title="Digits")
rows = InstanceTable(table, state, title="Rows")
cells = Heatmap(table, state, x="confidence", y="label", title="Confidence by digit")
points = Scatter(table, state, x="ink", y="confidence", color="right", title="Ink and confidence")
everything = (story, toolbar, charts, matrix, similar, pictures, cells, points, rows)

learning: list[Any] = []
if None in kept("prediction")["prediction"]:
    networks = [
        MLPClassifier(layers=(64, 32), epochs=12, batch_size=32, seed=number, title=f"Network {number + 1}")
        for number in range(2)
    ]
    said, again = Text(LEARNING), Button("Let the networks learn")
    again.disabled.set(True)
    progress = [TrainingProgress(network, title=network.title) for network in networks]
    learning = [said, progress, [again]]
    for number, network in enumerate(networks, 1):
        network.sync(store, f"network {number}").training.subscribe(tell)
    again.clicks.subscribe(learn)

if __name__ == "__main__" and len(sys.argv) > 1:
    if learning:
        learn()
        for network in networks:
            network.wait()
    print(export(sys.argv[1], *everything, title="Digits report"))  # noqa: T201
else:
    if learning:
        # What is computed is told once the browser has built the page: only then do they begin.
        standing = Stream(None).compute(lambda _: None)
        standing.subscribe(learn)
    app = Dashboard(title="Digits report", author="imlkit")
    app.page("Report").use(
        story,
        *learning,
        PageDownload(*everything, title="Digits report"),
        toolbar,
        [charts, matrix],
        [similar, pictures],
    )
    app.page("More").use(Toolbar(table, state), [cells, points], rows)
    app.servable()
