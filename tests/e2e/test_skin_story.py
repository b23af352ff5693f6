"""What README tells of an engineer and a clinician: two pages, two browsers and her own training."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from imlkit import TorchModel, data_store
from imlkit.apps.skin.lesions import LABELS, lesion, lesions
from imlkit.apps.skin.network import network, prepare
from imlkit.images import encode_png
from imlkit.store import Store
from imlkit.stores.remote import RemoteStore
from imlkit.stores.remote.log_in import log_in
from tests.accounts import PASSWORD, served_store
from tests.contracts.model_contract import Stored
from tests.e2e.served import ROOT, Served, until

pytestmark = pytest.mark.e2e

TRAINING = 120_000
"""Milliseconds that a training may take here."""


def commands() -> list[list[str]]:
    """Return what README writes into its three terminals."""
    section = (ROOT / "README.md").read_text().partition("## Your own training")[2].partition("\n## ")[0]
    (block,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [line.partition("#")[0].split() for line in block.splitlines()]


def here(words: list[str]) -> list[str]:
    """Return a command as this environment runs it, on a free port."""
    words = ["0" if before == "--port" else word for before, word in zip(["", *words], words, strict=False)]
    programs = {"imlkit": [sys.executable, "-m", "imlkit"], "python": [sys.executable]}
    return [*programs[words[0]], *words[1:]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "apps").symlink_to(ROOT / "apps")
    return tmp_path


@pytest.fixture
def pages(folder: Path) -> Iterator[tuple[Served, Served]]:
    served: list[Served] = []
    try:
        for words in commands()[:2]:
            served.append(Served(here(words), folder))
        yield served[0], served[1]
    finally:
        for one in served:
            one.stop()
    for one in served:
        assert "Traceback" not in "".join(one.log), "".join(one.log)


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    store = data_store(folder / "skin-data" / "skin")
    yield store
    store.close()


def train(folder: Path, *more: str) -> str:
    """Train as in the third terminal; return what it says."""
    said = subprocess.run(
        [*here(commands()[2]), *more],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TRAINING / 1000,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


def give(page: Page, *labels: str, skin: str = "light") -> None:
    """Upload images."""
    files: list[FilePayload] = [
        {
            "name": f"{label} {n}.png",
            "mimeType": "image/png",
            "buffer": encode_png(lesion(label, 5000 + n, skin)),
        }
        for n, label in enumerate(labels)
    ]
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose images").filter(visible=True).click()
    chooser.value.set_files(files)


def go(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).or_(
        page.get_by_role("link", name=name, exact=True)
    ).click()


def choose(page: Page, side: str, option: str) -> None:
    field = page.get_by_role("combobox", name=f"{side} checkpoint", exact=True)
    field.click()
    page.get_by_role("option", name=re.compile(option)).filter(visible=True).first.click()


def publish(page: Page, side: str, note: str, number: int) -> None:
    page.get_by_role("combobox", name="Publish which").select_option(label=side)
    page.get_by_role("textbox", name="Why").fill(note)
    page.get_by_role("textbox", name="Why").press("Tab")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(f"Version {number} is in use on every clinician's page.")).to_be_visible(
        timeout=30_000
    )


def answer(page: Page, version: int) -> str:
    """Wait for what the model of a version says, and return it."""
    said = page.get_by_role("status").filter(
        has_text=re.compile(rf"(nevus|melanoma).*%.*version {version}", re.DOTALL)
    )
    expect(said).to_be_visible(timeout=30_000)
    return "nevus" if "nevus" in said.inner_text() else "melanoma"


def test_an_engineer_trains_and_publishes_a_clinician_uses_and_corrects(
    folder: Path, pages: tuple[Served, Served], store: Store, open_page: Callable[..., Page]
) -> None:
    engineer, clinician = open_page(pages[0].url), open_page(pages[1].url)
    expect(engineer.get_by_text("run.log")).to_be_visible(timeout=60_000)
    expect(clinician.get_by_text("has not published a model yet").first).to_be_visible(timeout=60_000)

    # What he uploads before there is a model waits for one.
    give(clinician, "melanoma")
    expect(clinician.get_by_text("1 image waits for you.")).to_be_visible()
    expect(clinician.get_by_role("button", name="That is right")).to_be_disabled()

    assert "0 cases that clinicians judged" in train(folder, "--epochs", "3", "--name", "first")
    expect(engineer.get_by_role("gridcell", name="first", exact=True)).to_be_visible()
    go(engineer, "Compare")
    give(engineer, "nevus")
    for side, epoch in (("Left", 3), ("Right", 1)):
        choose(engineer, side, f"first.*epoch {epoch}")
    expect(engineer.get_by_role("status").filter(has_text=re.compile("(nevus|melanoma).*%"))).to_have_count(
        2, timeout=30_000
    )
    publish(engineer, "Left", "the first that is any good", 1)

    # It appears under his eyes, and answers for what waits.
    loaded = (
        "Loaded the checkpoint “epoch 3” of the run “first” (version 1). "
        "The engineer says: the first that is any good"
    )
    expect(clinician.get_by_text(loaded)).to_be_visible(timeout=30_000)
    said = answer(clinician, 1)
    expect(clinician.get_by_role("img", name="What the answer rests on")).to_be_visible()
    other = "nevus" if said == "melanoma" else "melanoma"
    clinician.get_by_role("combobox", name="What it is").select_option(label=other)
    clinician.get_by_role("button", name="Correct it").click()
    expect(clinician.get_by_text("No image waits for you")).to_be_visible()
    cases = store.collection("dataset/cases")
    until(lambda: cases.count() == 1)
    (case,) = cases.find()
    assert (case["y"], case["predicted"], case["agreed"], case["version"]) == (other, said, False, 1)

    # Another is published while he looks at an answer of the former.
    give(clinician, "nevus", "melanoma")
    answer(clinician, 1)
    publish(engineer, "Right", "to see the difference", 2)
    confirmed = answer(clinician, 2)
    expect(clinician.get_by_text("(version 2). The engineer says: to see the difference")).to_be_visible()
    expect(clinician.get_by_text("2 images wait for you.")).to_be_visible()
    clinician.get_by_role("button", name="That is right").click()
    expect(clinician.get_by_text("1 image waits for you.")).to_be_visible()
    until(lambda: cases.count() == 2)
    assert cases.find({"agreed": True}, select=["y", "version"])[0]["y"] == confirmed

    # His corrections are data of her next training.
    assert "2 cases that clinicians judged, 1 corrected" in train(folder, "--epochs", "2", "--name", "second")
    go(engineer, "Training")
    expect(engineer.get_by_role("gridcell", name="second", exact=True)).to_be_visible()
    (run,) = store.collection("runs").find({"name": "second"})
    assert (run["params"]["cases"], run["params"]["corrections"]) == (2, 1)

    # She goes back to the version before: his page follows.
    go(engineer, "Compare")
    engineer.get_by_role("button", name="Use version 1").click()
    answer(clinician, 1)
    expect(engineer.get_by_role("row", name=re.compile("Version 1 in use"))).to_be_visible()
    for version in (1, 2):
        engineer.get_by_role("checkbox", name=f"Compare version {version}").check()
    compared = engineer.get_by_role("region", name="Comparison")
    expect(compared.get_by_role("row", name=re.compile("validation loss"))).to_be_visible()
    expect(compared).to_contain_text("checkpoint “epoch 3” of the run “first”")
    go(engineer, "Cases")
    expect(engineer.get_by_role("option").first).to_be_visible()


CLINICIAN = (
    "create in dataset/*, read own in dataset/*, update own in dataset/*, remove own in dataset/*, "
    "read in models, read in model_versions, read in trainings"
)


def test_with_accounts_each_clinician_has_cases_of_his_own(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    people = {"louise": "editor", "michel": "annotator", "nadia": "annotator"}
    with served_store(tmp_path, people, rules=CLINICIAN) as url:
        login = log_in(url, "louise", PASSWORD)
        hers = RemoteStore(url, token=login.token)
        model = TorchModel(network, labels=LABELS, prepare=prepare, epochs=1)
        model.train(Stored([{"x": image, "y": label} for image, label in lesions(16)]))
        assert model.wait(60).state == "success"
        model.save(hers, "skin")
        served = Served(
            [*here(["imlkit", "serve", str(ROOT / "apps/skin/clinician.py"), "--port", "0"]), "--store", url],
            tmp_path,
            {"IMLKIT_QUEUE": str(tmp_path / "queue"), "XDG_CONFIG_HOME": str(tmp_path)},
        )
        try:
            pages = []
            for name in ("michel", "nadia"):
                page = open_page(served.url)
                page.get_by_label("Name").fill(name)
                page.get_by_label("Password").fill(PASSWORD)
                page.get_by_role("button", name="Log in").click()
                expect(page.get_by_text("version 1")).to_be_visible(timeout=60_000)
                pages.append(page)
            michel, nadia = pages
            give(michel, "nevus", "melanoma")
            answer(michel, 1)
            michel.get_by_role("button", name="That is right").click()
            expect(michel.get_by_text("1 image waits for you.")).to_be_visible()
            cases = hers.collection("dataset/cases")
            until(lambda: cases.count({"created_by": "michel"}) == 1)
            expect(nadia.get_by_text("No image waits for you")).to_be_visible()
            go(nadia, "Cases")
            expect(nadia.get_by_role("option")).to_have_count(0)
            go(michel, "Cases")
            expect(michel.get_by_role("option")).to_have_count(1)
        finally:
            served.stop()
            hers.close()
        assert "Traceback" not in "".join(served.log), "".join(served.log)
