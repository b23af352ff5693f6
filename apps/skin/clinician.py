"""Give images to the published model, and confirm or correct what it says: the clinician's side."""

from imlkit import (
    Button,
    ConfidencePlot,
    Dashboard,
    Dataset,
    DatasetBrowser,
    ImageDisplay,
    ImageUpload,
    ModelVersions,
    Saliency,
    Select,
    Text,
    TorchModel,
    data_store,
)
from imlkit.apps.skin.lesions import LABELS, SIDE
from imlkit.apps.skin.network import network, prepare
from imlkit.errors import DataError
from imlkit.images import resized

ABOUT = """\
**A demonstration with drawn images: not for diagnosis.** Upload images of lesions. The model says what it
takes each for; you say what it is. Your corrections are part of the model's next training. Orange marks what
the answer rests on: a mark beside the lesion is a reason to doubt it.
"""
EMPTY = "Upload an image; the model's answer appears here."


store = data_store("skin")
model = TorchModel(network, labels=LABELS, prepare=prepare, title="The model in use")
model.begin = "The engineer has not published a model yet: it appears here as soon as there is one."
model.sync(store, "skin")
cases = Dataset("cases", store, title="Judged cases")
waiting = Dataset("waiting", store, title="Waiting for you")

# Every image waits in the store until it is judged: a closed page loses none.
upload = ImageUpload(title="Images of lesions")
upload.images.compute(
    lambda image: {"x": resized(image, (SIDE, SIDE), "crop"), "thumbnail": image}
).subscribe(waiting.create)


def first(_):
    """Return the image whose turn it is, with how many wait."""
    count = waiting.count()
    found = waiting.find(limit=1) if count else []
    return (found[0] if found else None), count


turn = waiting.counts.compute(first, policy="latest")
now = turn.filter(lambda found: found[0] is not None).map(lambda found: found[0])
queue = Text("No image waits for you: upload one.")
turn.map(
    lambda found: (
        f"{found[1]} image{'s wait' if found[1] != 1 else ' waits'} for you."
        if found[1]
        else "No image waits for you: upload one."
    )
).subscribe(queue.value)

# Asked anew when the engineer publishes another version.
news = model.training.filter(lambda status: status.state == "success")
answered = (
    now.merge(news.snapshot(now))
    .filter(lambda _: model.trained)
    .compute(lambda case: (case, model.predict(case["thumbnail"])), policy="latest")
)
answer = ConfidencePlot(
    answered.map(lambda found: found[1]),
    title="The model says",
    empty=EMPTY,
)
saliency = Saliency(model)
looks = ImageDisplay(
    answered.compute(lambda found: saliency.process(found[0]["thumbnail"]), policy="latest"),
    title=saliency.title,
)
in_use = Text(model.begin)
versions = ModelVersions(store, "skin")


def tell(_):
    """Say which model is in use, and what the engineer said of it."""
    status = model.training.value
    note = next((each.note for each in versions.versions.value if each.number == versions.current.value), "")
    why = f" The engineer says: {note}" if note else ""
    in_use.value.set(f"{status.message}{why}" if model.trained else model.begin)


model.training.merge(versions.versions, versions.current).subscribe(tell)

right = Button("That is right")
diagnosis = Select(LABELS, title="What it is")
correct = Button("Correct it", kind="secondary")


def judge(found, label):
    """Keep a case with what it is; it waits no more."""
    case, prediction = found
    if not waiting.count({"id": case["id"]}):
        judged = cases.find({"id": case["id"]}, select=["y"])
        said = f"as {judged[0]['y']}" if judged else "and removed the case"
        raise DataError(f"Somebody else has just judged this image, {said}. Change it under Cases.")
    cases.create(
        {
            "id": case["id"],
            "x": case["x"],
            "thumbnail": case["thumbnail"],
            "y": label,
            "predicted": prediction.label,
            "confidence": prediction.confidences[prediction.label],
            "version": prediction.version,
            "agreed": label == prediction.label,
        }
    )
    waiting.remove(case["id"])


right.clicks.snapshot(answered).compute(lambda found: judge(found, found[1].label))
correct.clicks.snapshot(answered, diagnosis.value).filter(lambda both: both[1]).compute(
    lambda both: judge(*both)
)


def settle(_):
    """Let only an image be judged that waits, and that the model has answered for."""
    case = turn.value[0] if turn.has_value else None
    shown = answered.value[0]["id"] if answered.has_value else ""
    ready = model.trained and case is not None and case["id"] == shown
    right.disabled.set(not ready)
    other = ready and diagnosis.value.value not in (None, answered.value[1].label)
    correct.disabled.set(not other)
    if case is None or not model.trained:
        answer.empty = EMPTY if case is None else "This image waits for a model: its answer appears here."
        answer.clear()


settle(None)
turn.merge(answered, diagnosis.value, model.training).subscribe(settle)
turn.subscribe(lambda _: diagnosis.value.set(None))


def agree_anew(change):
    """Note whether the model was right, where somebody changes what a case is."""
    for case in cases.find({"id": {"$in": list(change.ids)}}, select=["y", "predicted", "agreed"]):
        agreed = case["y"] == case.get("predicted")
        if agreed != case.get("agreed"):
            cases.patch(case["id"], {"agreed": agreed})


cases.changes.filter(lambda change: change.kind == "updated").compute(agree_anew)


def keep_names(label, name):
    """Refuse to rename a class: the network's outputs have these names."""
    raise DataError(f"The model knows {' and '.join(LABELS)} alone: relabel cases instead.")


app = Dashboard(title="Skin lesions: clinician", author="imlkit")
app.page("Diagnose").sidebar(
    upload, queue, ImageDisplay(now.map(lambda case: case["thumbnail"]), title="The lesion")
).use(
    Text(ABOUT, format="markdown"),
    in_use,
    [answer, looks],
    [right, diagnosis, correct],
)
app.page("Cases").use(
    DatasetBrowser(cases.where({"agreed": False}), title="What the model got wrong", rename=keep_names),
    DatasetBrowser(cases, rename=keep_names),
)
# The model is the engineer's to publish and to clear.
app.settings.leave_out(model)
app.servable()
