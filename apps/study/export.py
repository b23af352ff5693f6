"""All that participants did, as files for analysis."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from imlkit.apps.study.columns import COLUMNS, README
from imlkit.apps.study.harmless_csv import write_table
from imlkit.apps.study.participants import Participant, Participants
from imlkit.components.data.class_folders import ClassFolders
from imlkit.components.data.dataset import DATASETS
from imlkit.errors import CommandError
from imlkit.store import Document

__all__ = ["export_study"]

Row = dict[str, Any]


def export_study(people: Participants, folder: Path, tell: Callable[[str], Any] = print) -> int:
    """Write everything of a study into a new folder, which is there only once it is complete.

    Args:
        people: whose.
        folder: does not exist yet, or is empty.
        tell: is told how far it is.

    Returns:
        The exit status of the command: 0.

    Raises:
        CommandError: there is something in the folder, or it cannot be made.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise CommandError(f"{str(folder)!r} is not empty: name a folder that does not exist yet")
    everyone = people.everyone()
    if not everyone:
        tell("The study has no participants yet: nothing was exported.")
        return 0
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as made:
        place = Path(made) / "study"
        place.mkdir()
        counts = _Writer(people, place, tell).write(everyone)
        with contextlib.suppress(FileNotFoundError):
            folder.rmdir()
        shutil.move(place, folder)
    tell(f"Exported to {folder}: {_told(counts)}. README.md there says what each column means.")
    return 0


class _Writer:
    def __init__(self, people: Participants, place: Path, tell: Callable[[str], Any]) -> None:
        self._people, self._place, self._tell = people, place, tell
        self._names = ClassFolders()
        self._tables: dict[str, list[Row]] = {name: [] for name in COLUMNS}

    def write(self, everyone: list[Participant]) -> dict[str, int]:
        """Write every file; return how many rows each table has."""
        for number, participant in enumerate(everyone, 1):
            said = self._take(participant)
            self._tell(f"{number} of {len(everyone)}: {participant.code}, {said}")
        for name, columns in COLUMNS.items():
            write_table(self._place / f"{name}.csv", columns, self._tables[name])
        (self._place / "README.md").write_text(README, encoding="utf-8")
        return {name: len(rows) for name, rows in self._tables.items()}

    def _take(self, participant: Participant) -> str:
        # Codes and labels come from a store, which others may have written to: neither may climb.
        folder = self._names.folder(participant.code)
        found = {
            "drawings": list(self._drawings(participant, folder)),
            "models": list(self._models(participant, folder)),
            "events": list(self._events(participant)),
            "answers": list(self._answers(participant)),
        }
        for name, rows in found.items():
            self._tables[name] += rows
        tests = [row for row in found["drawings"] if row["use"] == "test"]
        self._tables["participants"].append(
            {
                "participant": participant.code,
                "agreed": participant.agreed,
                "consent": participant.consent,
                "step": participant.step,
                "finished": participant.finished,
                "examples": len(found["drawings"]) - len(tests),
                "models": len(found["models"]),
                "tests": len(tests),
                "tests_right": sum(row["label"] == row["prediction"] for row in tests),
                "answers": len(found["answers"]),
                "events": len(found["events"]),
            }
        )
        return _told({name: len(rows) for name, rows in found.items()})

    def _drawings(self, participant: Participant, folder: str) -> Iterator[Row]:
        yield from self._drawings_of(participant.examples, participant, folder, "example")
        yield from self._drawings_of(participant.tests, participant, folder, "test")

    def _drawings_of(self, dataset: str, participant: Participant, folder: str, use: str) -> Iterator[Row]:
        collection = self._people.store.collection(DATASETS + dataset)
        fields = ["y", "thumbnail", "time", "prediction", "confidence"]
        labels = ClassFolders()
        for number, drawing in enumerate(collection.iterate(select=fields), 1):
            place = Path("drawings") / folder / labels.folder(drawing.get("y")) / f"{use}-{number:03}.png"
            row = {
                "participant": participant.code,
                "drawing": drawing["id"],
                "use": use,
                "label": drawing.get("y"),
                "prediction": drawing.get("prediction"),
                "confidence": drawing.get("confidence"),
                "time": drawing.get("time"),
            }
            if self._picture(place, drawing.get("thumbnail")):
                row["file"] = place.as_posix()
            yield row

    def _picture(self, place: Path, pixels: Any) -> bool:
        if not isinstance(pixels, np.ndarray):
            return False
        (self._place / place).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(self._place / place, "PNG")
        return True

    def _models(self, participant: Participant, folder: str) -> Iterator[Row]:
        for number, model in enumerate(participant.models(), 1):
            place = Path("models") / folder / f"training-{number:03}.safetensors"
            (self._place / place).parent.mkdir(parents=True, exist_ok=True)
            (self._place / place).write_bytes(model["content"])
            yield {
                "participant": participant.code,
                "file": place.as_posix(),
                "training": number,
                "time": model.get("time"),
                "drawings": model.get("drawings"),
                "classes": "; ".join(map(str, model.get("classes", []))),
                "epochs": model.get("epochs"),
                "loss": model.get("metrics", {}).get("loss"),
                "accuracy": model.get("metrics", {}).get("accuracy"),
            }

    def _events(self, participant: Participant) -> Iterator[Row]:
        events = self._people.events.find({"participant": participant.code}, sort={"time": 1})
        for number, event in enumerate(events, 1):
            yield _event_row(participant, number, event)

    def _answers(self, participant: Participant) -> Iterator[Row]:
        for answer in participant.answer_documents():
            yield {name: answer.get(name) for name in COLUMNS["answers"]}


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name.removesuffix('s') if n == 1 else name}" for name, n in counts.items())


def _event_row(participant: Participant, number: int, event: Document) -> Row:
    row = {
        "participant": participant.code,
        "number": number,
        "time": event["time"],
        "seconds": round((event["time"] - participant.agreed).total_seconds(), 3),
        "event": event["kind"],
    }
    for name in ("step", "drawing", "label", "prediction", "confidence", "question", "answer"):
        row[name] = event.get(name)
    rest = {name: value for name, value in event.items() if name not in {*row, "id", "kind"}}
    row["more"] = json.dumps(rest, default=str, ensure_ascii=False) if rest else None
    return row
