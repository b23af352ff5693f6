"""What a model gets wrong: found after every training, put right, kept, removed and taken back."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imlkit.components.data.dataset import Dataset
from imlkit.components.data.example_tiles import ExampleTiles
from imlkit.components.data.mistakes import Mistakes
from imlkit.components.data.notice import Notice
from imlkit.components.models.knn_classifier import KNNClassifier
from imlkit.errors import DataError
from imlkit.location import data_store
from imlkit.session import Session
from imlkit.store import Store
from tests.awaiting import awaited

PLACES = {"cat": (0.0, 0.0), "dog": (9.0, 9.0)}


@pytest.fixture(params=["memory:", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return data_store(request.param if request.param == "memory:" else tmp_path / "kept")


@pytest.fixture
def dataset(store: Store) -> Dataset:
    """Four cats and four dogs, each near its own kind, and a dog among the cats: ``lost``."""
    dataset = Dataset("animals", store)
    dataset.create([example(label, n) for label in PLACES for n in range(4)])
    dataset.create({**example("cat", 9), "id": "lost", "y": "dog"})
    return dataset


@pytest.fixture
def model() -> KNNClassifier:
    return KNNClassifier(k=3)


def example(label: str, n: int) -> dict[str, Any]:
    x = (np.asarray(PLACES[label]) + 0.05 * n).astype(np.float32)
    return {"id": f"{label}{n}", "x": x, "y": label, "thumbnail": np.full((8, 8, 3), 2 * n % 256, np.uint8)}


def train(model: KNNClassifier, dataset: Any) -> None:
    model.train(dataset)
    status = model.wait(30)
    assert status.state == "success", status.message


def ids(mistakes: Any) -> list[str]:
    return [one.id for one in mistakes]


@pytest.fixture
def mistakes(model: KNNClassifier, dataset: Dataset) -> Mistakes:
    """The mistakes of a trained model: ``lost``, and no other."""
    mistakes = Mistakes(model, dataset)
    train(model, dataset)
    awaited(mistakes.mistakes, lambda found: ids(found) == ["lost"])
    awaited(mistakes.busy, lambda busy: not busy)
    return mistakes


def test_a_wrong_label_is_found_when_the_model_was_trained(mistakes: Mistakes) -> None:
    (found,) = mistakes.mistakes.value
    assert found == ("lost", "dog", "cat", pytest.approx(2 / 3))
    assert mistakes.listing.value.summary().startswith("It names 1 of 9 examples differently than you did.")
    assert "trained on are shown too" in mistakes.listing.value.hint()


def test_it_says_what_to_do_before_the_first_training(model: KNNClassifier, store: Store) -> None:
    dataset = Dataset("animals", store)
    mistakes = Mistakes(model, dataset)
    assert "Add examples of at least two classes" in awaited(mistakes.listing, bool).empty()
    dataset.create(example("cat", 1))
    listing = awaited(mistakes.listing, lambda listing: listing.instances == 1)
    assert "Not trained yet. Train it" in listing.empty()


def test_a_model_trained_before_is_looked_at_at_once(model: KNNClassifier, dataset: Dataset) -> None:
    train(model, dataset)
    assert ids(awaited(Mistakes(model, dataset).mistakes, bool)) == ["lost"]


def test_no_mistakes_is_said_to_be_no_proof(mistakes: Mistakes) -> None:
    mistakes.dataset.remove("lost")
    listing = awaited(mistakes.listing, lambda listing: not listing.mistakes)
    assert listing.empty() == (
        "It names all 8 examples as you did. That is no proof that it will name new ones: try it."
    )
    assert mistakes.mistakes.value == ()


def test_the_surest_mistakes_come_first(model: KNNClassifier, dataset: Dataset) -> None:
    train(model, dataset)
    dataset.create([{**example("dog", 5), "id": "surer", "y": "cat"}])
    mistakes = Mistakes(model, dataset)
    found = awaited(mistakes.mistakes, lambda found: len(found) == 2)
    assert ids(found) == ["surer", "lost"]
    assert found[0].confidence == 1.0


def test_only_what_changed_is_predicted_again(mistakes: Mistakes, dataset: Dataset) -> None:
    judged = mistakes._search._judgements
    assert judged is not None
    before = {id: judged.get(id) for id in ("cat0", "dog0")}
    dataset.create({**example("dog", 7), "id": "new", "y": "cat"})
    awaited(mistakes.mistakes, lambda found: set(ids(found)) == {"new", "lost"})
    mistakes.dataset.patch("new", {"y": "dog"})
    awaited(mistakes.mistakes, lambda found: ids(found) == ["lost"])
    assert mistakes._search._judgements is judged
    assert all(judged.get(id) is one for id, one in before.items())


def test_a_new_training_is_told_of_and_a_cleared_model_knows_nothing(
    mistakes: Mistakes, model: KNNClassifier
) -> None:
    model.k = 1
    train(model, mistakes.dataset)
    awaited(mistakes.mistakes, lambda found: not found)
    model.clear()
    listing = awaited(mistakes.listing, lambda listing: not listing.trained)
    assert "Not trained yet" in listing.empty()


def test_relabelling_gives_the_predicted_label_and_can_be_undone(mistakes: Mistakes) -> None:
    assert mistakes.relabel("lost")
    assert mistakes.dataset.get("lost")["y"] == "cat"
    awaited(mistakes.mistakes, lambda found: not found)
    assert mistakes.undoable.value == "Labelled “cat” instead of “dog”."
    assert mistakes.undo()
    awaited(mistakes.mistakes, lambda found: ids(found) == ["lost"])
    assert mistakes.dataset.get("lost")["y"] == "dog"
    assert mistakes.undoable.value == ""


def test_classes_that_are_numbers_stay_numbers(model: KNNClassifier, store: Store) -> None:
    dataset = Dataset("digits", store)
    rows = [{**example(label, n), "y": list(PLACES).index(label)} for label in PLACES for n in range(4)]
    dataset.create([*rows, {**example("cat", 9), "id": "lost", "y": 1}])
    train(model, dataset)
    mistakes = Mistakes(model, dataset)
    assert awaited(mistakes.mistakes, bool) == (("lost", 1, "0", pytest.approx(2 / 3)),)
    mistakes.relabel("lost")
    assert dataset.get("lost")["y"] == 0
    assert not isinstance(dataset.get("lost")["y"], str)


def test_a_label_that_is_kept_is_not_shown_again_until_it_changes(
    mistakes: Mistakes, model: KNNClassifier
) -> None:
    mistakes.keep("lost")
    listing = awaited(mistakes.listing, lambda listing: listing.kept)
    assert mistakes.mistakes.value == ()
    assert "It names all but 1 of 9 examples as you did, and that one you kept" in listing.empty()
    mistakes.dataset.patch("lost", {"note": "seen"})
    train(model, mistakes.dataset)
    awaited(mistakes.listing, lambda found: found is not listing)
    assert mistakes.mistakes.value == (), "neither a training nor another field shows it again"
    mistakes.dataset.patch("lost", {"x": np.array([0.3, 0.3], np.float32)})
    awaited(mistakes.mistakes, lambda found: ids(found) == ["lost"])


def test_keeping_can_be_undone_and_what_was_kept_be_shown_again(mistakes: Mistakes) -> None:
    mistakes.keep("lost")
    awaited(mistakes.mistakes, lambda found: not found)
    assert mistakes.undo()
    awaited(mistakes.mistakes, lambda found: ids(found) == ["lost"])
    mistakes.keep("lost")
    awaited(mistakes.mistakes, lambda found: not found)
    mistakes.show_kept()
    awaited(mistakes.mistakes, lambda found: ids(found) == ["lost"])


def test_a_removed_example_comes_back_whole(mistakes: Mistakes) -> None:
    before = mistakes.dataset.get("lost")
    assert mistakes.remove("lost")
    awaited(mistakes.mistakes, lambda found: not found)
    assert mistakes.dataset.count() == 8
    assert mistakes.undo()
    awaited(mistakes.mistakes, lambda found: ids(found) == ["lost"])
    after = mistakes.dataset.get("lost")
    assert after.keys() == before.keys()
    assert after["y"] == before["y"]
    assert np.array_equal(after["x"], before["x"])
    assert np.array_equal(after["thumbnail"], before["thumbnail"])


def test_what_was_removed_elsewhere_meanwhile_does_no_harm(mistakes: Mistakes) -> None:
    assert mistakes.relabel("lost")
    mistakes.dataset.remove("lost")
    assert not mistakes.remove("lost")
    assert not mistakes.undo()
    assert "removed meanwhile" in mistakes.notice.value.text
    assert not mistakes.undo(), "there is nothing left to undo"
    awaited(mistakes.listing, lambda listing: listing.judged == 8)
    assert not mistakes.relabel("lost")
    assert not mistakes.relabel("cat1"), "what is right is no mistake"


def test_instances_without_label_or_features_are_passed_over(mistakes: Mistakes, dataset: Dataset) -> None:
    others: list[dict[str, Any]] = [
        {"id": "unlabelled", "x": np.zeros(2, np.float32)},
        {"id": "boxes", "x": np.zeros(2, np.float32), "y": [1, 2]},
        {"id": "bare", "y": "cat"},
        {"id": "long", "x": np.zeros(7, np.float32), "y": "cat"},
    ]
    dataset.create([*others, {**example("dog", 6), "id": "new", "y": "cat"}])
    listing = awaited(mistakes.listing, lambda listing: listing.wrong == 2)
    assert (listing.judged, listing.left_out) == (10, 2)
    assert "2 were left out" in listing.summary()
    mistakes.dataset.remove(["bare", "long"])
    awaited(mistakes.listing, lambda listing: listing.left_out == 0)


def test_a_class_that_the_model_has_not_learned_is_said_to_be_so(
    mistakes: Mistakes, dataset: Dataset
) -> None:
    view = mistakes.view()
    assert isinstance(view, ExampleTiles)
    dataset.create({**example("dog", 8), "id": "owl", "y": "owl"})
    listing = awaited(mistakes.listing, lambda listing: listing.wrong == 2)
    assert listing.unlearned == {"owl"}
    (item,) = (item for item in view.listing["items"] if item["id"] == "owl")
    assert item["text"] == "You said owl; it says dog (100\u00a0%). It has not learned owl yet: train again."


def test_mistakes_come_in_pages(model: KNNClassifier, dataset: Dataset) -> None:
    train(model, dataset)
    dataset.create([{**example("dog", n), "id": f"wrong{n:02}", "y": "cat"} for n in range(60)])
    mistakes = Mistakes(model, dataset)
    view = mistakes.view()
    assert isinstance(view, ExampleTiles)
    listing = awaited(mistakes.listing, lambda listing: listing.wrong == 61)
    assert (len(listing.mistakes), listing.page, listing.pages) == (24, 1, 3)
    view._handle_msg({"type": "page", "page": 3})
    listing = awaited(mistakes.listing, lambda listing: listing.page == 3)
    assert len(listing.mistakes) == 13
    assert view.listing["pages"] == [3, 3]
    dataset.remove([f"wrong{n:02}" for n in range(50)])
    awaited(mistakes.page, lambda page: page == 1)
    awaited(mistakes.listing, lambda listing: listing.wrong == 11)


def test_a_view_shows_labels_as_text_and_does_what_its_buttons_say(mistakes: Mistakes) -> None:
    view = mistakes.view()
    assert isinstance(view, ExampleTiles)
    (item,) = view.listing["items"]
    assert item["text"] == "You said dog; it says cat (67\u00a0%)"
    assert item["picture"].startswith("data:image/png;base64,")
    assert [words for _, words, _ in item["acts"]] == ["It is cat", "It is dog", "Remove"]
    for message in (None, {"type": "relabel"}, {"type": "page", "page": 0}, {"type": "remove", "id": 3}):
        view._handle_msg(message)
    view._handle_msg({"type": "keep", "id": "lost"})
    awaited(mistakes.listing, lambda listing: listing.kept)
    assert view.extra == {"undo": "Kept as “dog”.", "kept": "Show the one that was kept"}
    view._handle_msg({"type": "undo"})
    awaited(mistakes.mistakes, lambda found: ids(found) == ["lost"])
    view._handle_msg({"type": "relabel", "id": "lost"})
    awaited(mistakes.mistakes, lambda found: not found)
    assert mistakes.dataset.get("lost")["y"] == "cat"


def test_the_same_failure_told_twice_reaches_the_page_twice(mistakes: Mistakes) -> None:
    view = mistakes.view()
    assert isinstance(view, ExampleTiles)
    told: list[Any] = []
    view.param.watch(lambda event: told.append(event.new["text"]), "notice")
    mistakes.work.set(lambda: mistakes.dataset.patch_many(["lost"], {"y": " "}))
    awaited(mistakes.notice, lambda notice: "blank" in notice.text or "names no class" in notice.text)
    mistakes.work.set(lambda: mistakes.dataset.patch_many(["lost"], {"y": " "}))
    mistakes.work.set(lambda: mistakes.notice.set(Notice("done")))
    awaited(mistakes.notice, lambda notice: notice.text == "done")
    assert len(told) == 3
    assert told[0] == told[1] != ""
    view._handle_msg({"type": "read"})
    assert view.notice["text"] == ""


def test_a_model_that_is_no_classifier_is_refused_in_the_view(dataset: Dataset) -> None:
    class Regression(KNNClassifier):
        def predict_batch(self, xs: Any) -> list[Any]:
            return [float(len(x)) for x in xs]

    model = Regression()
    mistakes = Mistakes(model, dataset)
    train(model, dataset)
    assert "predicts a float" in awaited(mistakes.notice, lambda notice: notice.text).text


class Gated(Dataset):
    """A dataset whose walk waits after its first batch until it may go on."""

    def __init__(self, name: str, store: Store) -> None:
        super().__init__(name, store)
        self.walking = threading.Event()
        self.gate = threading.Event()

    def batches(self, *about: Any, **more: Any) -> Any:
        for batch in super().batches(*about, **more):
            yield batch
            self.walking.set()
            assert self.gate.wait(20)


def test_a_training_that_ends_in_mid_look_makes_it_begin_anew(model: KNNClassifier, store: Store) -> None:
    dataset = Gated("animals", store)
    dataset.create([example(label, n) for label in PLACES for n in range(100)])
    dataset.create({**example("cat", 110), "id": "lost", "y": "dog"})
    train(model, dataset)
    mistakes = Mistakes(model, dataset)
    seen: list[Any] = []
    mistakes.mistakes.subscribe(seen.append)
    assert dataset.walking.wait(20)
    model.k = 1
    train(model, dataset)
    dataset.gate.set()
    awaited(mistakes.listing, lambda listing: listing.judged == 201)
    awaited(mistakes.busy, lambda busy: not busy)
    assert not any(seen), "what the model said before its last training was not shown"


def test_a_look_that_is_stopped_shows_what_it_has_found_and_says_so(
    model: KNNClassifier, store: Store
) -> None:
    dataset = Gated("animals", store)
    dataset.create({**example("cat", 9), "id": "lost", "y": "dog"})
    dataset.create([example(label, n) for label in PLACES for n in range(10, 160)])
    model.k = 5
    train(model, dataset)
    mistakes = Mistakes(model, dataset)
    view = mistakes.view()
    assert isinstance(view, ExampleTiles)
    assert dataset.walking.wait(20)
    view._handle_msg({"type": "stop"})
    dataset.gate.set()
    listing = awaited(mistakes.listing, lambda listing: listing.trained)
    assert (listing.judged, listing.stopped, ids(listing.mistakes)) == (256, True, ["lost"])
    assert "train again to check the rest" in view.listing["summary"]
    train(model, dataset)
    listing = awaited(mistakes.listing, lambda listing: listing.judged == 301)
    assert not listing.stopped


def test_page_sizes_that_cannot_be_shown_are_refused(model: KNNClassifier, dataset: Dataset) -> None:
    for wrong in (0, 101):
        with pytest.raises(DataError, match="page_size"):
            Mistakes(model, dataset, page_size=wrong)


def test_it_ends_with_its_session(model: KNNClassifier, dataset: Dataset) -> None:
    page = Session()
    with page.entered():
        mistakes = Mistakes(model, dataset)
    awaited(mistakes.busy, lambda busy: not busy)
    page.dispose()
    train(model, dataset)
    assert mistakes.mistakes.value == ()
