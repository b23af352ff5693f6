"""Teach a classifier your drawings: draw, label, train, and see it answer at every stroke."""

from imlkit import (
    Button,
    ConfidencePlot,
    Dashboard,
    Dataset,
    DatasetBrowser,
    HogFeatures,
    MLPClassifier,
    Sketchpad,
    Text,
    TextInput,
    TrainingPlot,
    TrainingProgress,
    data_store,
)

WELCOME = """\
**Teach the computer your drawings.**
1. Draw something, type what it is under *Label*, and press *Capture this drawing*.
2. Do so a few times for each of two or more things (five of each is a good start).
3. Press *Train the classifier*. From then on it answers at every stroke you draw.

Everything you capture stays on this machine and is here when you come back.
"""

sketchpad = Sketchpad()
features = HogFeatures()
store = data_store("sketch-app")
training_set = Dataset("drawings", store, title="Captured drawings")
classifier = MLPClassifier(layers=(64, 32), epochs=20).sync(store, "sketch-classifier")
label = TextInput(title="Label", placeholder="What is it?")
capture = Button("Capture this drawing")
train = Button("Train the classifier")


def instance(drawing, y):
    return {"x": features.process(drawing), "y": y, "thumbnail": drawing}


# On a click, the drawing and the label of that moment become an instance. The label has then
# been used, so the next prediction may take its place.
captured = capture.clicks.snapshot(sketchpad.images, label.value).compute(
    lambda drawn: training_set.create(instance(*drawn))
)
captured.subscribe(lambda _: label.settle())

# Train on a click; predict at every stroke, and again whenever a training has ended.
train.clicks.subscribe(lambda _: classifier.train(training_set))
drawings = sketchpad.images.compute(features.process, policy="latest")
retrained = classifier.training.filter(lambda status: status.state == "success")
predictions = drawings.merge(retrained.snapshot(drawings)).compute(classifier.predict, policy="latest")
predictions.subscribe(lambda prediction: label.offer(prediction.label))

# What was cleared away has no answer any more.
answer = ConfidencePlot(predictions)
sketchpad.cleared.subscribe(lambda _: answer.clear())

app = Dashboard(title="Sketch app", author="imlkit")
app.page("Main").sidebar(sketchpad, label, [capture, train]).use(
    Text(WELCOME, format="markdown"),
    [answer, TrainingProgress(classifier)],
    TrainingPlot(classifier),
    DatasetBrowser(training_set),
)
app.servable()
