from __future__ import annotations

import gc
import io
import threading
import weakref
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imlkit.components.data.browser_requests import Requests
from imlkit.components.data.dataset import Dataset
from imlkit.components.data.dataset_browser import DatasetBrowser
from imlkit.components.data.instance_grid import InstanceGrid
from imlkit.components.data.instance_listing import NO_LABEL, Listing, list_instances
from imlkit.components.data.thumbnails import SIDE, Thumbnails
from imlkit.errors import ArchiveError, DataError
from imlkit.session import Session
from imlkit.stores.memory import MemoryStore
from tests.awaiting import awaited
from tests.contracts.dataset_contract import image


@pytest.fixture
def dataset() -> Dataset:
    return Dataset("drawings", MemoryStore())


def shown(listing: Listing) -> dict[Any, int]:
    return {group.label: len(group.ids) for group in listing.groups}


def test_classes_stand_in_the_order_of_the_alphabet_and_the_unlabelled_last(dataset: Dataset) -> None:
    dataset.create(
        [{"y": "owl"}, {"x": 1}, {"y": "Ant"}, {"y": 10}, {"y": "bee"}, {"y": 9}, {"y": None}, {"y": [1]}]
    )
    listing = list_instances(dataset, 5, 10, {})
    assert [group.label for group in listing.groups] == [9, 10, "Ant", "bee", "owl", NO_LABEL]
    assert [group.count for group in listing.groups] == [1, 1, 1, 1, 1, 3]
    assert (listing.total, listing.unlabelled) == (8, 3)
    assert [len(group.ids) for group in listing.groups] == [1, 1, 1, 1, 1, 3]


def test_only_a_page_of_a_class_is_listed_the_newest_first(dataset: Dataset) -> None:
    ids = [instance["id"] for instance in dataset.create([{"y": "cat"} for _ in range(50)])]
    (cats,) = list_instances(dataset, 6, 10, {}).groups
    assert cats.ids == tuple(reversed(ids[-6:]))
    (cats,) = list_instances(dataset, 6, 10, {cats.key: 18}).groups
    assert cats.ids == tuple(reversed(ids[-18:]))


def test_of_many_classes_some_are_shown_and_more_on_demand(dataset: Dataset) -> None:
    dataset.create([{"y": f"class {n:03}"} for n in range(45)])
    browser = DatasetBrowser(dataset)
    assert len(awaited(browser.listing, lambda listing: listing.total).groups) == 20
    browser.show_more_classes()
    browser.show_more_classes()
    assert len(awaited(browser.listing, lambda listing: len(listing.groups) > 40).groups) == 45


def test_the_listing_follows_writes_from_elsewhere_and_bursts_are_few_looks(dataset: Dataset) -> None:
    browser = DatasetBrowser(dataset)
    looks: list[Listing] = []
    browser.listing.subscribe(looks.append)
    elsewhere = Session()
    with elsewhere.entered():
        other = Dataset("drawings", dataset.store)
    for n in range(300):
        other.create({"y": f"class {n % 3}"})
    last = awaited(browser.listing, lambda listing: listing.total == 300)
    assert shown(last) == {"class 0": 24, "class 1": 24, "class 2": 24}
    assert len(looks) < 60
    elsewhere.dispose()


def test_a_browser_of_a_view_follows_what_comes_into_it(dataset: Dataset) -> None:
    browser = DatasetBrowser(dataset.where({"checked": True}))
    kept = dataset.create([{"y": "cat"}, {"y": "dog", "checked": True}])
    assert shown(awaited(browser.listing, lambda listing: listing.total == 1)) == {"dog": 1}
    dataset.patch(kept[0]["id"], {"checked": True})
    assert shown(awaited(browser.listing, lambda listing: listing.total == 2)) == {"cat": 1, "dog": 1}
    with pytest.raises(DataError, match="upload to the dataset itself"):
        browser.upload(io.BytesIO())
    browser.view()


def test_relabelling_moves_the_selected_and_deselects_them(dataset: Dataset) -> None:
    ids = [instance["id"] for instance in dataset.create([{"y": "cat"} for _ in range(3)])]
    browser = DatasetBrowser(dataset)
    browser.select([ids[0], ids[2], ids[0]])
    assert browser.selected.value == (ids[0], ids[2])
    assert browser.relabel("dog") == [ids[0], ids[2]]
    assert browser.selected.value == ()
    assert dataset.distinct("y") == {"dog": 2, "cat": 1}


def test_typing_a_class_that_is_a_number_means_that_class(dataset: Dataset) -> None:
    one, two, _ = dataset.create([{"y": "a"}, {"y": "b"}, {"y": 7}])
    browser = DatasetBrowser(dataset)
    awaited(browser.listing, lambda listing: listing.total == 3)
    browser.relabel("7", [one["id"]])
    browser.relabel("8", [two["id"]])
    assert dataset.distinct("y") == {7: 2, "8": 1}


def test_a_blank_label_is_refused_and_the_selection_kept(dataset: Dataset, session: Session) -> None:
    kept = dataset.create({"y": "cat"})
    browser = DatasetBrowser(dataset)
    browser.select([kept["id"]])
    with pytest.raises(DataError, match="Give the instance a label first"):
        browser.relabel("  ")
    assert browser.selected.value == (kept["id"],)
    assert dataset.find() == [kept]


def test_what_fails_in_the_view_is_told_there_and_only_there(dataset: Dataset, session: Session) -> None:
    kept = dataset.create({"y": "cat"})
    browser = DatasetBrowser(dataset)
    browser.select([kept["id"]])
    Requests(browser)(InstanceGrid(Requests(browser)), {"type": "relabel", "label": " "})
    notice = awaited(browser.notice, lambda notice: notice.text)
    assert notice.kind == "error"
    assert "Give the instance a label first" in notice.text
    assert browser.explains(session.errors.value)


def test_renaming_a_class_onto_another_joins_them(dataset: Dataset) -> None:
    dataset.create([{"y": "cat"}, {"y": "cta"}, {"y": "cta"}])
    browser = DatasetBrowser(dataset)
    assert len(browser.rename("cta", "cat")) == 2
    assert dataset.distinct("y") == {"cat": 3}


def test_what_is_removed_elsewhere_is_no_longer_selected(dataset: Dataset) -> None:
    one, two = dataset.create([{"y": "cat"}, {"y": "cat"}])
    browser = DatasetBrowser(dataset)
    browser.select([one["id"], two["id"]])
    dataset.remove(one["id"])
    assert browser.selected.value == (two["id"],)
    assert browser.delete() == [two["id"]]
    assert browser.selected.value == ()


def test_an_upload_can_be_cancelled_and_leaves_nothing(dataset: Dataset) -> None:
    source = Dataset("source", MemoryStore())
    source.create([{"y": "cat", "thumbnail": image(n)} for n in range(200)])
    file = io.BytesIO()
    source.download(file)
    browser = DatasetBrowser(dataset)
    browser.progress.filter(lambda progress: progress and progress.task == "Storing").subscribe(
        lambda _: browser.cancel()
    )
    browser.uploads.set(file)
    notice = awaited(browser.notice, lambda notice: notice.text)
    assert notice.text == "The upload was cancelled: nothing was added."
    assert dataset.count() == 0
    assert browser.progress.value is None


def test_an_upload_tells_what_was_added(dataset: Dataset) -> None:
    source = Dataset("source", MemoryStore())
    source.create([{"y": "cat"}, {"y": "dog"}])
    file = io.BytesIO()
    source.download(file)
    browser = DatasetBrowser(dataset)
    browser.uploads.set(file)
    assert awaited(browser.notice, lambda notice: notice.text).text == "2 instances added."
    with pytest.raises(ArchiveError):
        browser.upload(io.BytesIO(b"text"))


@pytest.mark.parametrize(
    "message",
    [
        {"type": "select", "ids": "all", "only": True, "on": True, "seq": 1},
        {"type": "select", "ids": [1, None], "only": True, "on": True, "seq": 1},
        {"type": "more", "group": 3},
        {"type": "all", "group": "unknown", "seq": 1},
        {"type": "relabel", "label": ["x"]},
        {"type": "nonsense"},
        {"type": 5},
        "text",
        None,
    ],
)
def test_messages_that_no_grid_sends_do_no_harm(dataset: Dataset, session: Session, message: Any) -> None:
    kept = dataset.create({"y": "cat"})
    browser = DatasetBrowser(dataset)
    awaited(browser.listing, lambda listing: listing.total)
    InstanceGrid(Requests(browser))._handle_msg(message)
    assert browser.selected.value == ()
    assert dataset.find() == [kept]
    assert not session.errors.has_value


def test_the_session_s_end_lets_go_of_everything() -> None:
    store = MemoryStore()
    session = Session()
    with session.entered():
        browser = DatasetBrowser(Dataset("drawings", store))
        view = browser.view()
    changes = browser.dataset._collection.changes
    assert changes.observed
    gone = weakref.ref(browser)
    session.dispose()
    assert not changes.observed
    del browser, view, session
    for thread in threading.enumerate():
        if thread.name.startswith("Thread") and thread is not threading.current_thread():
            thread.join(0.5)
    gc.collect()
    assert gone() is None


def test_a_thumbnail_is_small_made_once_and_anew_after_a_change(dataset: Dataset) -> None:
    kept = dataset.create({"y": "cat", "thumbnail": image(1, 600)})
    thumbnails = Thumbnails.of(dataset)
    assert Thumbnails.of(Dataset("drawings", dataset.store)) is thumbnails
    first = thumbnails.get(dataset, [kept["id"], "gone"])
    assert Image.open(io.BytesIO(first[kept["id"]].picture)).size == (SIDE, SIDE)
    assert thumbnails.get(dataset, [kept["id"]])[kept["id"]] is first[kept["id"]]
    dataset.patch(kept["id"], {"thumbnail": np.zeros((10, 20, 3), np.uint8)})
    thumbnails.forget([kept["id"]])
    again = thumbnails.get(dataset, [kept["id"]])[kept["id"]]
    assert Image.open(io.BytesIO(again.picture)).size == (20, 10)


@pytest.mark.parametrize(
    ("instance", "text"),
    [
        ({"x": [1.5, 2.25, 3]}, "1.5, 2.25, 3"),
        ({"x": np.zeros((3, 4), np.float32), "y": "cat"}, "3 × 4 float32"),
        ({"x": np.array([0.123456, 2])}, "0.1235, 2"),
        ({"x": "some words " * 50}, ("some words " * 50)[:119] + "…"),
        ({"y": "cat"}, "cat"),
        ({"y": "cat", "score": 0.5}, "score: 0.5"),
        ({}, "empty"),
        ({"x": b"12345"}, "5 bytes"),
    ],
)
def test_an_instance_without_a_picture_is_shown_in_words(
    dataset: Dataset, instance: dict[str, Any], text: str
) -> None:
    kept = dataset.create(instance)
    made = Thumbnails().get(dataset, [kept["id"]])[kept["id"]]
    assert (made.picture, made.text) == (b"", text)


def test_features_that_are_an_image_are_the_picture(dataset: Dataset) -> None:
    kept = dataset.create({"x": image(3, 20)})
    assert Thumbnails().get(dataset, [kept["id"]])[kept["id"]].picture.startswith(b"\x89PNG")


def test_a_page_size_of_nothing_is_refused(dataset: Dataset) -> None:
    with pytest.raises(DataError, match="page_size of 1 or more"):
        DatasetBrowser(dataset, page_size=0)
