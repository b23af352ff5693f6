"""What the study keeps of its participants, apart from one another, and what it exports."""

from __future__ import annotations

import contextlib
import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imlkit import Button, Dataset, EventLog, MLPClassifier, Sketchpad, Store, data_store
from imlkit.apps.study.columns import COLUMNS
from imlkit.apps.study.command import main
from imlkit.apps.study.export import export_study
from imlkit.apps.study.guide import StudyGuide
from imlkit.apps.study.harmless_csv import harmless, write_table
from imlkit.apps.study.participants import Participant, Participants
from imlkit.apps.study.questionnaire import Question, Questionnaire
from imlkit.apps.study.taking_part import TakingPart
from imlkit.apps.study.teaching import Teaching
from imlkit.components.inputs.strokes import Stroke
from imlkit.errors import CommandError
from imlkit.stores.sqlite import SQLiteStore
from tests.e2e.served import until
from tests.stores.serving import served

QUESTIONS = (
    Question("easy", "It was easy."),
    Question("why", "Why?", levels=(), required=False),
)


@pytest.fixture
def people() -> Participants:
    return Participants(data_store("memory:"))


def log_of(people: Participants, participant: Participant) -> EventLog:
    return EventLog(people.name, people.store, {"participant": participant.code})


def teaching(people: Participants, participant: Participant) -> Teaching:
    return Teaching(people.store, participant, log_of(people, participant), ("face", "house"), 2, 1)


def drawn(turn: float) -> list[Stroke]:
    lines = [[20 + turn, 20], [200, 200 - turn]], [[20, 200 - turn], [200, 20]]
    return [Stroke(np.array(line, np.float32), size=8) for line in lines]


def judge(pad: Sketchpad, strokes: list[Stroke], *buttons: Button) -> None:
    """Draw once the drawing before is gone, and press these buttons one after another."""
    until(lambda: all(button.disabled.value for button in buttons))
    pad.strokes.set(strokes)
    until(lambda: not buttons[0].disabled.value)
    for button in buttons:
        button.click()


def teach(lesson: Teaching, each: int = 2) -> None:
    """Draw so many of each class, train, and test once."""
    for n in range(each):
        for add, shift in zip(lesson.adds, (0, 90), strict=True):
            before = lesson.examples.count()
            judge(lesson.pad, drawn(shift + 5 * n), add)
            until(lambda before=before: lesson.examples.count() > before)  # type: ignore[misc]
            until(lambda: not lesson.pad.strokes.value)
    until(lambda: lesson.drawn.missing.value == "")
    lesson.train.click()
    until(lambda: lesson.participant.latest_model() is not None)
    judge(lesson.trial, drawn(90), lesson.says[1])
    until(lambda: lesson.tests.count() == 1)
    until(lambda: not lesson.trial.strokes.value)
    until(lambda: lesson.tested.missing.value == "")
    until(lambda: bool(lesson.log.find({"kind": "predict"})))


def everything(store: Store) -> str:
    """Return all documents of a store as text."""
    return repr([(name, store.collection(name).find()) for name in store.collections()])


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_pseudonym_is_random_and_tells_nothing(people: Participants) -> None:
    taken = [people.begin("The words.") for _ in range(50)]
    assert len({participant.code for participant, _ in taken}) == 50
    assert all(re.fullmatch(r"([2-9A-HJKMNP-Z]{4}-){2}[2-9A-HJKMNP-Z]{4}", one.code) for one, _ in taken)
    (fields,) = {frozenset(each) for each in people.documents.find()}
    assert fields == {"id", "code", "agreed", "consent"}


def test_only_the_key_leads_back_and_it_is_not_in_the_store(people: Participants) -> None:
    participant, key = people.begin("The words.")
    found = people.known_by(key)
    assert found is not None
    assert found.code == participant.code
    assert people.known_by(participant.code) is people.known_by(participant.id) is people.known_by("") is None
    assert key not in everything(people.store)
    assert len(key) >= 24


def test_two_participants_at_once_have_nothing_in_common(people: Participants) -> None:
    one, other = (people.begin("The words.")[0] for _ in range(2))
    first, second = teaching(people, one), teaching(people, other)
    teach(first)
    assert (second.examples.count(), second.tests.count(), other.latest_model()) == (0, 0, None)
    assert second.log.find({"participant": other.code}) == []
    assert not second.classifier.trained
    second.pad.strokes.set(drawn(0))
    second.adds[0].click()
    until(lambda: second.examples.count() == 1)
    assert first.examples.count() == 4


def test_what_they_do_is_recorded_in_order(people: Participants) -> None:
    lesson = teaching(people, people.begin("The words.")[0])
    teach(lesson)
    drawing = lesson.examples.find()[0]
    lesson.examples.patch(drawing["id"], {"y": "house"})
    until(lambda: bool(lesson.log.find({"kind": "relabel", "label": "house"})))
    lesson.examples.remove(drawing["id"])
    until(lambda: bool(lesson.log.find({"kind": "remove"})))
    kinds = [event["kind"] for event in lesson.log.find() if event["kind"] != "predict"]
    assert kinds == [*["capture"] * 4, "train", "trained", "test", "relabel", "remove"]
    times = [event["time"] for event in lesson.log.find()]
    assert times == sorted(times)


def test_a_drawing_counts_once_however_often_it_is_judged(people: Participants) -> None:
    lesson = teaching(people, people.begin("The words.")[0])
    teach(lesson)
    pairs = ((lesson.pad, lesson.adds, lesson.examples), (lesson.trial, lesson.says, lesson.tests))
    for pad, (first, second), kept in pairs:
        before = kept.count()
        for line in (30, 40):
            judge(pad, drawn(line), first, first, second)
            until(lambda pad=pad: not pad.strokes.value)  # type: ignore[misc]
        # What was pressed is kept in order: once the second drawing is there, all of the first is done.
        until(lambda kept=kept, before=before: kept.count() == before + 2)  # type: ignore[misc]
        judge(pad, drawn(50), first)
        until(lambda kept=kept, before=before: kept.count() == before + 3)  # type: ignore[misc]
    for kind, count in (("capture", 7), ("test", 4)):
        until(lambda kind=kind, count=count: len(lesson.log.find({"kind": kind})) == count)  # type: ignore[misc]


def test_a_drawing_that_comes_back_counts_again_only_once_it_is_changed(people: Participants) -> None:
    lesson = teaching(people, people.begin("The words.")[0])
    judge(lesson.pad, drawn(0), lesson.adds[0])
    until(lambda: lesson.pad.cleared.value == 1 and lesson.adds[-1].disabled.value)
    lesson.pad.undo()
    until(lambda: bool(lesson.pad.strokes.value))
    assert [add.disabled.value for add in lesson.adds] == [True, True]
    judge(lesson.pad, [*lesson.pad.strokes.value, *drawn(60)], lesson.adds[1])
    until(lambda: lesson.examples.count() == 2)


def test_coming_back_finds_drawings_model_and_answers(people: Participants) -> None:
    participant, key = people.begin("The words.")
    teach(teaching(people, participant))
    Questionnaire(QUESTIONS, participant, log_of(people, participant)).fields[0].value.set(4)
    until(lambda: participant.answers() == {"easy": 4})
    again = people.known_by(key)
    assert again is not None
    lesson, log = teaching(people, again), log_of(people, again)
    for missing in (lesson.drawn.missing, lesson.missing_training, lesson.tested.missing):
        until(lambda missing=missing: missing.value == "")  # type: ignore[misc]
    asked = Questionnaire(QUESTIONS, again, log)
    assert [field.value.value for field in asked.fields] == [4, ""]
    assert asked.missing.value == ""
    assert len(list(again.models())) == 1
    assert len(log.find({"kind": "answer"})) == 1


def test_required_questions_hold_up_the_end_and_an_answer_can_be_taken_back(people: Participants) -> None:
    participant, _ = people.begin("The words.")
    asked = Questionnaire(QUESTIONS, participant, log_of(people, participant))
    easy, why = asked.fields
    assert asked.missing.value == "1 required question is still open."
    why.value.set("because")
    easy.value.set(5)
    assert asked.missing.value == ""
    until(lambda: participant.answers() == {"easy": 5, "why": "because"})
    why.value.set("")
    until(lambda: participant.answers() == {"easy": 5})


def test_where_they_are_is_kept_and_each_step_is_an_event(people: Participants) -> None:
    participant, key = people.begin("The words.")
    log = log_of(people, participant)
    guide = StudyGuide("A study")
    guide.step("One"), guide.step("Two")
    TakingPart(guide, participant, log).resume()
    guide.content()
    guide.next()
    guide.next()
    until(lambda: (known := people.known_by(key)) is not None and known.finished is not None)
    steps = [event.get("step") for event in log.find() if event["kind"] != "finish"]
    assert steps == [None, "one", "two", "summary"]
    again = people.known_by(key)
    assert again is not None
    later = StudyGuide("A study")
    later.step("One"), later.step("Two")
    TakingPart(later, again, log).resume()
    assert later.current.value == "summary"


def test_who_withdraws_is_gone_entirely_and_others_are_not(people: Participants) -> None:
    (one, key), (other, _) = people.begin("The words."), people.begin("The words.")
    lesson = teaching(people, one)
    teach(lesson)
    one.answer("easy", 3)
    other.answer("easy", 2)
    one.erase()
    assert one.code not in everything(people.store)
    assert one.id not in everything(people.store)
    assert people.known_by(key) is None
    assert other.answers() == {"easy": 2}
    one.erase()
    one.note(step="draw")
    assert one.code not in everything(people.store)


def test_another_page_of_theirs_removes_what_was_on_its_way(people: Participants) -> None:
    participant, key = people.begin("The words.")
    guides = []
    for _ in range(2):
        known = people.known_by(key)
        assert known is not None
        guides.append(StudyGuide("A study"))
        guides[-1].step("One")
        TakingPart(guides[-1], known, log_of(people, known)).resume()
    participant.answer("easy", 3)
    participant.erase()
    for guide in guides:
        until(lambda guide=guide: guide.leaving.address == "?withdrawn=1")  # type: ignore[misc]
    until(lambda: participant.code not in everything(people.store))


@pytest.fixture
def study(people: Participants) -> Participants:
    """Two participants, one with hostile words."""
    one, _ = people.begin("The words.")
    teach(teaching(people, one))
    one.answer("why", '=HYPERLINK("http://x")\n,"quoted"', words="Why?")
    one.answer("easy", 4, words="It was easy.", level="Agree")
    other, _ = people.begin("The words.")
    log = log_of(people, other)
    log.record("=kind", label="@risky", strange={"nested": "ä"})
    log.flush()
    hostile = Dataset(other.examples, people.store)
    for label in ("../../climbs", "/absolute", "..", "CON", "a\x00b", "x" * 300, "../../Climbs"):
        hostile.create({"x": np.zeros(2), "y": label, "thumbnail": np.zeros((4, 4, 3), np.uint8)})
    return people


def test_everything_is_exported(study: Participants, tmp_path: Path) -> None:
    told: list[str] = []
    folder = tmp_path / "export"
    assert export_study(study, folder, told.append) == 0
    one, other = study.everyone()
    assert told[0].startswith(f"1 of 2: {one.code}, 5 drawings, 1 model, ")
    assert told[1].startswith(f"2 of 2: {other.code}, 7 drawings, 0 models, 1 event, 0 answers")
    assert "2 participants" in told[2]
    people = rows(folder, "participants")
    assert [row["participant"] for row in people] == [one.code, other.code]
    assert (people[0]["examples"], people[0]["tests"], people[0]["models"]) == ("4", "1", "1")
    events = [row for row in rows(folder, "events") if row["participant"] == one.code]
    assert [int(row["number"]) for row in events] == list(range(1, len(events) + 1))
    assert all(float(row["seconds"]) >= 0 for row in events)
    drawings = [row for row in rows(folder, "drawings") if row["participant"] == one.code]
    assert [row["use"] for row in drawings] == ["example"] * 4 + ["test"]
    assert {event["drawing"] for event in events if event["event"] == "capture"} == {
        row["drawing"] for row in drawings if row["use"] == "example"
    }
    for row in drawings:
        assert row["file"].startswith(f"drawings/{one.code}/{row['label']}/{row['use']}-")
        with Image.open(folder / row["file"]) as picture:
            assert (picture.format, picture.size) == ("PNG", (256, 256))
    (model,) = rows(folder, "models")
    classifier = MLPClassifier()
    classifier.upload(folder / model["file"])
    assert classifier.trained
    assert (model["classes"], model["drawings"]) == ("face; house", "4")
    assert 0 <= float(model["accuracy"]) <= 1
    answers = {row["question"]: row for row in rows(folder, "answers")}
    assert (answers["easy"]["answer"], answers["easy"]["level"]) == ("4", "Agree")
    assert answers["why"]["answer"] == '\'=HYPERLINK("http://x")\n,"quoted"'


def test_the_readme_of_an_export_tells_of_every_column(study: Participants, tmp_path: Path) -> None:
    export_study(study, tmp_path / "export", lambda _: None)
    readme = (tmp_path / "export" / "README.md").read_text(encoding="utf-8")
    for table, columns in COLUMNS.items():
        section = readme.partition(f"## {table}.csv")[2].partition("\n## ")[0]
        assert [column for column in columns if f"| `{column}` |" not in section] == []
        with (tmp_path / "export" / f"{table}.csv").open() as file:
            assert file.readline().strip().split(",") == columns


def test_hostile_words_neither_climb_nor_run(study: Participants, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "export"
    export_study(study, folder, lambda _: None)
    other = study.everyone()[1]
    pictures = sorted(folder.glob(f"drawings/{other.code}/*/*.png"))
    assert len(pictures) == 7
    assert {path.relative_to(tmp_path).parts[:2] for path in tmp_path.rglob("*.png")} == {("deep", "export")}
    (event,) = [row for row in rows(folder, "events") if row["participant"] == other.code]
    assert (event["event"], event["label"]) == ("'=kind", "'@risky")
    assert json.loads(event["more"]) == {"strange": {"nested": "ä"}}
    for table in COLUMNS:
        for row in rows(folder, table):
            assert [cell for cell in row.values() if cell[:1] in tuple("=+@\t\r")] == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_numbers_and_other_text_stay_as_they_are(tmp_path: Path) -> None:
    values = (-1, -0.5, "a=b", None, True, "")
    assert [harmless(value) for value in values] == ["-1", "-0.5", "a=b", "", "yes", ""]
    write_table(tmp_path / "t.csv", ["a"], [{"a": 'x,"y"\nz'}])
    with (tmp_path / "t.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["a"], ['x,"y"\nz']]


def test_an_empty_study_says_so_and_makes_no_folder(people: Participants, tmp_path: Path) -> None:
    told: list[str] = []
    assert export_study(people, tmp_path / "export", told.append) == 0
    assert told == ["The study has no participants yet: nothing was exported."]
    assert not (tmp_path / "export").exists()


def test_a_folder_with_something_in_it_is_left_alone(study: Participants, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="is not empty"):
        export_study(study, tmp_path, lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_export_that_fails_leaves_nothing(study: Participants, tmp_path: Path) -> None:
    def tell(_: str) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_study(study, tmp_path / "export", tell)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, str]:
    """A study of one participant in a folder; and their code."""
    with contextlib.closing(SQLiteStore(str(tmp_path / "study"))) as store:
        participant, _ = Participants(store).begin("The words.")
        participant.answer("easy", 4)
    return tmp_path, participant.code


def test_the_command_exports_a_folder_and_removes_a_participant(
    kept: tuple[Path, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, code = kept
    monkeypatch.setenv("IMLKIT_DATA", str(folder))
    assert main(["export", str(folder / "out")]) == 0
    assert "1 participant," in capsys.readouterr().out
    assert [row["participant"] for row in rows(folder / "out", "participants")] == [code]
    assert main(["remove", code.lower(), "--store", str(folder / "study")]) == 0
    assert "has been removed" in capsys.readouterr().out
    assert main(["export", str(folder / "again")]) == 0
    assert "no participants yet" in capsys.readouterr().out
    assert main(["remove", code]) == 1
    assert "nobody in this study has the code" in capsys.readouterr().err


def test_the_command_exports_from_a_servers_address(
    kept: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, code = kept
    monkeypatch.setenv("IMLKIT_QUEUE", str(folder / "queue"))
    with served(SQLiteStore(str(folder / "study")), folder / "uploads") as url:
        assert main(["export", str(folder / "out"), "--store", url]) == 0
    assert [row["participant"] for row in rows(folder / "out", "answers")] == [code]


def test_a_store_that_is_not_there_is_said_and_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(tmp_path / "out"), "--store", str(tmp_path / "nowhere")]) == 1
    assert "there is no store in" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
