"""Checkpoints in a served app: listed, given back, downloaded, removed, chosen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from safetensors.torch import load

from imlkit import data_store
from imlkit.store import Store
from imlkit.training import CheckpointRecord, Run, Runs
from imlkit.training.checkpoint import checkpoint_weights
from imlkit.training.run_record import CHECKPOINTS, RUNS
from tests.e2e.served import Served, serving, until

pytestmark = pytest.mark.e2e

SCRIPT = """
import json
from pathlib import Path
import torch
from imlkit import CheckpointChoice, Dashboard, TrainingHistory, data_store
from imlkit.training.checkpoint import load_checkpoint

store = data_store("runs")
model = torch.nn.Linear(3, 2)
history = TrainingHistory("runs")


def restored(checkpoint):
    load_checkpoint(store, checkpoint.id, model)
    Path("restored.json").write_text(json.dumps([checkpoint.run_name, checkpoint.name]))


def chosen(checkpoint):
    Path("chosen.json").write_text(json.dumps(checkpoint and [checkpoint.run_name, checkpoint.name]))


history.restored.subscribe(restored)
choice = CheckpointChoice("runs")
choice.value.subscribe(chosen)
app = Dashboard(title="Training", author="imlkit")
app.page("Runs").use(choice, CheckpointChoice("runs", history.selected, "Of the selected runs"), history)
app.servable()
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, "training", SCRIPT) as served:
        yield served


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


@pytest.fixture
def page(served: Served, open_page: Callable[..., Page]) -> Page:
    page = open_page(served.url)
    expect(page.locator(".history .count")).not_to_contain_text("being read", timeout=30_000)
    return page


def saved(store: Store, name: str, epochs: int = 2, inputs: int = 3) -> list[CheckpointRecord]:
    """Log a run with a checkpoint in each epoch."""
    with Run(store, name) as run:
        for epoch in range(1, epochs + 1):
            run.log(epoch=epoch, loss=1.0, validation_loss=1 / epoch)
            run.checkpoint(torch.nn.Linear(inputs, 2))
    return Runs(store).checkpoints(run.id)


def listed(page: Page, name: str) -> Locator:
    """Open the list of a run's checkpoints."""
    page.get_by_role("button", name=f"More for {name}", exact=True).click()
    page.get_by_role("button", name="Checkpoints…").click()
    found = page.get_by_role("dialog", name=f"Checkpoints of \u2068“{name}”\u2069", exact=True)
    expect(found).to_be_visible()
    return found


def told(folder: Path, name: str) -> object:
    file = folder / f"{name}.json"
    return json.loads(file.read_text() or "null") if file.exists() else None


def field(page: Page, name: str = "Checkpoint") -> Locator:
    return page.get_by_role("combobox", name=name, exact=True)


def test_a_checkpoint_is_restored_and_the_view_says_so(store: Store, page: Page, tmp_path: Path) -> None:
    saved(store, "small", 3)
    saved(store, "of another kind", 1, inputs=7)
    found = listed(page, "small")
    expect(found.get_by_role("status").first).to_have_text("3 checkpoints, the latest first")
    expect(found.locator(".saved > li strong")).to_have_text(["epoch 3", "epoch 2", "epoch 1"])
    expect(found.locator(".saved > li").first).to_contain_text("epoch 3, step 3")
    expect(found.locator(".saved > li").first).to_contain_text("validation_loss 0.3333")
    found.get_by_role("button", name="Restore epoch 2").click()
    expect(found.get_by_text("Checkpoint \u2068“epoch 2”\u2069 handed over.")).to_be_visible()
    assert told(tmp_path, "restored") == ["small", "epoch 2"]
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="More for small")).to_be_focused()
    other = listed(page, "of another kind")
    other.get_by_role("button", name="Restore epoch 1").click()
    expect(other.get_by_role("alert")).to_contain_text("another architecture: weight is (2, 7)")
    assert told(tmp_path, "restored") == ["small", "epoch 2"]


def test_a_checkpoint_is_removed_after_a_question_and_new_ones_come(store: Store, page: Page) -> None:
    with Run(store, "going on") as run:
        found = listed(page, "going on")
        expect(found).to_contain_text("This run has no checkpoints")
        expect(found.locator("pre")).to_have_text("run.checkpoint(model)")
        for epoch in (1, 2):
            run.log(epoch=epoch, loss=1.0)
            run.checkpoint(torch.nn.Linear(3, 2))
        expect(found.locator(".saved > li")).to_have_count(2)
        expect(found.get_by_text("has no checkpoints")).to_be_hidden()
        found.get_by_role("button", name="Remove epoch 1").click()
        asked = found.get_by_role("group", name="Remove epoch 1?")
        expect(asked.get_by_role("button", name="Keep")).to_be_focused()
        page.keyboard.press("Enter")
        expect(found.get_by_role("button", name="Remove epoch 1")).to_be_focused()
        page.keyboard.press("Enter")
        # What comes meanwhile does not disturb.
        run.log(epoch=3, loss=1.0)
        run.checkpoint(torch.nn.Linear(3, 2))
        expect(found.locator(".saved > li")).to_have_count(3)
        expect(asked.get_by_role("button", name="Keep")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(found.locator(".saved > li strong")).to_have_text(["epoch 3", "epoch 2"])
        expect(found.get_by_role("button", name="Remove epoch 2")).to_be_focused()
    assert [record.name for record in Runs(store).checkpoints()] == ["epoch 2", "epoch 3"]


def test_weights_are_downloaded_as_they_are(store: Store, page: Page) -> None:
    first, last = saved(store, "small / <b>")
    found = listed(page, "small / <b>")
    for record in (last, first):
        with page.expect_download() as waited:
            found.get_by_role("button", name=f"Download {record.name}").click()
        assert waited.value.suggested_filename == f"small-b-{record.name.replace(' ', '-')}.safetensors"
        kept = load(Path(waited.value.path()).read_bytes())
        assert torch.equal(kept["weight"], checkpoint_weights(store, record.id)["weight"])
        expect(found.get_by_role("button", name=f"Download {record.name}")).to_have_text("Download")
    store.assets.remove(store.collection(CHECKPOINTS).get(first.id)["asset"])
    found.get_by_role("button", name=f"Download {first.name}").click()
    expect(found.get_by_role("alert")).to_contain_text("could not be downloaded")


def test_thousands_of_checkpoints_of_a_run_are_shown_some_at_a_time(store: Store, page: Page) -> None:
    many(store)
    found = listed(page, "long")
    expect(found.get_by_text("5,000 checkpoints, the latest first")).to_be_visible()
    expect(found.locator(".saved > li")).to_have_count(50)
    found.get_by_role("button", name="Show 50 more").click()
    expect(found.locator(".saved > li")).to_have_count(100)


def many(store: Store) -> None:
    store.collection(RUNS).create({"id": "r", "name": "long", "state": "finished", "checkpoints": 5_000})
    now = datetime.now(UTC)
    store.collection(CHECKPOINTS).create(
        [
            {
                "id": f"c{n}",
                "run": "r",
                "name": f"epoch {n}",
                "epoch": n,
                "at": now,
                "metrics": [["loss", 0.5]],
            }
            for n in range(1, 5_001)
        ]
    )


def test_a_checkpoint_is_chosen_with_the_keyboard_among_those_that_are_saved_meanwhile(
    store: Store, page: Page, tmp_path: Path
) -> None:
    expect(field(page)).to_be_disabled()
    expect(page.get_by_text("There are no checkpoints yet.")).to_be_visible()
    saved(store, "small", 2)
    expect(field(page)).to_be_enabled()
    field(page).focus()
    page.keyboard.press("ArrowDown")
    options = page.get_by_role("option")
    expect(options).to_have_text(
        ["small · epoch 2 · validation_loss 0.5", "small · epoch 1 · validation_loss 1"]
    )
    saved(store, "large", 1)
    expect(options).to_have_count(3)
    page.keyboard.type("small 1")
    expect(options).to_have_text(["small · epoch 1 · validation_loss 1"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("small · epoch 1 · validation_loss 1")
    expect(field(page)).to_be_focused()
    expect(options).to_have_count(0)
    until(lambda: told(tmp_path, "chosen") == ["small", "epoch 1"])
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("small · epoch 1 · validation_loss 1")
    page.keyboard.type("nothing like it")
    expect(page.get_by_text("No checkpoint has all these words.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(field(page)).to_have_value("small · epoch 1 · validation_loss 1")
    page.get_by_role("button", name="Checkpoint: choose none").click()
    expect(field(page)).to_have_value("")
    until(lambda: told(tmp_path, "chosen") is None)


def test_a_chosen_checkpoint_that_is_removed_leaves_the_choice_and_says_so(
    store: Store, page: Page, tmp_path: Path
) -> None:
    first, last = saved(store, "small")
    field(page).click()
    page.get_by_role("option", name="small · epoch 2").click()
    until(lambda: told(tmp_path, "chosen") == ["small", "epoch 2"])
    Runs(store).remove_checkpoint(last.id)
    expect(page.get_by_text("is no longer there. Choose another one.")).to_be_visible()
    expect(field(page)).to_have_value("")
    until(lambda: told(tmp_path, "chosen") is None)
    field(page).click()
    expect(page.get_by_role("option")).to_have_count(1)
    page.get_by_role("option").click()
    expect(page.get_by_text("is no longer there")).to_be_hidden()
    until(lambda: told(tmp_path, "chosen") == ["small", first.name])


def test_only_checkpoints_of_the_runs_that_are_ticked_are_offered(store: Store, page: Page) -> None:
    saved(store, "one", 1)
    saved(store, "<img src=x onerror=alert(1)>", 1)
    other = field(page, "Of the selected runs")
    expect(other).to_be_disabled()
    expect(page.get_by_text("No run is chosen. Choose one or more runs")).to_be_visible()
    page.get_by_role("checkbox", name="Select <img").check()
    expect(other).to_be_enabled()
    other.click()
    expect(page.get_by_role("option")).to_have_text(
        ["<img src=x onerror=alert(1)> · epoch 1 · validation_loss 1"]
    )
    expect(page.locator("img[src=x]")).to_have_count(0)


def test_thousands_of_options_are_found_by_words(store: Store, page: Page, tmp_path: Path) -> None:
    many(store)
    expect(field(page)).to_have_attribute("placeholder", "Choose one of 5,000…")
    field(page).click()
    expect(page.get_by_role("option")).to_have_count(50)
    expect(page.get_by_text("4,950 more: type a part")).to_be_visible()
    field(page).fill("epoch 1234")
    expect(page.get_by_role("option")).to_have_text(["long · epoch 1234 · loss 0.5"])
    page.get_by_role("option").click()
    until(lambda: told(tmp_path, "chosen") == ["long", "epoch 1234"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_works_on_a_phone_and_is_accessible(
    store: Store, served: Served, open_page: Callable[..., Page], scheme: str
) -> None:
    saved(store, "x" * 300)
    page = open_page(served.url, viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=scheme)
    expect(field(page)).to_be_enabled(timeout=30_000)
    field(page).tap()
    expect(page.get_by_role("option")).to_have_count(2)
    assert not faults(page)
    sizes(page, ".checkpoint-choice :is(button, [role=option]):visible")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More for xxx").tap()
    page.get_by_role("button", name="Checkpoints…").tap()
    page.get_by_role("button", name="Remove epoch 2").tap()
    assert not faults(page)
    sizes(page, ".history .checkpoints button:visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def sizes(page: Page, which: str) -> None:
    for part in page.locator(which).all():
        box = part.bounding_box()
        assert box is not None
        assert box["height"] >= 40, part.inner_text()
        assert box["x"] >= 0, part.inner_text()
        assert box["x"] + box["width"] <= 390, part.inner_text()


def faults(page: Page) -> list[str]:
    found = Axe().run(page, context="body").response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]
