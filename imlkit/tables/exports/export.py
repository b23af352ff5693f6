"""Linked views on a page that needs no Python: in a folder, or in one file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from imlkit.component import Component
from imlkit.errors import DataError

from .export_place import DATA, PAGE, SAMPLES, beside, check_folder, is_page, put_in_place, written
from .exported_page import ExportedPage, ExportedTable, in_html

__all__ = ["ExportProgress", "export", "export_file"]

MOST_IN_FILE = 50_000_000
"""The most characters of columns in one file: browsers read all of it before they show anything."""


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How far an export has come.

    Attributes:
        task: what is being done, ``"Writing columns"`` or ``"Writing samples"``.
        done: columns and samples done.
        total: columns and samples in all.
    """

    task: str
    done: int
    total: int


Progress = Callable[[ExportProgress], None]
Told = Callable[[str, int], None]


def export(
    folder: str | PathLike[str],
    *components: Component,
    title: str = "",
    note: str = "",
    samples: Sequence[str] | None = None,
    sample_size: int = 256,
    whole_samples: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write a page with these components to a folder, for a static server or a double click.

    The page shows what the components show now; those that share a state are linked there too. It
    holds all columns of their tables, asks no other address for anything, and keeps its state in its
    own address, from where :meth:`imlkit.tables.LinkedState.from_url` reads it.

    Args:
        folder: where; it is made, or replaced where it is such a page. What was there stays until
            the new page is complete.
        components: what to show, one under another: linked components, and those that consist of
            some, as an Explorer does.
        title: what the page is called; the first table's title if left out.
        note: what is read below the title, plain text.
        samples: the columns whose samples (pictures, sounds, …) are on the page; those of images and
            sounds if left out. They are copied in small, sounds as they are.
        sample_size: the most pixels of a sample in small, each way.
        whole_samples: whether samples are copied in full as well, for who looks closer.
        progress: called after each column; what it raises ends the work, and nothing is changed.

    Returns:
        The path of the page, ``index.html`` in the folder.

    Raises:
        DataError: there is nothing to show, the folder holds something else, or a table is too large.
        StoreUnavailableError: the folder cannot be written.
        StoreFullError: no space is left for it.
    """
    target = Path(folder).absolute()
    check_folder(target)
    page = ExportedPage(components, title, note, samples, sample_size, whole_samples)
    with written(target), beside(target) as place:
        place.mkdir()
        (place / DATA).mkdir()
        told = _steps(page, progress)
        for n, table in enumerate(page.tables):
            table.files = _columns(place, n, table, told)
            table.sample_files = _samples(place, n, table, told)
        (place / PAGE).write_bytes(page.html().encode())
        put_in_place(place, target)
    return target / PAGE


def export_file(
    path: str | PathLike[str],
    *components: Component,
    title: str = "",
    note: str = "",
    samples: Sequence[str] | None = None,
    sample_size: int = 256,
    whole_samples: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write a page with these components to a single file, for small tables.

    Args:
        path: where, such as ``"report.html"``; a page of imlkit's there is replaced.
        components: as for :func:`export`, as the rest.
        title: what the page is called.
        note: what is read below the title.
        samples: the columns whose samples are in the file.
        sample_size: the most pixels of a sample in small, each way.
        whole_samples: whether samples are there in full as well.
        progress: called after each column; what it raises ends the work.

    Returns:
        The path of the file.

    Raises:
        DataError: there is nothing to show, the file is something else, or the tables are too large
            for one file.
        StoreUnavailableError: the file cannot be written.
        StoreFullError: no space is left for it.
    """
    target = Path(path).absolute()
    if target.is_dir() or (target.exists() and not is_page(target)):
        raise DataError(f"{str(path)!r} is something else than a page: give the name of a new file.")
    page = ExportedPage(components, title, note, samples, sample_size, whole_samples)
    told = _steps(page, progress)
    scripts: list[str] = []
    size = 0
    for name, held in _parts(page, told):
        scripts.append(f'<script type="application/json" id="{name}">{held}</script>\n')
        size += len(held)
        if size > MOST_IN_FILE:
            raise DataError(
                f"The tables have more than {MOST_IN_FILE // 1_000_000} MB, too many for one file that "
                "a browser opens: write a folder with export(…)."
            )
    with written(target), beside(target) as place:
        place.write_bytes(page.html("".join(scripts)).encode())
        os.replace(place, target)
    return target


def _parts(page: ExportedPage, told: Told) -> Iterator[tuple[str, str]]:
    for n, table in enumerate(page.tables):
        for number, held in enumerate(table.held()):
            yield f"column-{n}-{number}", held
            told("Writing columns", 1)
        for number, one in enumerate(table.samples):
            made = one.held(table.ids, None, lambda rows: told("Writing samples", rows))
            yield f"samples-{n}-{number}", in_html(made)


def _columns(place: Path, n: int, table: ExportedTable, told: Told) -> list[str]:
    files = []
    for number, held in enumerate(table.held()):
        files.append(_script(place, f"column-{n}-{number}", held))
        told("Writing columns", 1)
    return files


def _samples(place: Path, n: int, table: ExportedTable, told: Told) -> list[str]:
    files = []
    for number, one in enumerate(table.samples):
        folder = place / SAMPLES / f"{n}-{number}"
        folder.mkdir(parents=True)

        def keep(name: str, data: bytes, folder: Path = folder) -> None:
            (folder / name).write_bytes(data)

        made = one.held(table.ids, keep, lambda rows: told("Writing samples", rows))
        files.append(_script(place, f"samples-{n}-{number}", in_html(made)))
    return files


def _script(place: Path, name: str, held: str) -> str:
    # A name of its own, so that no browser shows an older page's column.
    path = f"{DATA}/{name}-{secrets.token_hex(4)}.js"
    (place / path).write_bytes(f'imlkitColumn("{name}",{held});\n'.encode("ascii"))
    return path


def _steps(page: ExportedPage, progress: Progress | None) -> Told:
    total = sum(table.steps for table in page.tables)
    done = 0

    def step(task: str, count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(ExportProgress(task, done, total))

    return step
