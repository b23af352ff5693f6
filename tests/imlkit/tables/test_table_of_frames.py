"""Tables of data frames: what their indexes hold is not lost."""

from __future__ import annotations

import pandas as pd

from imlkit.tables import LinkedState, Table


def test_an_index_that_has_a_name_is_a_column() -> None:
    frame = pd.DataFrame({"size": [3, 4]}, index=pd.Index(["p", "q"], name="sample"))
    assert list(Table(frame).columns) == ["sample", "size", "id"]
    table = Table(frame, id="sample")
    assert table.id == "sample"
    assert table.filtered(LinkedState()).to_dicts() == [
        {"sample": "p", "size": 3},
        {"sample": "q", "size": 4},
    ]


def test_an_index_of_several_levels_gives_those_that_have_names() -> None:
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["group", None])
    assert list(Table(pd.DataFrame({"size": [3, 4]}, index=index)).columns) == ["group", "size", "id"]


def test_an_index_without_a_name_or_with_a_columns_name_adds_nothing() -> None:
    frame = pd.DataFrame({"size": [3, 4]}, index=pd.Index(["p", "q"], name="size"))
    assert list(Table(frame).columns) == ["size", "id"]
    assert list(Table(frame.rename_axis(None)).columns) == ["size", "id"]
