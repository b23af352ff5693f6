"""A whole project as one file: the examples, the classes, the model, and a script that runs it."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.download import download_button
from imlkit.errors import ArchiveError, DataError
from imlkit.model import Model
from imlkit.plain_text import PlainText
from imlkit.streams import ErrorReport, Stream

from .archive import Progress
from .archive_safety import SafeArchive, opened
from .archive_upload import ArchiveUpload
from .class_list import ClassList
from .dataset import Dataset

__all__ = ["ProjectFile"]

_FORMAT = "imlkit.project"
_VERSION = 1
_MANIFEST = "project.json"
_EXAMPLES = "examples.zip"
_MODEL = "model.safetensors"
_SCRIPT = "run_model.py"


class CancelledError(Exception):
    """The person no longer wants the project opened."""


class ProjectFile(Component):
    """Keeps a project as one zip file, and opens such files again.

    ::

        project.zip
        ├── project.json        the format's version, and the classes with their colours
        ├── examples.zip        the dataset, as its own download
        ├── model.safetensors   the model, where it is trained
        └── run_model.py        a script that runs it

    Opening adds the file's examples to those that are here, and replaces the model: what fails
    changes nothing.

    Args:
        dataset: the examples.
        model: what was trained with them.
        classes: their names and colours.
        script: Python that runs the model, to go into the file, or what returns it when the file is
            written; "" for none.
        title: what the person reads above it.

    Attributes:
        message: what the person is told of the last opening.
        opened: whether a model came along, told after each opening that succeeded.
        progress: how far an opening has come; None while there is none.
        files: project files to open, off the page's thread; each is closed afterwards.
    """

    def __init__(
        self,
        dataset: Dataset,
        model: Model,
        classes: ClassList,
        script: str | Callable[[], str] = "",
        title: str = "Project",
    ) -> None:
        super().__init__(title)
        self.dataset = dataset
        self.model = model
        self.class_list = classes
        self.script = script
        self.message: Stream[str] = Stream("")
        self.opened: Stream[bool] = Stream()
        self.progress: Stream[Progress | None] = Stream(None)
        self.files: Stream[BinaryIO] = Stream()
        self._cancel = threading.Event()
        self.files.compute(self._open_and_close).subscribe(self.message.set)
        self.session.errors.filter(self.explains).subscribe(lambda report: self.message.set(report.message))

    def write(
        self, file: str | PathLike[str] | BinaryIO, progress: Callable[[Any], None] | None = None
    ) -> None:
        """Write the project to a zip file.

        Args:
            file: a path or an open binary file.
            progress: called as the work goes on; what it raises ends the work.

        Raises:
            DataError: there is neither an example nor a trained model.
        """
        if not self.dataset.count() and not self.model.trained:
            raise DataError("There is nothing to keep yet: add some examples first.")
        manifest = {
            "format": _FORMAT,
            "version": _VERSION,
            "classes": [
                {"name": entry.name, "colour": entry.colour} for entry in self.class_list.classes.value
            ],
        }
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(file, "w") as archive:
            archive.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            if self.dataset.count():
                examples = Path(folder) / _EXAMPLES
                self.dataset.download(examples, progress)
                archive.write(examples, _EXAMPLES)
            if self.model.trained:
                archive.writestr(_MODEL, self.model.download())
            script = self.script if isinstance(self.script, str) else self.script()
            if script:
                archive.writestr(_SCRIPT, script)

    def open(
        self,
        file: str | PathLike[str] | BinaryIO,
        progress: Callable[[Progress], None] | None = None,
    ) -> str:
        """Add the examples of a project file to those that are here, and take its model.

        Args:
            file: a path or an open binary file.
            progress: called as the work goes on; what it raises ends the work.

        Returns:
            What became of it, in words.

        Raises:
            ArchiveError: it is no whole project file.
            ModelFileError: its model is damaged or of another kind.
        """
        with opened(file) as archive:
            classes = _classes(archive)
            before = self.model.download() if self.model.trained else None
            took_model = _MODEL in archive.files
            if took_model:
                self.model.upload(archive.read(_MODEL))
            try:
                said = self._add_examples(archive, progress)
            except BaseException:
                if took_model:
                    self._give_back(before)
                raise
        self.class_list.restore(classes)
        self.session.on_page(lambda: self.opened.set(took_model))
        return f"{said} {'The model is ready to try.' if took_model else 'It holds no model: train one.'}"

    def cancel(self) -> None:
        """Stop an opening; nothing of it stays."""
        self._cancel.set()

    def view(self) -> Viewable:
        """Return two buttons, to keep the project and to open one."""
        told: Viewable = PlainText("", margin=(8, 0, 0, 0))
        button = ArchiveUpload(
            self.files.set, lambda error: self.message.set(str(error)), self.cancel, "Open a project"
        )
        self.follow(self.progress, button, ArchiveUpload.show_progress)
        self.follow(self.message, told, _say)
        keep = download_button("Keep the project", "project.zip", self.write, self.session)
        return pmui.Column(
            pmui.FlexBox(keep, button, gap="8px", align_items="center", margin=0),
            told,
            margin=0,
            sizing_mode="stretch_width",
        )

    def explains(self, report: ErrorReport) -> bool:
        """Whether this is an error of opening a project, which the view tells."""
        return report.component is self and isinstance(report.error, DataError)

    def _add_examples(self, archive: SafeArchive, progress: Callable[[Progress], None] | None) -> str:
        if _EXAMPLES not in archive.files:
            return "It holds no examples."
        with tempfile.TemporaryFile() as copy:
            with archive.stream(_EXAMPLES) as packed:
                shutil.copyfileobj(packed, copy)
            copy.seek(0)
            return self.dataset.upload(copy, progress=progress).message

    def _give_back(self, before: bytes | None) -> None:
        if before is None:
            self.model.clear()
        else:
            self.model.upload(before)

    def _open_and_close(self, file: BinaryIO) -> str:
        self._cancel.clear()

        def tell(progress: Progress) -> None:
            if self._cancel.is_set() or self.session.disposed:
                raise CancelledError
            self.session.on_page(lambda: self.progress.set(progress))

        try:
            return self.open(file, tell)
        except CancelledError:
            return "Cancelled: nothing was changed."
        finally:
            file.close()
            self.session.on_page(lambda: self.progress.set(None))


def _classes(archive: SafeArchive) -> list[tuple[str, str]]:
    """Return the names and colours that a project file tells."""
    if _MANIFEST not in archive.files:
        raise ArchiveError(
            f"The file is no whole project (it holds no {_MANIFEST}): choose one that “Keep the project” "
            "made, or get it again if it was cut off on its way."
        )
    try:
        told = json.loads(archive.read(_MANIFEST))
        is_project = told["format"] == _FORMAT
        version = int(told["version"])
        classes = [(str(entry["name"]), str(entry["colour"])) for entry in told["classes"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveError(f"The project's {_MANIFEST} is damaged: get the file again.") from error
    if not is_project:
        raise ArchiveError("The file is no project of imlkit's: choose one that “Keep the project” made.")
    if version > _VERSION:
        raise ArchiveError(
            f"The project was written by a newer imlkit (format {version}): update imlkit to open it."
        )
    return classes


def _say(text: Any, words: str) -> None:
    text.object = words
