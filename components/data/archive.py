"""What a dataset's zip file looks like, and how far a transfer has come.

::

    drawings.zip
    ├── imlkit.json         the format's version, the dataset's name, each folder's label
    ├── instances.jsonl     the table: one JSON object an instance, with every field
    ├── cat/000001.png      the images, one folder a class
    ├── dog/000002.png
    └── fields/5e8….npy     what the table points to: arrays, more images, bytes

The table is written as stores write documents (see :mod:`imlkit.documents`): an array, image or
bytes stand in it as the name of a file under ``fields``, such as ``{"$array": "5e8….npy"}``, or as
the path of an image, ``{"$image": "cat/000001.png"}``. The true label of each instance is in the
table; a folder's name is made safe for any file system.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FIELDS", "MANIFEST", "TABLE", "VERSION", "Progress", "Uploaded"]

VERSION = 1
MANIFEST = "imlkit.json"
TABLE = "instances.jsonl"
FIELDS = "fields"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer has come.

    Attributes:
        task: what is being done, such as ``"Checking"``.
        done: instances done.
        total: instances in all.
    """

    task: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of the instances of an archive.

    Attributes:
        created: how many are new here.
        present: how many were here already, the same.
        changed: how many were here already but changed since, and were left as they are here.
        skipped: the entries that are no images, each with the reason.
    """

    created: int = 0
    present: int = 0
    changed: int = 0
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> str:
        """What to tell the person, in a few sentences."""
        said = [f"{self.created:,} {_instances(self.created)} added."]
        if self.present:
            said.append(f"{self.present:,} {_were(self.present)} here already.")
        if self.changed:
            said.append(f"{self.changed:,} {_were(self.changed)} here with other content, which was kept.")
        if self.skipped:
            said.append(f"{len(self.skipped):,} {_files(len(self.skipped))} left out: {listed(self.skipped)}")
        return " ".join(said)


def listed(entries: tuple[tuple[str, str], ...] | list[tuple[str, str]], most: int = 5) -> str:
    """Return some entries with what is wrong with each, as one line."""
    lines = [f"{shortened(name)} ({reason.rstrip('.')})" for name, reason in entries[:most]]
    rest = len(entries) - most
    return "; ".join(lines) + (f"; and {rest:,} more." if rest > 0 else ".")


def shortened(text: str, most: int = 60) -> str:
    """Return text cut in its middle to at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 21]}…{text[-20:]}"


def _instances(count: int) -> str:
    return "instance" if count == 1 else "instances"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _files(count: int) -> str:
    return "file was" if count == 1 else "files were"
