from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imlkit import Dataset, KNNClassifier, MLPClassifier
from imlkit.components.data.class_list import ClassList
from imlkit.components.data.project_file import ProjectFile
from imlkit.errors import ArchiveError, DataError, ModelFileError
from imlkit.stores.memory import MemoryStore
from tests.awaiting import awaited


def project(names: tuple[str, ...] = ("cat", "dog")) -> ProjectFile:
    """A project of its own, in a store of its own."""
    dataset = Dataset("drawings", MemoryStore())
    classes = ClassList(dataset, names=names)
    awaited(classes.classes, lambda found: len(found) == len(names))
    return ProjectFile(dataset, KNNClassifier(k=1), classes, "print('run')\n")


def fill(made: ProjectFile) -> None:
    for position, label in enumerate(("cat", "dog")):
        for n in range(3):
            features = np.array([position * 10 + n, 1.0], np.float32)
            made.dataset.create({"x": features, "y": label, "thumbnail": np.full((8, 8, 3), n, np.uint8)})


def train(made: ProjectFile) -> None:
    model: Any = made.model
    model.train(made.dataset)
    assert model.wait(30).state == "success"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The file of a trained project."""
    made = project()
    fill(made)
    made.class_list.recolour(made.class_list.classes.value[1].id, "#123456")
    awaited(made.class_list.classes, lambda found: found[1].colour == "#123456")
    train(made)
    made.write(tmp_path / "project.zip")
    return tmp_path / "project.zip"


def test_a_project_is_opened_elsewhere_as_it_was(kept: Path) -> None:
    made = project(("bird",))
    said = made.open(kept)
    assert said == "6 instances added. The model is ready to try."
    assert made.dataset.distinct("y") == {"cat": 3, "dog": 3}
    assert made.model.predict(np.array([11.0, 1.0], np.float32)).label == "dog"
    awaited(
        made.class_list.classes,
        lambda found: {(entry.name, entry.colour) for entry in found} >= {("dog", "#123456")},
    )
    assert made.open(kept).startswith("0 instances added. 6 were here already.")


def test_a_project_without_a_model_says_so(tmp_path: Path) -> None:
    made = project()
    fill(made)
    made.write(tmp_path / "project.zip")
    assert project().open(tmp_path / "project.zip").endswith("It holds no model: train one.")


def test_with_nothing_to_keep_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing to keep yet"):
        project().write(tmp_path / "project.zip")


def test_the_script_lies_in_the_file(kept: Path) -> None:
    with zipfile.ZipFile(kept) as archive:
        assert archive.read("run_model.py") == b"print('run')\n"
        assert json.loads(archive.read("project.json"))["format"] == "imlkit.project"


@pytest.mark.parametrize("share", [0.2, 0.6, 0.98])
def test_a_file_cut_short_changes_nothing(kept: Path, share: float) -> None:
    whole = kept.read_bytes()
    made = project()
    with pytest.raises(ArchiveError, match="cut off"):
        made.open(io.BytesIO(whole[: int(share * len(whole))]))
    assert made.dataset.count() == 0
    assert not made.model.trained


def changed(kept: Path, **entries: bytes | None) -> io.BytesIO:
    """Return the project file with some entries replaced or left out."""
    made = io.BytesIO()
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = entries.get(name.partition(".")[0], old.read(name))
            if content is not None:
                new.writestr(name, content)
    return made


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no whole project"),
        (b"[", "damaged"),
        (b"[1]", "damaged"),
        (b'{"format": "other", "version": 1, "classes": []}', "no project of imlkit"),
        (b'{"format": "imlkit.project", "version": 9, "classes": []}', "newer imlkit"),
    ],
)
def test_a_file_of_another_program_is_refused_in_words(kept: Path, content: Any, words: str) -> None:
    made = project()
    with pytest.raises(ArchiveError, match=words):
        made.open(changed(kept, project=content))
    assert made.dataset.count() == 0


def test_a_model_of_another_kind_or_damaged_changes_nothing(kept: Path) -> None:
    made = project()
    made.model = MLPClassifier()
    with pytest.raises(ModelFileError):
        made.open(kept)
    made.model = KNNClassifier()
    with pytest.raises(ModelFileError):
        made.open(changed(kept, model=b"this is no model"))
    assert made.dataset.count() == 0


def test_damaged_examples_leave_the_model_as_it_was(kept: Path) -> None:
    untrained = project()
    with pytest.raises(ArchiveError):
        untrained.open(changed(kept, examples=b"this is no archive"))
    assert not untrained.model.trained
    trained = project()
    trained.dataset.create([{"x": [0.0, 0.0], "y": "fish"}, {"x": [9.0, 9.0], "y": "bird"}])
    train(trained)
    with pytest.raises(ArchiveError):
        trained.open(changed(kept, examples=b"this is no archive"))
    assert trained.model.predict(np.array([9.0, 9.0], np.float32)).label == "bird"


def test_a_page_opens_a_file_and_tells_what_became_of_it(kept: Path) -> None:
    made = project()
    made.files.set(kept.open("rb"))
    awaited(made.message, lambda message: message.startswith("6 instances added."))
    assert made.progress.value is None
    made.files.set(io.BytesIO(b"words"))
    awaited(made.message, lambda message: "no whole zip archive" in message)
