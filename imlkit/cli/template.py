"""My app: draw, label, train, and see predictions at every stroke."""

from imlkit import (
    Button,
    ConfidencePlot,
    Dashboard,
    Dataset,
    DatasetBrowser,
    HogFeatures,
    MLPClassifier,
    Sketchpad,
    TextInput,
    TrainingPlot,
    data_store,
)

# Components: each shows itself on the page and speaks through streams.
sketchpad = Sketchpad()
features = HogFeatures()
store = data_store("my-app")
training_set = Dataset("drawings", store)
classifier = MLPClassifier(layers=(64, 32), epochs=20).sync(store, "my-classifier")
label = TextInput(title="Label")
capture = Button("Capture this drawing")
train = Button("Train the classifier")


def instance(drawing, y):
    """Return what the dataset keeps of a drawing and its label."""
    return {"x": features.process(drawing), "y": y, "thumbnail": drawing}


# Capture: on a click, the drawing and the label of that moment become an instance.
capture.clicks.snapshot(sketchpad.images, label.value).compute(lambda drawn: instance(*drawn)).subscribe(
    training_set.create
)

# Train on a click.
train.clicks.subscribe(lambda _: classifier.train(training_set))

# Predict at every stroke, and again whenever a training has ended.
drawings = sketchpad.images.compute(features.process, policy="latest")
retrained = classifier.training.filter(lambda status: status.state == "success")
predictions = drawings.merge(retrained.snapshot(drawings)).compute(classifier.predict, policy="latest")
predictions.subscribe(lambda prediction: label.value.set(prediction.label))

# The page: what stands in the sidebar, and what stands beside it.
app = Dashboard(title="My app")
app.page("Main").sidebar(sketchpad, label, [capture, train]).use(
    DatasetBrowser(training_set), TrainingPlot(classifier), ConfidencePlot(predictions)
)
app.servable()
