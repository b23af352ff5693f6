"""Pages of linked views that need no Python, as files."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from imlkit.errors import DataError, StoreUnavailableError
from imlkit.tables import Equals, LinkedState, Table
from imlkit.tables.exports import exported_page as exported_page_module
from imlkit.tables.exports.export import ExportProgress, export, export_file
from imlkit.tables.exports.exported_page import in_html
from imlkit.tables.linked.linked_component import LinkedComponent

ROWS = {"id": [1, 2, 3], "word": ["cat", "</script><script>", None], "number": [0.5, 1.5, 2.5]}


@pytest.fixture
def component(tmp_path: Path) -> LinkedComponent:
    script = tmp_path / "view.js"
    script.write_text(
        'import { make } from "imlkit/elements.js";\nexport function show(el) { el.append(make("p")); }\n'
    )

    class Shown(LinkedComponent):
        module = script

    return Shown(Table(ROWS, title="Animals"))


def said(page: Path) -> dict[str, Any]:
    """What a page is told of its tables, states and views."""
    found = re.search(r'<script type="application/json" id="page">(.*?)</script>', page.read_text("utf-8"))
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_a_folder_has_a_page_and_a_file_for_each_column(tmp_path: Path, component: LinkedComponent) -> None:
    page = export(tmp_path / "out", component, title="A <b>title", note="One & two")
    assert page == tmp_path / "out" / "index.html"
    told = said(page)
    assert [column["name"] for column in told["tables"][0]["columns"]] == ["id", "word", "number"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"index.html", "data"}
    assert sorted(told["tables"][0]["files"]) == sorted(
        f"data/{path.name}" for path in (tmp_path / "out" / "data").iterdir()
    )
    text = page.read_text("utf-8")
    assert "<h1>A &lt;b&gt;title</h1>" in text
    assert "One &amp; two" in text


def test_a_page_may_load_nothing_but_its_own_scripts(tmp_path: Path, component: LinkedComponent) -> None:
    text = export_file(tmp_path / "page.html", component).read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert "default-src &#x27;none&#x27;" in policy[1]
    sources = set(re.sub(r"sha256-[^&]*", "", policy[1]).replace("&#x27;", "'").replace(";", "").split())
    assert sources - {part for part in sources if part.endswith("-src")} == {
        *("'none'", "data:", "''", "'unsafe-inline'", "blob:", "base-uri", "form-action")
    }
    run = re.findall(r'<script type="(?:importmap|module)">(.*?)</script>', text, re.DOTALL)
    assert len(run) == 2
    for script in run:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy[1]
    assert not re.search(r'(?:src|href)="(?!data:,)', text)


def test_nothing_in_a_table_ends_a_script(tmp_path: Path, component: LinkedComponent) -> None:
    component.configure(words="</script><!--<script>\u2028")
    text = export_file(tmp_path / "page.html", component).read_text("utf-8")
    assert text.count("<script") == text.count("</script>") == 6
    assert "\u2028" not in text
    assert said(tmp_path / "page.html")["parts"][0]["config"] == {"words": "</script><!--<script>\u2028"}
    assert in_html("<&>") == '"\\u003c\\u0026\\u003e"'


def test_components_that_share_are_linked_and_others_are_not(
    tmp_path: Path, component: LinkedComponent
) -> None:
    state = LinkedState()
    state.filter(Equals("word", "cat"))
    kind = type(component)
    one, two, three = kind(component.table, state), kind(component.table, state), kind(ROWS)
    told = said(export(tmp_path / "out", one, two, three))
    assert [(part["table"], part["state"]) for part in told["parts"]] == [(0, 0), (0, 0), (1, 1)]
    assert told["states"] == [
        {"name": "state", "seen": json.loads(state.to_json())},
        {"name": "state2", "seen": {}},
    ]


def test_an_older_page_is_replaced(tmp_path: Path, component: LinkedComponent) -> None:
    (tmp_path / "out").mkdir()
    old = said(export(tmp_path / "out", component, title="Old"))["tables"][0]["files"]
    page = export(tmp_path / "out", component, title="New")
    assert "<h1>New</h1>" in page.read_text("utf-8")
    assert not any((tmp_path / "out" / name).exists() for name in old)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "view.js"]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, component: LinkedComponent) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "index.html").write_text("<p>My own page")
    with pytest.raises(DataError, match="holds something else"):
        export(folder, component)
    assert (folder / "index.html").read_text() == "<p>My own page"
    with pytest.raises(DataError, match="is a file"):
        export(folder / "index.html", component)
    with pytest.raises(DataError, match="something else than a page"):
        export_file(folder / "index.html", component)
    with pytest.raises(DataError, match="something else than a page"):
        export_file(folder, component)
    export(tmp_path / "out", component)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match="holds something else"):
        export(tmp_path / "out", component)


@pytest.mark.parametrize("write", [export, export_file])
def test_an_export_that_is_cancelled_changes_nothing(
    tmp_path: Path, component: LinkedComponent, write: Any
) -> None:
    class CancelledError(Exception):
        pass

    heard: list[ExportProgress] = []

    def cancel(progress: ExportProgress) -> None:
        heard.append(progress)
        if progress.done == 2:
            raise CancelledError

    write(tmp_path / "out", component, title="Old")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(CancelledError):
        write(tmp_path / "out", component, title="New", progress=cancel)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert [(progress.done, progress.total) for progress in heard] == [(1, 3), (2, 3)]


def test_what_cannot_be_exported_is_said(
    tmp_path: Path, component: LinkedComponent, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="nothing to show"):
        export(tmp_path / "out")
    with pytest.raises(DataError, match="'charts' is no view of a table"):
        export(tmp_path / "out", "charts")  # type: ignore[arg-type]
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailableError, match="cannot be written"):
        export(tmp_path / "file" / "out", component)
    monkeypatch.setattr(exported_page_module, "MOST_ROWS", 2)
    with pytest.raises(DataError, match="has 3 rows, and a browser holds at most 2"):
        export(tmp_path / "out", component)
    assert not (tmp_path / "out").exists()


def test_a_table_too_large_for_one_file_is_refused(tmp_path: Path, component: LinkedComponent) -> None:
    table = Table(pa.table({"text": [f"{n:0>50000}" for n in range(1_100)]}))
    with pytest.raises(DataError, match=r"write a folder with export"):
        export_file(tmp_path / "page.html", type(component)(table))
    assert not (tmp_path / "page.html").exists()
