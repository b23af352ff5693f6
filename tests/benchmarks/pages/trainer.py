"""A button and a text, and a classifier that trains for as long as the benchmark needs."""

import numpy as np
import panel as pn

from imlkit import Button, Dataset, MLPClassifier, Text, data_store

button = Button("Click")
text = Text("clicked 0")
button.clicks.map(lambda clicks: f"clicked {clicks}").subscribe(text.value)

store = data_store("memory:trainer")
dataset = Dataset("random", store)
if not dataset.count():
    random = np.random.default_rng(0)
    dataset.create([{"x": random.normal(size=1764).astype(np.float32), "y": str(n % 5)} for n in range(500)])
classifier = MLPClassifier(layers=(64, 32), epochs=1_000_000)
train = Button("Train")
train.clicks.subscribe(lambda _: classifier.train(dataset))
stop = Button("Stop")
stop.clicks.subscribe(lambda _: classifier.cancel())
state = Text("idle")
classifier.training.map(lambda status: status.state).subscribe(state.value)
pn.Column(button, text, train, stop, state).servable()
