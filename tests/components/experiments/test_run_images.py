"""What a view of images, texts and confusion matrices promises."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imlkit import Stream
from imlkit.components.experiments.run_images import RunImages
from imlkit.components.experiments.run_images_content import Contents
from imlkit.components.experiments.run_images_groups import Group, groups_of
from imlkit.components.experiments.run_images_heads import Head
from imlkit.components.experiments.run_images_view import ImageGroups
from imlkit.errors import DataError, StoreUnavailableError
from imlkit.location import data_store
from imlkit.store import Store
from imlkit.stores.sqlite import SQLiteStore
from imlkit.training import Run, Runs
from imlkit.training.run_record import MEDIA
from tests.awaiting import awaited
from tests.stores.serving import served

IMAGE = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)


@pytest.fixture(params=["memory", "sqlite", "tinydb", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    folder = str(tmp_path / "runs")
    places = {"memory": "memory:", "sqlite": folder, "tinydb": f"tinydb:{folder}"}
    if request.param in places:
        yield data_store(places[request.param])
        return
    monkeypatch.setenv("IMLKIT_QUEUE", str(tmp_path / "queue"))
    with (
        served(SQLiteStore(folder), tmp_path / "uploads") as address,
        contextlib.closing(data_store(address)) as store,
    ):
        yield store


def run_with(store: Store, name: str = "one", steps: int = 3) -> str:
    """Log images of some steps; return the run's id."""
    with Run(store, name) as run:
        for step in range(1, steps + 1):
            run.log(step=10 * step, epoch=step, loss=1.0)
            run.log_image("sample", IMAGE + step, f"after {step}")
    return run.id


def found(images: RunImages, holds: Callable[[tuple[Group, ...]], Any] = bool) -> tuple[Group, ...]:
    drawn = awaited(images.drawn, lambda drawn: drawn.found is not None and holds(drawn.found))
    groups: tuple[Group, ...] = drawn.found
    return groups


class Page:
    """Takes what a view sends, as a page does."""

    def __init__(self, images: RunImages, monkeypatch: pytest.MonkeyPatch) -> None:
        self.view = images.view()
        self.answers: Stream[dict[str, Any]] = Stream()
        self.states: list[dict[str, Any]] = []
        monkeypatch.setattr(self.view, "_send_msg", self._heard)
        self.say({"hello": True})

    def _heard(self, message: dict[str, Any]) -> None:
        if "state" in message:
            self.states.append(message["state"])
        else:
            self.answers.set(message)

    def say(self, message: dict[str, Any]) -> None:
        assert isinstance(self.view, ImageGroups)
        self.view._handle_msg(message)

    def ask(self, group: str, moment: Any = None, have: dict[str, str] | None = None) -> list[dict[str, Any]]:
        turn = 1 + (self.answers.value["turn"] if self.answers.has_value else 0)
        self.say({"ask": group, "turn": turn, "moment": moment, "have": have or {}})
        cards: list[dict[str, Any]] = awaited(self.answers, lambda answer: answer["turn"] == turn)["cards"]
        return cards


def head(name: str, step: float, run: str = "a", kind: str = "image", epoch: float = math.nan) -> Head:
    return Head(f"{run}{name}{step}", run, kind, name, step, epoch, 1.0)


def test_media_are_grouped_by_kind_and_name(store: Store) -> None:
    with Run(store, "one") as run:
        run.log_image("sample", IMAGE)
        run.log_text("sample", "words")
        run.log_confusion("validation", [[1]], ["cat"])
        run.log_image("sample", IMAGE)
    groups = found(RunImages(store, run.id))
    assert [(group.kind, group.name, len(group.moments)) for group in groups] == [
        ("image", "sample", 2),
        ("text", "sample", 1),
        ("confusion", "validation", 1),
    ]


def test_several_of_one_step_are_told_apart() -> None:
    (group,) = groups_of({"a": [head("x", 1), head("x", 1), head("x", 2)]})
    assert [(moment.step, moment.nth) for moment in group.moments] == [(1, 0), (1, 1), (2, 0)]


def test_each_run_shows_what_it_had_by_a_moment() -> None:
    (group,) = groups_of({"a": [head("x", 1), head("x", 5)], "b": [head("x", 3, "b", epoch=2.0)]})
    assert [(moment.step, moment.epoch) for moment in group.moments[1:2]] == [(3, 2.0)]
    at = [group.at(run, (3, 0)) for run in ("a", "b")]
    assert [one and one.step for one in at] == [1, 3]
    assert group.at("b", (1, 0)) is None
    latest = group.at("a", None)
    assert latest is not None
    assert latest.step == 5


def test_steps_that_are_logged_out_of_order_are_sorted() -> None:
    (group,) = groups_of({"a": [head("x", 5), head("x", math.nan), head("x", 1)]})
    assert [moment.step for moment in group.moments][1:] == [1, 5]
    assert math.isnan(group.moments[0].step)


def test_new_media_appear_while_a_run_logs(store: Store) -> None:
    with Run(store, "live") as run:
        images = RunImages(store, run.id)
        for count in range(1, 4):
            run.log(loss=1.0)
            run.log_image("sample", IMAGE)
            groups = found(images, lambda groups: groups and len(groups[0].moments) == count)  # noqa: B023
    assert [moment.step for moment in groups[0].moments] == [1, 2, 3]


def test_the_run_that_was_begun_last_is_shown_by_itself(store: Store) -> None:
    run_with(store, "one")
    images = RunImages(store)
    found(images, lambda groups: len(groups[0].moments) == 3)
    second = run_with(store, "two", 5)
    found(images, lambda groups: groups and len(groups[0].moments) == 5)
    assert images.drawn.value.runs[0].id == second


def test_runs_follow_a_stream_of_ids(store: Store) -> None:
    one, two = run_with(store, "one"), run_with(store, "two", 1)
    selected: Stream[tuple[str, ...]] = Stream(())
    images = RunImages(store, selected)
    awaited(images.drawn, lambda drawn: drawn.read)
    assert images.drawn.value.chosen == 0
    selected.set((one, two))
    groups = found(images)
    assert list(groups[0].media) == [one, two]
    assert [(run.name, run.look) for run in images.drawn.value.runs] == [("one", 0), ("two", 1)]


def test_what_is_no_run_is_refused(store: Store) -> None:
    with pytest.raises(DataError, match="does not say which runs"):
        RunImages(store, [3])  # type: ignore[list-item]


def test_removed_media_and_runs_disappear(store: Store) -> None:
    one, two = run_with(store, "one"), run_with(store, "two")
    images = RunImages(store, [one, two])
    found(images, lambda groups: groups and len(groups[0].media) == 2)
    first = store.collection(MEDIA).find({"run": one}, limit=1)[0]["id"]
    store.collection(MEDIA).remove(first)
    found(images, lambda groups: len(groups[0].media[one][1]) == 2)
    Runs(store).remove([one])
    found(images, lambda groups: groups and list(groups[0].media) == [two])


def test_a_page_is_sent_what_it_asks_for_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_with(store)
    images = RunImages(store, run)
    found(images)
    page = Page(images, monkeypatch)
    (card,) = page.ask("image:sample")
    assert (card["step"], card["epoch"], card["content"]["caption"]) == (30, 3, "after 3")
    assert card["content"]["picture"].startswith(b"\x89PNG")
    assert card["content"]["whole"] == [5, 4]
    (again,) = page.ask("image:sample", have={run: card["id"]})
    assert "content" not in again
    (early,) = page.ask("image:sample", [10, 0])
    assert early["content"]["caption"] == "after 1"
    (none,) = page.ask("image:sample", [5, 0])
    assert none == {"run": run, "id": None}
    assert page.ask("image:gone") == []


def test_a_page_is_told_only_of_new_moments(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_with(store)
    images = RunImages(store, run)
    found(images)
    page = Page(images, monkeypatch)
    (group,) = page.states[-1]["groups"]
    assert group["from"] == 0
    moments = np.frombuffer(group["moments"], "<f8").reshape(3, -1)
    assert moments.tolist() == [[10, 20, 30], [0, 0, 0], [1, 2, 3]]
    store.collection(MEDIA).create({"run": run, "kind": "text", "name": "sample", "step": 1, "text": "words"})
    store.collection(MEDIA).create(
        {"run": run, "kind": "image", "name": "sample", "step": 40, "image": IMAGE}
    )
    found(images, lambda groups: len(groups[0].moments) == 4)
    group, text = page.states[-1]["groups"]
    assert (group["from"], text["from"]) == (3, 0)
    assert np.frombuffer(group["moments"], "<f8")[:2].tolist() == [40, 0]


def test_thousands_of_names_come_a_page_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    store = data_store("memory:")
    run = run_with(store, steps=0)
    store.collection(MEDIA).create(
        [
            {"run": run, "kind": "text", "name": f"text {n % 1000}", "step": n, "text": str(n)}
            for n in range(5_000)
        ]
    )
    images = RunImages(store, run)
    found(images)
    page = Page(images, monkeypatch)
    assert (len(page.states[-1]["groups"]), page.states[-1]["more"]) == (8, 992)
    page.say({"more": True})
    assert (len(page.states[-1]["groups"]), page.states[-1]["more"]) == (16, 984)
    page.say({"find": "Text 99"})
    assert [group["name"] for group in page.states[-1]["groups"]][:2] == ["text 99", "text 990"]
    assert page.states[-1]["more"] == 3
    assert page.ask("text:text 99")[0]["content"]["text"] == "4099"


def test_damaged_documents_say_so() -> None:
    store = data_store("memory:")
    media = store.collection(MEDIA)
    documents: list[tuple[dict[str, Any], str]] = [
        ({"kind": "image"}, "holds no picture"),
        ({"kind": "image", "image": np.zeros((3, 3, 7))}, "not an image"),
        ({"kind": "text", "text": 3}, "holds no text"),
        ({"kind": "confusion", "counts": np.zeros((2, 2)), "labels": ["a"]}, "do not fit"),
        ({"kind": "confusion", "counts": np.full((1, 1), np.nan), "labels": ["a"]}, "do not fit"),
        ({"kind": "confusion"}, "do not fit"),
    ]
    contents = Contents(store)
    for document, words in documents:
        id = media.create(document)["id"]
        assert words in contents.read(id)["problem"]
    assert "no longer there" in contents.read("gone")["problem"]


def test_a_picture_whose_file_is_damaged_says_so(tmp_path: Path) -> None:
    import sqlite3

    store = data_store(tmp_path / "runs")
    ids = [store.collection(MEDIA).create({"kind": "image", "image": IMAGE + n})["id"] for n in range(2)]
    store.close()
    (file,) = (tmp_path / "runs").glob("*.sqlite*")
    with sqlite3.connect(file) as connection:
        rows = connection.execute("SELECT document, name FROM attachments ORDER BY document").fetchall()
        connection.execute("UPDATE attachments SET content = x'00' WHERE document = ?", rows[0][:1])
        connection.execute("DELETE FROM attachments WHERE document = ?", rows[1][:1])
    connection.close()
    contents = Contents(data_store(tmp_path / "runs"))
    assert "is damaged" in contents.read(ids[0])["problem"]
    assert "is damaged" in contents.read(ids[1])["problem"]


def test_a_document_without_fields_is_told_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_with(store, steps=0)
    store.collection(MEDIA).create({"run": run, "kind": "image", "name": 7, "step": "x", "epoch": math.nan})
    images = RunImages(store, run)
    (group,) = found(images)
    assert group.name == "without a name"
    page = Page(images, monkeypatch)
    (card,) = page.ask(group.key, [None, 0])
    assert card["step"] is None
    assert "problem" in card["content"]


def test_large_images_are_sent_smaller() -> None:
    store = data_store("memory:")
    random = np.random.default_rng(0).integers(0, 256, (1500, 3000, 3), np.uint8)
    id = store.collection(MEDIA).create({"kind": "image", "image": random})["id"]
    content = Contents(store).read(id)
    assert (content["size"], content["whole"]) == ([1024, 512], [3000, 1500])
    assert len(content["picture"]) < 1_000_000


def test_large_matrices_show_the_labels_with_the_most_mistakes() -> None:
    store = data_store("memory:")
    counts = np.eye(100, dtype=np.int64) * 5
    counts[90, 91] = 7
    labels = [f"label {n}" for n in range(100)]
    id = store.collection(MEDIA).create({"kind": "confusion", "counts": counts, "labels": labels})["id"]
    content = Contents(store).read(id)
    assert len(content["labels"]) == 30
    assert {"label 90", "label 91"} <= set(content["labels"])
    assert (content["right"], content["total"], content["all"]) == (500, 507, 100)


def test_a_store_that_fails_is_told_of_and_tried_again() -> None:
    store = data_store("memory:")
    run = run_with(store)

    class Fragile(Runs):
        broken = True

        def read(self, ids: Any = None) -> Any:
            if self.broken:
                raise StoreUnavailableError("It does not answer.")
            return super().read(ids)

    runs = Fragile(store)
    images = RunImages(runs, run)
    awaited(images.drawn, lambda drawn: drawn.problem == "It does not answer.")
    runs.broken = False
    images.look()
    found(images)
    assert images.drawn.value.problem == ""


def test_it_says_how_to_begin() -> None:
    store = data_store("memory:")
    images = RunImages(store)
    drawn = awaited(images.drawn, lambda drawn: drawn.read)
    assert drawn.without("images", "Begin.") == "There is no run yet. Begin."
    run = run_with(store, steps=0)
    drawn = awaited(images.drawn, lambda drawn: drawn.runs)
    assert drawn.without("images", "Begin.") == "This run has logged no images yet. Begin."
    images.shown.set([run, "gone"])
    drawn = awaited(images.drawn, lambda drawn: drawn.chosen == 2)
    assert drawn.note == "1 chosen run is no longer there."
    images.dispose()
