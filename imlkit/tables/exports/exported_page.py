"""The page of linked views that needs no Python: its text, and what its tables hold."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from html import escape
from string import Template
from typing import TYPE_CHECKING, Any

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.web import FOLDER, gathered, module_address

from ..linked.linked_component import LinkedComponent
from ..linked.linked_view import style_of
from ..table import Table
from .exported_column import exported
from .exported_parts import part, parts_of
from .exported_samples import ExportedSamples

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MARK", "ExportedPage", "ExportedTable"]

MARK = '<meta name="generator" content="imlkit">'
"""By which a page of imlkit's own is known, in its first lines."""
MOST_ROWS = 5_000_000
"""The most rows of a table that a browser holds."""
POLICY = (
    "default-src 'none'; script-src {files}data: {scripts}; style-src 'unsafe-inline'; "
    "img-src {files}data: blob:; media-src {files}data: blob:; base-uri 'none'; form-action 'none'"
)
"""What the page may load: its own scripts and files, and nothing from any other address."""
FILES = "'self' file: "
"""A page's own files: of those opened as files, not all browsers take their folder for their own."""


class ExportedTable:
    """A table for a page.

    Args:
        table: the table.
        samples: the columns whose samples are there; images and sounds if left out.
        size: the most pixels of a preview each way.
        whole: whether the samples are there in full as well.

    Attributes:
        columns: the names of the columns.
        files: the files of the columns, where they have some.
        samples: the samples of columns.
        sample_files: what holds the samples of each of these, where it is a file.

    Raises:
        DataError: it has more rows than a browser holds.
    """

    def __init__(
        self, table: Table, samples: Sequence[str] | None = None, size: int = 256, whole: bool = False
    ) -> None:
        self._table = table
        self.columns = list(table.columns)
        self.files: list[str] | None = None
        self.samples = [
            ExportedSamples(table, name, size, whole)
            for name in self.columns
            if (ExportedSamples.wanted(table, name) if samples is None else name in samples)
        ]
        self.sample_files: list[str] = []
        self._told: list[dict[str, Any]] = []
        rows = table.count()
        if rows > MOST_ROWS:
            raise DataError(
                f"The table has {rows:,} rows, and a browser holds at most {MOST_ROWS:,}: export a part, "
                "such as Table(table.where(…).expression)."
            )

    @cached_property
    def _rows(self) -> pa.Table:
        # All at once: an engine asked column by column may have its rows in another order each time.
        with self._table.turn:
            return self._table.expression.to_pyarrow()

    def held(self) -> Iterator[str]:
        """Yield what each column holds, as JSON in ASCII that may stand in HTML and in scripts."""
        kinds = self._table.expression.schema()
        self._told.clear()
        for name in self.columns:
            values = self._rows.column(name).combine_chunks()
            column = exported(self._table.columns[name], kinds[name], values)
            self._told.append(column.told)
            yield in_html(column.held)

    @property
    def steps(self) -> int:
        """Of how many columns and samples the page consists."""
        return len(self.columns) + sum(one.turns for one in self.samples) * len(self._rows)

    @property
    def ids(self) -> list[Any]:
        """The ids of the rows, in their order on the page."""
        ids: list[Any] = self._rows.column(self._table.id).to_pylist()
        return ids

    def told(self) -> dict[str, Any]:
        """Return what the page is told of the table at once."""
        return {
            "title": self._table.title,
            "id": self._table.id,
            "rows": len(self._rows),
            "columns": self._told,
            "files": self.files,
            "samples": [one.column for one in self.samples],
            "sampleFiles": self.sample_files,
        }


class ExportedPage:
    """Components as a page.

    Args:
        components: what to show, one under another.
        title: what the page is called.
        note: what is read below the title.
        samples: the columns whose samples are there, as for :class:`ExportedTable`, as the rest.
        size: the most pixels of a preview each way.
        whole: whether the samples are there in full as well.

    Attributes:
        tables: the tables that the components show, each once.

    Raises:
        DataError: there is nothing to show, or a table is too large.
    """

    def __init__(
        self,
        components: Sequence[Component],
        title: str,
        note: str,
        samples: Sequence[str] | None = None,
        size: int = 256,
        whole: bool = False,
    ) -> None:
        linked = [one for component in components for one in parts_of(component)]
        if not linked:
            raise DataError("There is nothing to show: give one or several components.")
        self._components = linked
        views = [one for one in linked if isinstance(one, LinkedComponent)]
        for view in views:
            view.prepare()
        self._title = title or next((one.table.title for one in views if one.table.title), "Linked views")
        self._note = note
        self._states = list({id(one.state): one.state for one in views}.values())
        self._seen = [json.loads(state.to_json()) for state in self._states]
        # One with columns more serves those without them too: nothing is on the page twice.
        self._wider = {id(one.table.base): one.table for one in views if one.table.base is not None}
        tables = {id(table): table for table in map(self._widest, (one.table for one in views))}
        self._tables = list(tables.values())
        for name in samples or ():
            if not any(name in table.columns for table in self._tables):
                raise DataError(f"There is no column “{name}” to show samples of: choose another.")
        self.tables = [ExportedTable(table, samples, size, whole) for table in self._tables]

    def html(self, columns: str = "") -> str:
        """Return the page's text.

        Args:
            columns: what stands in it of the columns, where they have no files.
        """
        (start, *modules), texts = gathered(
            FOLDER / "page_start.js", *(one.module for one in self._components)
        )
        imports = in_html({"imports": {name: module_address(text) for name, text in texts.items()}})
        views = ", ".join(f"() => import({in_html(name)})" for name in modules)
        script = f"import {{ start }} from {in_html(start)};\nstart([{views}]);"
        files = "" if columns else FILES
        policy = POLICY.format(files=files, scripts=f"{_digest(imports)} {_digest(script)}")
        note = f'<p class="page-note">{escape(self._note)}</p>' if self._note else ""
        return Template(_text("page.html")).substitute(
            policy=escape(policy),
            title=escape(self._title),
            note=note,
            style=_text("page.css"),
            imports=imports,
            parts="\n".join(part(n, one) for n, one in enumerate(self._components)),
            page=in_html(self._said()),
            columns=columns,
            script=script,
        )

    def _said(self) -> dict[str, Any]:
        styles = list(dict.fromkeys(style_of(one) for one in self._components))
        return {
            "tables": [table.told() for table in self.tables],
            "states": [
                {"name": "state" if n == 0 else f"state{n + 1}", "seen": seen}
                for n, seen in enumerate(self._seen)
            ],
            "styles": styles,
            "parts": [
                {
                    "table": _place(self._tables, self._widest(getattr(one, "table", None))),
                    "columns": self._columns(one),
                    "state": _place(self._states, getattr(one, "state", None)),
                    "style": styles.index(style_of(one)),
                    "config": one.config.value,
                }
                for one in self._components
            ],
        }

    def _widest(self, table: Any) -> Any:
        return self._wider.get(id(table), table)

    def _columns(self, component: Any) -> list[str] | None:
        """The columns that a component knows of, where the page's table has more."""
        table: Table | None = getattr(component, "table", None)
        return None if table is None or self._widest(table) is table else list(table.columns)


def in_html(value: Any) -> str:
    """Return JSON, in ASCII, in which nothing ends a script or begins a comment."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode('ascii')}'"


def _text(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _place(those: Sequence[Any], wanted: Any) -> int | None:
    return next((n for n, each in enumerate(those) if each is wanted), None)
