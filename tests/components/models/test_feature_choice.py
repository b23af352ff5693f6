from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from imlkit.component import Component
from imlkit.components.data.dataset import Dataset
from imlkit.components.data.project_file import ProjectFile
from imlkit.components.models import feature_choice
from imlkit.components.models.feature_choice import FeatureChoice
from imlkit.components.models.feature_choice_view import FeatureChoiceView
from imlkit.components.models.hog_features import HogFeatures
from imlkit.components.models.mlp_classifier import MLPClassifier
from imlkit.components.models.mobilenet_features import MobileNetFeatures
from imlkit.components.models.pretrained_weights import PretrainedWeights
from imlkit.errors import DataError, WeightsError
from imlkit.plain_text import PlainText
from imlkit.session import Session
from imlkit.store import Store
from imlkit.stores.memory import MemoryStore
from tests.awaiting import awaited
from tests.components.models.weights_server import WeightsServer


class Colours(Component):
    """Describes an image by its mean colour, and can be held up on the way."""

    length = 3

    def __init__(self) -> None:
        super().__init__("Colours")
        self.seen = 0
        self.pause_at: int | None = None
        self.paused, self.go_on = threading.Event(), threading.Event()

    def process(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.seen += 1
        if self.seen == self.pause_at:
            self.paused.set()
            assert self.go_on.wait(20)
        if (image == image[0, 0]).all():
            raise DataError("The image is empty.")
        mean: NDArray[np.float32] = image.mean(axis=(0, 1)).astype(np.float32)
        return mean

    def view(self) -> Any:
        return PlainText("")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feature_choice, "GRACE", 0.02)


@pytest.fixture
def store() -> Iterator[Store]:
    store = MemoryStore("memory:")
    yield store
    store.close()


def picture(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (40, 50, 3), dtype=np.uint8)


def filled(store: Store, count: int = 40) -> Dataset:
    """Return a dataset as an app made it that knew no choice."""
    dataset, shapes = Dataset("examples", store), HogFeatures()
    dataset.create(
        [
            {"x": shapes.process(picture(n)), "y": "ab"[n % 2], "thumbnail": picture(n), "note": n}
            for n in range(count)
        ]
    )
    return dataset


def choice_of(dataset: Dataset, colours: Component | None = None) -> FeatureChoice:
    return FeatureChoice({"Shapes": HogFeatures(), "Colours": colours or Colours()}, [dataset])


def described_by(dataset: Dataset) -> dict[Any, int]:
    lengths = {"Shapes/1764": 1764, "Colours/3": 3, "Photographs/576": 576}
    for instance in dataset.find():
        assert len(instance["x"]) == lengths[instance["features"]]
    return dataset.distinct("features")


def switched(choice: FeatureChoice, name: str) -> None:
    choice.chosen.set(name)
    choice.wait(30)
    assert choice.in_use.value == choice.chosen.value == name
    assert choice.settled.value is True


def test_examples_of_before_the_choice_are_kept_as_they_are(store: Store) -> None:
    dataset = filled(store, 5)
    before = [instance["x"] for instance in dataset.find()]
    choice = choice_of(dataset)
    choice.wait(20)
    assert choice.settled.value is True
    assert described_by(dataset) == {"Shapes/1764": 5}
    np.testing.assert_array_equal([instance["x"] for instance in dataset.find()], before)
    assert choice.problem.value == ""


def test_another_choice_describes_every_example_anew_and_keeps_all_else(store: Store) -> None:
    dataset = filled(store)
    before = dataset.find()
    choice = choice_of(dataset)
    told: list[Any] = []
    choice.progress.subscribe(told.append)
    switched(choice, "Colours")
    assert described_by(dataset) == {"Colours/3": 40}
    for instance, former in zip(dataset.find(), before, strict=True):
        np.testing.assert_allclose(instance["x"], picture(former["note"]).mean(axis=(0, 1)), rtol=1e-5)
        np.testing.assert_array_equal(instance["thumbnail"], former["thumbnail"])
        assert (instance["id"], instance["y"], instance["note"]) == (
            former["id"],
            former["y"],
            former["note"],
        )
    np.testing.assert_array_equal(choice.process(picture(3)), Colours().process(picture(3)))
    assert choice.length == 3
    words = [progress.message for progress in told if progress is not None]
    assert "Looking at the examples anew: 40 of 40" in words
    assert told[-1] is None
    switched(choice, "Shapes")
    np.testing.assert_array_equal([i["x"] for i in dataset.find()], [i["x"] for i in before])


def test_an_empty_dataset_leaves_nothing_to_do(store: Store) -> None:
    dataset = Dataset("examples", store)
    choice = choice_of(dataset)
    switched(choice, "Colours")
    dataset.create(choice.describe(picture(0)))
    assert described_by(dataset) == {"Colours/3": 1}


def test_an_unknown_way_is_named(store: Store) -> None:
    choice = choice_of(Dataset("examples", store))
    with pytest.raises(DataError, match=r"'Sounds' is no way .* choose one of “Shapes”, “Colours”"):
        choice.chosen.set("Sounds")
    assert choice.chosen.value == "Shapes"


def test_what_cannot_be_a_choice_is_refused(store: Store) -> None:
    dataset = Dataset("examples", store)
    with pytest.raises(DataError, match="at least two ways"):
        FeatureChoice({"Shapes": HogFeatures()}, [dataset])
    with pytest.raises(DataError, match="“Shapes” and “Edges” both give 1,764 numbers"):
        FeatureChoice({"Shapes": HogFeatures(), "Edges": HogFeatures()}, [dataset])
    with pytest.raises(DataError, match="give it a name"):
        FeatureChoice({"Shapes": HogFeatures(), " ": Colours()}, [dataset])
    with pytest.raises(DataError, match="at least one"):
        FeatureChoice({"Shapes": HogFeatures(), "Colours": Colours()}, [])


def test_the_choice_outlives_the_page(store: Store) -> None:
    with Session().entered() as session:
        switched(choice_of(filled(store, 4)), "Colours")
        session.dispose()
    choice = choice_of(Dataset("examples", store))
    assert choice.in_use.value == choice.chosen.value == "Colours"
    choice.wait(20)
    assert choice.settled.value is True


def test_a_stored_way_that_the_app_no_longer_has_gives_way_to_the_first(store: Store) -> None:
    dataset = filled(store, 4)
    switched(choice_of(dataset), "Colours")
    with Session().entered():
        choice = FeatureChoice({"Shapes": HogFeatures(), "Edges": HogFeatures(32)}, [dataset])
        choice.wait(20)
        assert choice.in_use.value == "Shapes"
        assert choice.settled.value is True
        assert dataset.distinct("features") == {"Shapes/1764": 4}


def test_all_pages_of_a_store_follow(store: Store) -> None:
    dataset = filled(store)
    one = choice_of(dataset)
    with Session().entered():
        other = choice_of(Dataset("examples", store))
    switched(one, "Colours")
    awaited(other.chosen, lambda name: name == "Colours")
    other.wait(20)
    assert other.in_use.value == "Colours"
    assert described_by(dataset) == {"Colours/3": 40}


def test_cancelled_midway_nothing_has_changed(store: Store) -> None:
    dataset = filled(store)
    before = dataset.find()
    colours = Colours()
    choice = choice_of(dataset, colours)
    choice.wait(20)
    colours.pause_at = 20
    choice.chosen.set("Colours")
    assert colours.paused.wait(20)
    assert choice.in_use.value == "Shapes"
    choice.cancel()
    colours.go_on.set()
    choice.wait(20)
    assert (choice.chosen.value, choice.in_use.value, choice.settled.value) == ("Shapes", "Shapes", True)
    assert (choice.problem.value, choice.progress.value) == ("", None)
    assert described_by(dataset) == {"Shapes/1764": 40}
    np.testing.assert_array_equal([i["x"] for i in dataset.find()], [i["x"] for i in before])
    switched(choice, "Colours")
    assert described_by(dataset) == {"Colours/3": 40}


def test_choosing_the_former_way_again_takes_the_change_back(store: Store) -> None:
    dataset, colours = filled(store), Colours()
    choice = choice_of(dataset, colours)
    colours.pause_at = 20
    choice.chosen.set("Colours")
    assert colours.paused.wait(20)
    choice.chosen.set("Shapes")
    colours.go_on.set()
    choice.wait(20)
    assert (choice.chosen.value, choice.in_use.value, choice.settled.value) == ("Shapes", "Shapes", True)
    assert described_by(dataset) == {"Shapes/1764": 40}


def test_a_page_that_closes_midway_leaves_all_as_it_was(store: Store) -> None:
    dataset, colours = filled(store), Colours()
    with Session().entered() as session:
        choice = choice_of(Dataset("examples", store), colours)
        colours.pause_at = 20
        choice.chosen.set("Colours")
        assert colours.paused.wait(20)
        session.dispose()
    colours.go_on.set()
    later = choice_of(dataset)
    later.wait(20)
    assert later.in_use.value == "Shapes"
    assert described_by(dataset) == {"Shapes/1764": 40}


def test_examples_captured_meanwhile_end_as_the_way_in_use(store: Store) -> None:
    dataset, colours = filled(store), Colours()
    choice = choice_of(dataset, colours)
    with Session().entered():
        other = choice_of(Dataset("examples", store))
    colours.pause_at = 20
    choice.chosen.set("Colours")
    assert colours.paused.wait(20)
    here = choice.describe(picture(100)) | {"y": "a"}
    there = other.describe(picture(101)) | {"y": "b"}
    assert here["features"] == there["features"] == "Shapes/1764"
    dataset.create(here)
    colours.go_on.set()
    choice.wait(20)
    # One that was being made while the way changed comes late.
    dataset.create(there)
    choice.wait(20)
    other.wait(20)
    assert described_by(dataset) == {"Colours/3": 42}
    assert choice.settled.value is True


@pytest.mark.parametrize("in_use", ["Shapes", "Colours"])
def test_a_server_killed_while_writing_leaves_work_that_the_next_page_does(store: Store, in_use: str) -> None:
    dataset = filled(store)
    with Session().entered() as session:
        switched(choice_of(dataset), "Colours")
        if in_use == "Shapes":
            switched(choice_of(dataset), "Shapes")
        session.dispose()
    other: HogFeatures | Colours = Colours() if in_use == "Shapes" else HogFeatures()
    stamp = {"Shapes": "Colours/3", "Colours": "Shapes/1764"}[in_use]
    for instance in dataset.find(limit=15):
        dataset.patch(instance["id"], {"x": other.process(instance["thumbnail"]), "features": stamp})
    assert len(described_by(dataset)) == 2
    choice = choice_of(dataset)
    assert choice.settled.value is False
    choice.wait(20)
    assert choice.settled.value is True
    assert [*described_by(dataset).values()] == [40]
    assert choice.in_use.value == in_use


def test_work_that_was_cancelled_waits_and_is_told_until_somebody_goes_on(store: Store) -> None:
    dataset, colours = filled(store), Colours()
    with Session().entered() as session:
        switched(choice_of(Dataset("examples", store)), "Colours")
        session.dispose()
    shapes = HogFeatures()
    for instance in dataset.find():
        dataset.patch(instance["id"], {"x": shapes.process(instance["thumbnail"]), "features": "Shapes/1764"})
    colours.pause_at = 20
    choice = choice_of(dataset, colours)
    assert colours.paused.wait(20)
    choice.cancel()
    colours.go_on.set()
    choice.wait(20)
    assert choice.settled.value is False
    left = described_by(dataset)["Shapes/1764"]
    assert 0 < left < 40
    assert f"{left} examples have yet to be looked at by “Colours”" in choice.problem.value
    choice.go_on()
    choice.wait(20)
    assert choice.settled.value is True
    assert described_by(dataset) == {"Colours/3": 40}
    assert choice.problem.value == ""


def test_an_example_without_a_usable_picture_refuses_the_change_and_is_told(store: Store) -> None:
    dataset = filled(store, 4)
    grey = np.full((9, 9, 3), 7, np.uint8)
    x = np.ones(1764, np.float32)
    kept = dataset.create([{"x": x, "y": "a"}, {"x": x, "y": "a", "thumbnail": grey}])
    choice = choice_of(dataset)
    choice.chosen.set("Colours")
    choice.wait(20)
    assert choice.in_use.value == choice.chosen.value == "Shapes"
    assert "2 examples have no picture that could be looked at anew: remove" in choice.problem.value
    assert "“Shapes” stays in use" in choice.problem.value
    assert choice.failed.value == "Colours"
    assert described_by(dataset) == {"Shapes/1764": 6}
    dataset.remove([instance["id"] for instance in kept])
    choice.go_on()
    choice.wait(20)
    assert choice.in_use.value == "Colours"
    assert (choice.problem.value, choice.failed.value) == ("", "")


def test_a_foreign_example_without_a_picture_is_told_and_the_rest_goes_on(store: Store) -> None:
    dataset = filled(store, 4)
    choice = choice_of(dataset)
    switched(choice, "Colours")
    dataset.create([{"x": np.ones(1764, np.float32), "y": "a", "features": "Shapes/1764"}])
    choice.wait(20)
    assert "1 example has no picture that could be looked at by “Colours”" in choice.problem.value
    assert choice.settled.value is True


def test_a_way_that_breaks_its_word_changes_nothing(store: Store, session: Session) -> None:
    class Wrong(Colours):
        length = 5

    dataset = filled(store, 4)
    choice = choice_of(dataset, Wrong())
    choice.chosen.set("Colours")
    choice.wait(20)
    assert choice.in_use.value == choice.chosen.value == "Shapes"
    assert "it must give 5 numbers" in session.errors.value.message
    assert "“Colours” cannot be used now: “Shapes” stays in use. TypeError" in choice.problem.value
    assert described_by(dataset) == {"Shapes/1764": 4}


def test_folders_of_pictures_uploaded_with_process_are_taken_as_what_they_are(store: Store) -> None:
    dataset = Dataset("examples", store)
    choice = choice_of(dataset)
    switched(choice, "Colours")
    dataset.create({"x": choice.process(picture(1)), "y": "a", "thumbnail": picture(1)})
    choice.wait(20)
    assert described_by(dataset) == {"Colours/3": 1}


def trained(dataset: Dataset) -> MLPClassifier:
    classifier = MLPClassifier(layers=(), epochs=2)
    classifier.train(dataset)
    assert classifier.wait(60).state == "success"
    return classifier


def test_a_model_of_other_features_is_not_to_be_asked_and_fits_again_when_they_return(store: Store) -> None:
    dataset = filled(store, 8)
    choice = choice_of(dataset)
    untrained = choice.fits(MLPClassifier())
    assert untrained.value is False
    classifier = trained(dataset)
    fits = choice.fits(classifier)
    assert bool(fits.value is True)
    switched(choice, "Colours")
    said = "It was trained with “Shapes”, but now “Colours” is in use: train it again."
    assert fits.value == said
    assert choice.way_of(classifier) == "Shapes"
    switched(choice, "Shapes")
    assert fits.value is True
    classifier.predict(choice.process(picture(0)))
    switched(choice, "Colours")
    classifier.train(dataset)
    assert classifier.wait(60).state == "success"
    assert fits.value is True
    assert choice.way_of(classifier) == "Colours"
    classifier.predict(choice.process(picture(0)))


def test_adopting_a_model_chooses_what_it_was_trained_with(store: Store) -> None:
    dataset = filled(store, 8)
    choice = choice_of(dataset)
    switched(choice, "Colours")
    classifier = trained(dataset)
    switched(choice, "Shapes")
    choice.adopt(classifier)
    choice.wait(20)
    assert choice.in_use.value == "Colours"
    assert described_by(dataset) == {"Colours/3": 8}


def photographs(store: Store, weights: Any) -> tuple[Dataset, FeatureChoice]:
    dataset = filled(store, 20)
    ways = {"Shapes": HogFeatures(), "Photographs": MobileNetFeatures(weights)}
    return dataset, FeatureChoice(ways, [dataset])


def test_photograph_features_from_a_file(store: Store, weights_path: Path) -> None:
    dataset, choice = photographs(store, weights_path)
    switched(choice, "Photographs")
    assert described_by(dataset) == {"Photographs/576": 20}
    expected = MobileNetFeatures(weights_path).process(picture(7))
    np.testing.assert_allclose(dataset.find({"note": 7})[0]["x"], expected, rtol=1e-3, atol=1e-3)


def test_without_weights_the_former_way_stays_and_the_message_says_what_to_do(
    store: Store, published: PretrainedWeights, server: WeightsServer
) -> None:
    server.status = 503
    dataset, choice = photographs(store, published)
    choice.chosen.set("Photographs")
    choice.wait(30)
    assert choice.in_use.value == choice.chosen.value == "Shapes"
    assert choice.failed.value == "Photographs"
    for words in ("503", server.url, str(published.path.parent), "“Shapes” stays in use"):
        assert words in choice.problem.value
    assert described_by(dataset) == {"Shapes/1764": 20}
    assert len(choice.process(picture(0))) == 1764
    server.status = None
    choice.go_on()
    choice.wait(30)
    assert choice.in_use.value == "Photographs"
    assert choice.problem.value == ""
    assert described_by(dataset) == {"Photographs/576": 20}


def test_while_weights_come_the_former_way_is_in_use_and_cancelling_keeps_it(
    store: Store, published: PretrainedWeights, server: WeightsServer
) -> None:
    server.pause_after = 5_000_000
    dataset, choice = photographs(store, published)
    choice.chosen.set("Photographs")
    assert server.half_sent.wait(30)
    told = awaited(choice.progress, lambda progress: progress is not None and progress.total > 1e6)
    assert "Downloading" in told.message
    assert 0 <= told.share < 1
    assert len(choice.process(picture(0))) == 1764
    choice.cancel()
    choice.wait(30)
    assert (choice.in_use.value, choice.chosen.value, choice.problem.value) == ("Shapes", "Shapes", "")
    server.pause_after = None
    server.go_on.set()
    switched(choice, "Photographs")
    assert described_by(dataset) == {"Photographs/576": 20}


def test_weights_that_went_missing_are_told_and_shapes_can_be_chosen(
    store: Store, published: PretrainedWeights, server: WeightsServer, weights_path: Path
) -> None:
    dataset, choice = photographs(store, weights_path)
    switched(choice, "Photographs")
    server.status = 503
    with Session().entered():
        ways = {"Shapes": HogFeatures(), "Photographs": MobileNetFeatures(published)}
        later = FeatureChoice(ways, [dataset])
        with pytest.raises(WeightsError):
            later.process(picture(0))
        assert "Or choose “Shapes” under “What it looks at”" in later.problem.value
        assert later.failed.value == "Photographs"
        switched(later, "Shapes")
        assert later.problem.value == ""
    assert described_by(dataset) == {"Shapes/1764": 20}


def test_only_the_way_in_use_is_warmed_up(store: Store, weights_path: Path, session: Session) -> None:
    _, choice = photographs(store, weights_path)
    features = choice.ways["Photographs"]
    assert isinstance(features, MobileNetFeatures)
    assert features not in session.components
    choice.warm_up()
    assert features.wait(5).state == "idle"
    switched(choice, "Photographs")
    assert features.ready


def test_views_agree_and_choose(store: Store) -> None:
    dataset = filled(store, 4)
    about = {"Shapes": "for drawings."}
    choice = FeatureChoice({"Shapes": HogFeatures(), "Colours": Colours()}, [dataset], about)
    one, other = choice.view(), choice.view()
    assert isinstance(one, FeatureChoiceView)
    assert isinstance(other, FeatureChoiceView)
    assert list(one.radios.options) == ["Shapes: for drawings.", "Colours"]
    assert one.radios.value == "Shapes: for drawings."
    one.radios.value = "Colours"
    choice.wait(20)
    assert choice.in_use.value == "Colours"
    assert other.radios.value == "Colours"
    assert not one.problem.visible
    assert not one.cancel.visible


def test_a_view_shows_the_problem_and_the_ways_out(
    store: Store, published: PretrainedWeights, server: WeightsServer, session: Session
) -> None:
    server.status = 503
    _, choice = photographs(store, published)
    view = choice.view()
    assert isinstance(view, FeatureChoiceView)
    choice.chosen.set("Photographs")
    choice.wait(30)
    assert view.radios.value == "Shapes"
    assert view.problem.visible
    assert view.problem.object == choice.problem.value
    assert (view.again.label, view.instead.label) == ("Try again", "Stay with Shapes")
    assert choice.explains(session.errors.value)
    view.instead.param.trigger("clicks")
    assert not view.problem.visible
    assert choice.problem.value == ""


def test_a_project_of_other_features_is_opened_into_one_state(store: Store, tmp_path: Path) -> None:
    from imlkit.components.data.class_list import ClassList

    def project(dataset: Dataset, classifier: MLPClassifier) -> ProjectFile:
        return ProjectFile(dataset, classifier, ClassList(dataset))

    dataset = filled(store, 8)
    choice = choice_of(dataset)
    switched(choice, "Colours")
    project(dataset, trained(dataset)).write(tmp_path / "project.zip")
    with Session().entered() as session:
        other = Dataset("examples", MemoryStore("memory:"))
        here, classifier = choice_of(other), MLPClassifier()
        other.create(here.describe(picture(50)) | {"y": "a"})
        project(other, classifier).open(tmp_path / "project.zip")
        here.wait(20)
        assert here.settled.value is True
        assert described_by(other) == {"Shapes/1764": 9}
        assert here.fits(classifier).value is not True
        here.adopt(classifier)
        here.wait(20)
        assert described_by(other) == {"Colours/3": 9}
        assert here.fits(classifier).value is True
        session.dispose()
