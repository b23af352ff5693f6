"""Teach a computer to tell things apart, step by step: by drawings, the camera or pictures."""

import panel_material_ui as pmui

from imlkit import (
    Button,
    ClassList,
    ConfidencePlot,
    Dataset,
    DatasetBrowser,
    FeatureChoice,
    HogFeatures,
    HoldButton,
    ImageDisplay,
    ImageUpload,
    Mistakes,
    MLPClassifier,
    MobileNetFeatures,
    NextExamples,
    ProjectFile,
    SimilarExamples,
    Sketchpad,
    Slider,
    Text,
    TrainingPlot,
    TrainingProgress,
    Webcam,
    Wizard,
    data_store,
)

CLASSES = """\
What should the computer tell apart? Give each thing a name: *cat* and *dog*, *thumb up* and *thumb
down*, your own signs. You can come back and change the names, and nothing you add is lost.
"""
EXAMPLES = """\
Choose a class, then show it what belongs there: **draw** it, **hold** the camera's button while
you show it, or choose **pictures**. At least three of each; ten that differ are better than fifty
that look alike.
"""
TRAIN = """\
The computer now looks for what the examples of each class have in common. That takes seconds.
"""
CURVES = """\
**How to read the curves.** *Loss* says how wrong the answers still are: it should fall and level
out. *Accuracy* says how many are right. The *validation* curves are about examples kept aside,
which the computer never learned from: they tell how well it will do with new ones. If training is
at 100 % and validation stays low, it has learned the examples by heart: add some that differ more.
"""
TRY = """\
Show it something new. The bars say how sure it is of each class; below are the examples that what
it sees resembles most. It always chooses one of your classes, even for what is none of them.
"""
IMPROVE = """\
These are the examples that it names otherwise than you did. Was it your slip, or its mistake?
After that, add more examples like those it got wrong, and train again.

Have you more pictures? Put them in without naming them: it asks you about those that it is least
sure of, because it learns most from these.
"""
KEEP = """\
One file holds your examples, your classes and the model. Open it here again on any machine. Or
unzip it, and run the model where imlkit is installed: **python run_model.py picture.png**.
"""
SUMMARY = """\
This is what you and the computer have done. Go back to any step to go on: nothing is lost.
"""
SCRIPT = """\
import sys
from pathlib import Path
from imlkit import HogFeatures, MLPClassifier
from imlkit.images import open_image

features, classifier = HogFeatures(), MLPClassifier()
classifier.upload(Path(__file__).with_name("model.safetensors"))
for path in sys.argv[1:] or sys.exit("Name a picture: python run_model.py picture.png"):
    prediction = classifier.predict(features.process(open_image(path)))
    sure = prediction.confidences[prediction.label]
    print(f"{path}: {prediction.label} ({sure:.0%})")
"""

store = data_store("teach")
examples = Dataset("examples", store, title="Your examples")
unnamed = Dataset("unnamed", store, title="Pictures without a class")
classes = ClassList(examples, title="What to tell apart")
features = FeatureChoice(
    {"Shapes": HogFeatures(), "Photographs": MobileNetFeatures()},
    [examples, unnamed],
    {
        "Shapes": "for drawings and signs. Works at once.",
        "Photographs": "for things in front of the camera. Fetches 10 MB, once.",
    },
)
classifier = MLPClassifier(layers=(64, 32), epochs=30).sync(store, "teach-classifier")
guide = Wizard(title="Teach a computer", author="imlkit")

# Three ways to bring examples; each goes to the class that is chosen at that moment.
pad, add = Sketchpad(title="Draw"), Button("Add this drawing")
camera = Webcam(period_ms=200)
hold, countdown = HoldButton("Hold to record"), Slider(0, 10, 0, title="Seconds to count down first")
pictures = ImageUpload(title="Pictures")

chosen = classes.chosen.merge(classes.classes).map(lambda _: classes.label)
chosen.map(lambda name: f"Add to {name}" if name else "Choose a class").subscribe(add.text)
chosen.map(lambda name: not name).subscribe(add.disabled)
goes_to = Text()
chosen.map(lambda name: f"They go to {name}." if name else "Choose a class first.").subscribe(goes_to.value)
# A camera that nobody looks at is off.
elsewhere = guide.current.filter(lambda step: step not in ("examples", "try-it"))
elsewhere.subscribe(lambda _: camera.active.set(False))


def lacking(_):
    """Say what is missing before one can record, if anything is."""
    if not classes.label:
        return "Choose a class"
    return "" if camera.active.value else "Start the camera to record"


missing = chosen.merge(camera.active).map(lacking)
missing.map(bool).subscribe(hold.disabled)
missing.map(lambda said: said or "Hold to record").subscribe(hold.text)


def keep(shown):
    image, chosen = shown
    return classes.capture(features.describe(image), chosen)


added = add.clicks.snapshot(pad.images, classes.chosen).compute(keep)
added.subscribe(lambda _: pad.clear())
recorded = camera.images.filter(lambda _: hold.held.value).snapshot(camera.images, classes.chosen)
recorded.compute(keep, policy="latest")
pictures.images.snapshot(pictures.images, classes.chosen).compute(keep)
countdown.value.subscribe(hold.countdown)

# What was trained on shapes cannot be asked about photographs: it is kept, and waits for its own.
train, retrain, again, trained = Button("Train"), Button("Train again"), Text(), features.fits(classifier)
for button in (train, retrain):
    button.clicks.subscribe(lambda _: classifier.train(examples))
    features.settled.map(lambda settled: not settled).subscribe(button.disabled)
classifier.training.map(lambda status: status.running).subscribe(retrain.loading)


def changed(_):
    """Say why it is to be trained again, if it is."""
    card, found = classifier.card.value, classes.classes.value
    if card is None or isinstance(trained.value, str):
        return trained.value or ""
    if {each.name for each in found if each.examples} != set(card.labels):
        return "The classes have changed since it was trained: train it again, so that it knows them."
    before, now = card.instances + card.validation_instances, sum(each.examples for each in found)
    return "" if before == now else f"It learned from {before} examples, now there are {now}: train it again."


trained.merge(classifier.card, classes.classes).map(changed).subscribe(again.value)

# Whatever is shown at the last steps is answered at once.
trial, file = Sketchpad(title="Draw something new"), ImageUpload(title="A picture to try")
seen = trial.images.merge(camera.images, file.images).filter(lambda _: guide.current.value == "try-it")
described = seen.compute(features.process, policy="latest")
known = described.filter(lambda x: (card := classifier.card.value) is not None and len(x) == card.features)
retrained = classifier.training.filter(lambda status: status.state == "success").snapshot(known)
predictions = known.merge(retrained).compute(classifier.predict, policy="latest")
answer, similar = ConfidencePlot(predictions, title="It says"), SimilarExamples(described, examples)
trial.cleared.subscribe(lambda _: answer.clear())
trial.cleared.subscribe(lambda _: similar.clear())


def script():
    kind = type(features.ways[features.way_of(classifier)]).__name__
    return SCRIPT.replace("HogFeatures", kind)


# Pictures that nobody has named yet: only those it would learn most from are worth one's time.
more = ImageUpload(title="Pictures without a class")
more.images.compute(lambda image: unnamed.create(features.describe(image)))
asked = NextExamples(classifier, unnamed, examples, title="Which of them to name next")

project = ProjectFile(examples, classifier, classes, script)
project.opened.filter(bool).subscribe(lambda _: features.adopt(classifier))


def ways(*named):
    return pmui.Tabs(*named, margin=0, sizing_mode="stretch_width")


guide.step("Classes").text(CLASSES).use(classes).tells(
    classes.classes.map(lambda found: ", ".join(f"{each.name} ({each.examples})" for each in found))
)
guide.step("Examples").text(EXAMPLES).use(
    [
        classes.choice(),
        ways(
            ("Draw", pmui.Column(add.view(), pad.view())),
            ("Camera", pmui.Column(hold.view(), camera.view(), countdown.view())),
            ("Pictures", pmui.Column(goes_to.view(), pictures.view())),
        ),
    ],
    DatasetBrowser(examples, process=features.process, rename=classes.rename_label),
).tells(examples.counts.map(lambda counts: f"{sum(counts.values())} examples"))
guide.step("Train").text(TRAIN).use(
    features,
    [train, again],
    TrainingProgress(classifier),
    TrainingPlot(classifier),
    Text(CURVES, format="markdown"),
).opens_when(classes.ready, "Add some examples first.").tells(
    classifier.training.map(lambda status: status.message or "Not trained yet")
)
guide.step("Try it").text(TRY).use(
    [
        answer,
        ways(
            ("Draw", trial.view()),
            ("Camera", camera.view()),
            ("Picture", pmui.Column(file.view(), ImageDisplay(file.images, title="Your picture").view())),
        ),
    ],
    similar,
    [retrain, again],
).opens_when(trained, "Train it first.")
guide.step("Improve").text(IMPROVE).use(
    Mistakes(classifier, examples), more, asked, [retrain, again]
).opens_when(trained, "Train it first.")
guide.step("Keep it").text(KEEP).use(project)
guide.summary(SUMMARY)
guide.servable()
