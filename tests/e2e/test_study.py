"""The study, as its participants go through it and as who runs it exports it."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from imlkit import data_store
from imlkit.apps.study.participants import Participants
from imlkit.components.data.dataset import DATASETS
from tests.e2e.served import ROOT, Served, until
from tests.e2e.sketching import canvas, draw
from tests.e2e.teaching import button, on_to, step

pytestmark = pytest.mark.e2e

STUDY = ROOT / "apps" / "study" / "study.py"
SHAPES = {"face": "circle", "house": "cross"}
SCREEN = {"width": 1280, "height": 1100}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the study is kept."""
    return tmp_path_factory.mktemp("study")


@pytest.fixture(scope="module")
def people(folder: Path) -> Participants:
    """Who takes part in the study."""
    return Participants(data_store(str(folder / "study")))


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    """The address of the study."""
    command = [sys.executable, "-m", "imlkit", "serve", str(STUDY), "--port", "0", "--data", str(folder)]
    served = Served(command, folder)
    yield served.url
    served.stop()


def agree(page: Page) -> str:
    """Take part; return the participant's key."""
    step(page, "Consent")
    expect(button(page, "Next")).to_be_disabled()
    page.get_by_role("checkbox", name="agree to take part").check()
    expect(button(page, "Next")).to_be_enabled()
    button(page, "Next").click()
    page.wait_for_url(re.compile(r"\?participant=[\w-]{24}#instructions$"))
    step(page, "Instructions")
    return page.url.partition("?participant=")[2].partition("#")[0]


def show(page: Page, name: str, count: int) -> None:
    """Draw another example and say what it is."""
    draw(page, SHAPES[name], 0.015 * count)
    button(page, f"This is a {name}").click()
    expect(page.get_by_text(f"{name} {count + 1} of 4").filter(visible=True).first).to_be_visible()
    expect(canvas(page)).to_have_attribute("aria-label", "Draw here: empty")


def test_a_participant_goes_through_it_all_with_a_reload_in_the_middle(
    url: str, open_page: Any, people: Participants, folder: Path
) -> None:
    page = open_page(url, viewport=SCREEN)
    participant = people.known_by(agree(page))
    assert participant is not None
    on_to(page, "Draw")
    for name in SHAPES:
        show(page, name, 0)
    expect(page.get_by_text("Draw 3 more of face and 3 more of house.")).to_be_visible()
    expect(button(page, "Next")).to_be_disabled()
    page.reload()
    step(page, "Draw")
    expect(page.get_by_text("face 1 of 4, house 1 of 4").filter(visible=True).first).to_be_visible()
    more_of_the_same(people, participant.examples, 3)
    expect(page.get_by_text("Done: face 4 of 4, house 4 of 4.").first).to_be_visible()
    on_to(page, "Train")
    button(page, "Train the computer").click()
    on_to(page, "Test")
    for n, name in enumerate(SHAPES):
        draw(page, SHAPES[name], 0.02)
        expect(page.get_by_role("status").filter(has_text=re.compile(rf"{name}.*%"))).to_be_visible()
        button(page, f"I drew a {name}").click()
        expect(page.get_by_text(f"{n + 1} of 4 tests, {n + 1} of them right").first).to_be_visible()
        expect(canvas(page)).to_have_attribute("aria-label", "Draw something new: empty")
    more_of_the_same(people, participant.tests, 1)
    on_to(page, "Questions")
    answer(page)
    button(page, "Finish").click()
    step(page, "Thanks")
    expect(page.get_by_text(participant.code).filter(visible=True).first).to_be_visible()
    until(lambda: people.documents.get(participant.id).get("finished") is not None)
    check_export(folder, participant.code)


def more_of_the_same(people: Participants, name: str, times: int) -> None:
    """Keep every drawing again, as often as said: drawing each with the mouse takes long."""
    dataset = people.store.collection(DATASETS + name)
    for drawing in dataset.find():
        dataset.create([{**drawing, "id": f"{drawing['id']}-{n}"} for n in range(times)])


def answer(page: Page) -> None:
    """Answer the questions, the first by keyboard, and find the answers again after a reload."""
    expect(page.get_by_text("5 required questions are still open.")).to_be_visible()
    easy = page.get_by_role("radiogroup", name="It was easy to teach the computer. (required)")
    easy.get_by_role("radio", name="Strongly disagree").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(easy.get_by_role("radio", name="Agree", exact=True)).to_be_checked()
    for n in range(1, 4):
        page.get_by_role("radiogroup").nth(n).get_by_role("radio").first.check()
    strategy = page.get_by_role("textbox", name="How did you choose what to draw? (required)")
    strategy.fill("=as <b>they</b> come")
    expect(button(page, "Finish")).to_be_enabled()
    page.reload()
    step(page, "Questions")
    expect(strategy).to_have_value("=as <b>they</b> come")
    expect(easy.get_by_role("radio", name="Agree", exact=True)).to_be_checked()
    expect(button(page, "Finish")).to_be_enabled()


def check_export(folder: Path, code: str) -> None:
    command = [sys.executable, str(STUDY), "export", "out", "--store", "study"]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    assert f": {code}, 12 drawings, 1 model, " in said.stdout

    def rows(table: str) -> list[dict[str, str]]:
        with (folder / "out" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if row["participant"] == code]

    (participant,) = rows("participants")
    assert (participant["examples"], participant["tests_right"], participant["answers"]) == ("8", "4", "5")
    assert participant["finished"] > participant["agreed"]
    kinds = [event["event"] for event in rows("events")]
    assert kinds[:2] == ["consent", "open"]
    assert kinds[-1] == "finish"
    assert (kinds.count("capture"), kinds.count("trained"), kinds.count("test")) == (2, 1, 2)
    assert kinds.count("open") == 3
    assert kinds.count("answer") == 7
    answers = {each["question"]: each["answer"] for each in rows("answers")}
    assert (answers["easy"], answers["strategy"]) == ("4", "'=as <b>they</b> come")
    for drawing in rows("drawings"):
        with Image.open(folder / "out" / drawing["file"]) as picture:
            assert picture.size == (256, 256)
    (model,) = rows("models")
    assert (folder / "out" / model["file"]).stat().st_size > 1000


def test_two_at_once_never_meet_and_one_withdraws(url: str, open_page: Any, people: Participants) -> None:
    (left, first), (stayed, second) = people.begin("The words."), people.begin("The words.")
    # They come back by their addresses alone, each in a browser of their own.
    one, two = (open_page(f"{url}?participant={key}#draw", viewport=SCREEN) for key in (first, second))
    for page in (one, two):
        step(page, "Draw")
    show(one, "face", 0)
    show(two, "house", 0)
    expect(one.get_by_text("face 1 of 4, house 0 of 4").first).to_be_visible()
    expect(two.get_by_text("face 0 of 4, house 1 of 4").first).to_be_visible()
    expect(two.get_by_role("option")).to_have_count(1)
    # A second tab of the one who withdraws is led away too.
    tab = one.context.new_page()
    tab.goto(f"{url}?participant={first}")
    step(tab, "Draw")
    button(one, "Withdraw…").click()
    button(one, "Stay in the study").click()
    expect(one.get_by_role("dialog")).to_have_count(0)
    expect(one.get_by_role("option")).to_have_count(1)
    button(one, "Withdraw…").click()
    button(one, "Remove everything").click()
    for page in (one, tab):
        page.wait_for_url("**?withdrawn=1")
        expect(page.get_by_text("Everything of yours has been removed.")).to_be_visible()
    until(lambda: left.code not in kept(people))
    assert stayed.here
    one.goto(f"{url}?participant={first}")
    expect(one.get_by_text("This address leads to nobody who takes part")).to_be_visible()
    expect(two.get_by_role("option")).to_have_count(1)


def kept(people: Participants) -> str:
    return repr([(name, people.store.collection(name).find()) for name in people.store.collections()])


def test_who_declines_leaves_nothing_and_the_bar_keeps_the_address(
    url: str, open_page: Any, people: Participants
) -> None:
    before = kept(people)
    page = open_page(f"{url}#draw", viewport={"width": 390, "height": 844}, has_touch=True)
    expect(page.get_by_text("This step is still closed. Agree to take part first.")).to_be_visible()
    button(page, "Back").tap()
    button(page, "Back").tap()
    step(page, "Consent")
    button(page, "I do not want to take part").tap()
    page.wait_for_url("**?declined=1")
    expect(page.get_by_text("You have not taken part, and nothing was kept.")).to_be_visible()
    assert kept(people) == before
    page.get_by_role("link", name="read it again").tap()
    key = agree(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    toggle = page.get_by_role("button", name="Toggle theme").bounding_box()
    assert toggle is not None
    assert toggle["x"] + toggle["width"] <= 390
    page.get_by_role("link", name="Teaching a computer to see").tap()
    step(page, "Consent")
    expect(page.get_by_text("Your code is").filter(visible=True)).to_be_visible()
    assert page.url == f"{url}?participant={key}#consent"
