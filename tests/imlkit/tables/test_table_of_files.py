from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from imlkit.errors import DataError
from imlkit.tables import Equals, InRange, Table


def names(table: Table) -> list[str]:
    return [name for name in table.columns if name != table.id]


@pytest.mark.parametrize("count", [2, 150])
def test_rows_of_many_files_are_numbered_through(tmp_path: Path, count: int) -> None:
    for n in range(count):
        pq.write_table(pa.table({"n": range(n * 3, n * 3 + 3)}), tmp_path / f"{n:04}.parquet")
    table = Table(tmp_path)
    assert table.count() == 3 * count
    assert all(row["n"] == row["id"] for row in table.where(InRange("n", 2)).to_dicts())
    assert [row["n"] for row in table.with_ids([4, 3 * count - 1]).to_dicts()] == [4, 3 * count - 1]


def test_files_of_different_columns_have_no_value_where_they_lack_one(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"b": ["z"], "c": [1.5]}), tmp_path / "2.parquet")
    rows = Table(tmp_path).where(Equals("b", "z")).to_dicts()
    assert rows == [{"a": None, "b": "z", "c": 1.5, "id": 2}]


def test_folders_named_by_values_give_columns(tmp_path: Path) -> None:
    for year in (2020, 2021):
        folder = tmp_path / "run=3" / "data" / f"year={year}"
        folder.mkdir(parents=True)
        pq.write_table(pa.table({"a": [year]}), folder / "part.parquet")
    assert names(Table(tmp_path / "run=3" / "data")) == ["a", "year"]
    assert names(Table(tmp_path / "run=3" / "data" / "year=2020")) == ["a"]


def test_file_names_with_quotes_and_wildcards_stand_for_themselves(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "it's [a]*.parquet")
    pq.write_table(pa.table({"a": [2]}), tmp_path / "it's a.parquet")
    assert Table(tmp_path / "it's [a]*.parquet").where(Equals("a", 1)).to_dicts() == [{"a": 1, "id": 0}]
    assert Table(tmp_path / "it's [a]*.parquet").count() == 1
    assert Table(tmp_path).count() == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", "word,n\néàü,1\nb,2\n"),
        ("rows.tsv", "word\tn\néàü\t1\nb\t2\n"),
        ("semicolons.csv", "word;n\néàü;1\nb;2\n"),
        ("rows.jsonl", '{"word": "éàü", "n": 1}\n{"n": 2, "word": "b"}\n'),
        ("rows.json", json.dumps([{"word": "éàü", "n": 1}, {"word": "b", "n": 2}])),
    ],
)
def test_text_files_are_tables(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    table = Table(tmp_path / name)
    assert {name: table.columns[name].kind for name in names(table)} == {"word": "nominal", "n": "integer"}
    assert [row["id"] for row in table.where(Equals("word", "éàü")).to_dicts()] == [0]
    assert table.root == tmp_path


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
def test_texts_of_other_programs_are_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "rows.csv").write_text("word,n\nété,1\nb,2\n", encoding=encoding)
    assert Table(tmp_path / "rows.csv").where(Equals("word", "été")).to_dicts()[0]["n"] == 1


def test_json_of_mixed_types_is_text_without_quotes(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(json.dumps([{"a": 1, "b": {"c": 2}}, {"a": "x"}]))
    table = Table(tmp_path / "rows.json")
    assert [row["a"] for row in table.where(InRange("id", 0)).to_dicts()] == ["1", "x"]
    assert "several types" in table.columns["a"].note
    assert table.columns["b"].kind == "other"


def picture(path: Path, width: int = 4) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((3, width, 3), 7, np.uint8)).save(path)


def test_a_folder_of_images_is_a_table_with_their_folders_as_labels(tmp_path: Path) -> None:
    for name in (
        "top.PNG",
        "cats/1.png",
        "cats/deep/2.jpg",
        "dogs/1.webp",
        ".hidden/3.png",
        "__MACOSX/x.png",
    ):
        picture(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "cats" / "1.json").write_text("{}")
    table = Table(str(tmp_path))
    assert {name: column.kind for name, column in table.columns.items()} == {
        "id": "nominal",
        "file": "image",
        "folder": "nominal",
        "bytes": "integer",
    }
    rows = table.where(InRange("bytes", 0)).to_dicts()
    assert [(row["id"], row["folder"]) for row in rows] == [
        ("cats/1.png", "cats"),
        ("cats/deep/2.jpg", "cats/deep"),
        ("dogs/1.webp", "dogs"),
        ("top.PNG", ""),
    ]
    assert rows[0]["bytes"] == (tmp_path / "cats/1.png").stat().st_size
    assert table.file(rows[0]["file"]) == (tmp_path / "cats/1.png").resolve()
    picture(tmp_path / "new.png")
    table.refresh()
    assert table.count() == 5


def test_a_table_beside_images_is_the_table_and_its_paths_start_there(tmp_path: Path) -> None:
    picture(tmp_path / "images" / "1.png")
    (tmp_path / "labels.csv").write_text("path,label\nimages/1.png,cat\n../outside.png,dog\n")
    table = Table(tmp_path)
    assert table.columns["path"].kind == "image"
    assert table.file("images/1.png").name == "1.png"


@pytest.mark.slow
def test_fifty_thousand_images_are_a_table_at_once(tmp_path: Path) -> None:
    for folder in range(10):
        (tmp_path / str(folder)).mkdir()
        for n in range(5_000):
            (tmp_path / str(folder) / f"{n}.png").touch()
    Table({"n": [1]})
    start = time.process_time()
    table = Table(tmp_path)
    seconds = time.process_time() - start
    assert table.count() == 50_000
    assert seconds < 2


class TestFiles:
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        picture(tmp_path / "root" / "in.png")
        picture(tmp_path / "out.png")
        (tmp_path / "root" / "link.png").symlink_to(tmp_path / "out.png")
        (tmp_path / "root" / "folder").symlink_to(tmp_path)
        (tmp_path / "root" / "inner.png").symlink_to(tmp_path / "root" / "in.png")
        return tmp_path / "root"

    def test_a_path_within_the_root_is_found(self, root: Path) -> None:
        table = Table({"path": ["in.png"]}, root=root)
        for path in ("in.png", "./in.png", "inner.png", str(root / "in.png")):
            assert table.file(path) == (root / "in.png").resolve()

    @pytest.mark.parametrize(
        "path", ["../out.png", "link.png", "folder/out.png", "/etc/passwd", "folder/root/../out.png"]
    )
    def test_a_path_that_leads_out_of_the_root_is_refused(self, root: Path, path: str) -> None:
        table = Table({"path": ["../out.png", "in.png"]}, root=root)
        with pytest.raises(DataError, match="leads out of the folder"):
            table.file(path)

    def test_a_whole_path_in_the_table_may_lie_anywhere(self, root: Path) -> None:
        out = root.parent / "out.png"
        table = Table({"path": [str(out), "in.png"]}, root=root)
        assert table.file(str(out)) == out.resolve()
        with pytest.raises(DataError, match="leads out of the folder"):
            table.file("/etc/passwd")
        assert Table({"path": [str(out)]}).file(str(out)) == out.resolve()

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("gone.png", r"There is no file “gone\.png”"),
            ("", "There is no file"),
            ("https://example.org/a.png", "is an address"),
            ("file:///etc/passwd", "is an address"),
            ("a\0b.png", "is no path of a file"),
            ("x" * 5000, "is no path of a file|There is no file"),
        ],
    )
    def test_what_is_no_file_is_said(self, root: Path, path: str, words: str) -> None:
        with pytest.raises(DataError, match=words):
            Table({"path": ["in.png"]}, root=root).file(path)

    def test_without_a_root_relative_paths_are_refused(self) -> None:
        with pytest.raises(DataError, match="Table\\(…, root=…\\)"):
            Table({"path": ["in.png"]}).file("in.png")
