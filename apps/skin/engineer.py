"""Follow and steer trainings, compare two checkpoints on an image, publish one: the engineer's side."""

import os
from typing import Any

from imlkit import (
    Button,
    CheckpointChoice,
    ConfidencePlot,
    Dashboard,
    Dataset,
    DatasetBrowser,
    ImageDisplay,
    ImageUpload,
    ModelVersions,
    RunImages,
    RunPlot,
    Saliency,
    Select,
    Stream,
    Text,
    TextInput,
    TorchModel,
    TrainingHistory,
    WeightHistograms,
    data_store,
)
from imlkit.apps.skin.lesions import LABELS
from imlkit.apps.skin.network import network, prepare

FOLDER = f" --data {os.environ['IMLKIT_DATA']}" if os.environ.get("IMLKIT_DATA") else ""
TRAINING = f"""\
**Train in a terminal, and watch here:** `python apps/skin/train.py{FOLDER}`. The curves are the latest run's;
tick runs to compare them. A run's menu pauses it, stops it or changes its learning rate. *Drawn images
stand in for a clinic's.*
"""
COMPARE = """\
**Which checkpoint is better?** Choose two, and give them an image. Publish the one you trust: every
clinician's page has it at once. Orange marks what an answer rests on.
"""
CASES = """\
**What clinicians say.** Each case they confirmed or corrected is part of the next training.
"""

store = data_store("skin")
history = TrainingHistory(store)
# The latest run, until some are ticked.
shown: Stream[Any] = Stream(None)
history.selected.subscribe(lambda ids: shown.set(ids or None))
upload = ImageUpload(title="An image to compare with")
given = upload.images
published = ModelVersions(store, "skin", title="Published versions")
cases = Dataset("cases", store, title="Judged cases")
wrong = cases.where({"agreed": False})


def side(title):
    """Return a checkpoint to choose, the model it becomes, and what that says of the image."""
    choice = CheckpointChoice(store, title=f"{title} checkpoint")
    model = TorchModel(network, labels=LABELS, prepare=prepare, title=f"{title} model")
    model.begin = f"Choose a checkpoint for the {title.lower()} side."

    def take(checkpoint):
        if checkpoint is not None:
            model.load_checkpoint(store, checkpoint.id)

    taken = choice.value.compute(take, policy="latest")
    asked = given.merge(taken.snapshot(given)).filter(lambda _: model.trained)
    said = ConfidencePlot(
        asked.compute(model.predict, policy="latest"),
        title=f"{title} says",
        empty="Choose a checkpoint and an image.",
    )
    seen = ImageDisplay(asked.compute(Saliency(model).process, policy="latest"), title=f"{title} looks at")
    measured = Text(model.begin)
    choice.value.map(lambda checkpoint: words(checkpoint) or model.begin).subscribe(measured.value)
    return choice, model, said, seen, measured


def words(checkpoint):
    """Return what a checkpoint is called, and how good it is by its run."""
    if checkpoint is None:
        return ""
    metrics = ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in checkpoint.metrics.items())
    return f"{checkpoint.run_name}, {checkpoint.name}: {metrics}"


sides = {title: side(title) for title in ("Left", "Right")}
history.restored.subscribe(lambda checkpoint: sides["Left"][0].value.set(checkpoint))

which = Select(list(sides), "Left", title="Publish which")
note = TextInput(title="Why (kept with the version)")
publish = Button("Publish")
outcome = Text()


def published_now(click):
    """Publish the model of the chosen side."""
    model = sides[which.value.value][1]
    if not model.trained:
        return f"There is nothing to publish yet: {model.begin}"
    number = model.save(store, "skin", note.value.value)
    # Also told as soon as the store has it: whichever comes first.
    return in_use(number)


def in_use(number):
    """Say which version the clinicians have."""
    return f"Version {number} is in use on every clinician's page." if number else ""


publish.clicks.compute(published_now, policy="drop").subscribe(outcome.value)
published.current.map(in_use).subscribe(outcome.value)
for choice, *_ in sides.values():
    choice.value.map(lambda _: in_use(published.current.value)).subscribe(outcome.value)

app = Dashboard(title="Skin lesions: engineer", author="imlkit")
app.page("Training").use(
    Text(TRAINING, format="markdown"),
    history,
    RunPlot(store, shown),
    RunImages(store, shown),
    WeightHistograms(store, shown),
)
left, right = sides.values()
app.page("Compare").sidebar(
    left[0], right[0], upload, ImageDisplay(given, title="The image"), which, note, publish, outcome
).use(
    Text(COMPARE, format="markdown"),
    [left[4], right[4]],
    [left[2], right[2]],
    [left[3], right[3]],
    published,
)
app.page("Cases").use(
    Text(CASES, format="markdown"),
    DatasetBrowser(wrong, title="What the model got wrong"),
    DatasetBrowser(cases),
)
app.servable()
