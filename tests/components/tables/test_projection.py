"""Maps of vectors: computed in the background, kept, and linked with the table that they are of."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imlkit.components.tables.projected_table import ProjectedTable
from imlkit.components.tables.projecting import Cancelled, Projecting
from imlkit.components.tables.projection import Projection
from imlkit.components.tables.projection_cache import ProjectionCache
from imlkit.components.tables.projection_plan import MOST_ROWS, ProjectionPlan
from imlkit.components.tables.vectors import vectors_of
from imlkit.errors import DataError, MissingDependencyError
from imlkit.tables import InRange, LinkedState, Table
from imlkit.tables.answers.answers import Answers
from tests.awaiting import awaited

ROWS = 120


def vectors() -> list[Any]:
    random = np.random.default_rng(7)
    groups = np.repeat(np.eye(3, 6) * 10, ROWS // 3, axis=0)
    return list((groups + random.normal(size=groups.shape)).tolist())


@pytest.fixture
def table() -> Table:
    given = vectors()
    given[3], given[5], given[7] = None, [1.0, 2.0], [float("nan")] * 6
    return Table({"vector": given, "group": [n // 40 for n in range(ROWS)], "PCA 1": ["taken"] * ROWS})


@pytest.fixture
def cache(tmp_path: Path) -> ProjectionCache:
    return ProjectionCache(tmp_path / "kept")


def done(projection: Projection) -> dict[str, Any]:
    config = awaited(projection.config, lambda config: config["status"]["state"] not in ("idle", "busy"), 60)
    return dict(config["status"])


def test_rows_without_a_fitting_vector_have_no_place_and_are_counted(
    table: Table, cache: ProjectionCache
) -> None:
    projection = Projection(table, cache=cache)
    projection.compute()
    said = done(projection)
    assert said["state"] == "done"
    assert "117 rows, 6 numbers each" in said["words"]
    assert "3 rows have no vector" in said["words"]
    x, y = projection.config.value["x"], projection.config.value["y"]
    points = {"ask": "points", "x": x, "y": y, "filters": None, "most": 500, "grid": [9, 9]}
    found = Answers.of(projection.table).answer(points)
    assert found["left_out"] == 3
    assert set(found["ids"]) == set(range(ROWS)) - {3, 5, 7}


def test_coordinates_are_those_of_principal_components(table: Table, cache: ProjectionCache) -> None:
    from sklearn.decomposition import PCA

    projection = Projection(table, cache=cache)
    projection.compute()
    done(projection)
    x, y = projection.config.value["x"], projection.config.value["y"]
    rows = projection.table.expression
    found = rows.filter(rows[x].notnull()).order_by("id").to_pyarrow()
    expected = PCA(2).fit_transform(vectors_of(table, "vector").values.astype(np.float64))
    for axis, name in zip(expected.T, (x, y), strict=True):
        np.testing.assert_allclose(np.abs(found.column(name).to_numpy()), np.abs(axis), atol=1e-5)


def test_filters_on_other_columns_and_the_state_hold_on_the_map(table: Table, cache: ProjectionCache) -> None:
    state = LinkedState()
    projection = Projection(table, state, cache=cache)
    projection.compute()
    done(projection)
    state.filter(InRange("group", 1, 2))
    assert projection.table.filtered(state).to_pandas()["id"].tolist() == list(range(40, 80))
    assert table.count(state.filters.value) == projection.table.count(state.filters.value) == 40


def test_columns_of_coordinates_take_no_name_that_is_taken(table: Table, cache: ProjectionCache) -> None:
    projection = Projection(table, cache=cache)
    projection.compute()
    done(projection)
    assert projection.config.value["x"] == "PCA 1 (2)"
    assert list(projection.table.columns)[-2:] == ["PCA 1 (2)", "PCA 2"]
    assert list(table.columns) == ["vector", "group", "PCA 1", "id"]


def test_counts_of_charts_are_the_same_on_the_map(table: Table, cache: ProjectionCache) -> None:
    projection = Projection(table, cache=cache)
    projection.compute()
    done(projection)
    question = {"ask": "counts", "charts": [["group", 3]], "filters": None, "mean": None}
    assert Answers.of(projection.table).answer(question) == Answers.of(table).answer(question)


def test_what_was_computed_once_is_read_from_the_cache(table: Table, cache: ProjectionCache) -> None:
    first = Projection(table, cache=cache)
    first.compute()
    done(first)
    (kept,) = cache.folder.glob("*.npy")
    np.save(kept, np.full((117, 2), 4.0))
    again = Projection(table, cache=cache)
    again.compute()
    done(again)
    found = again.table.expression.to_pyarrow().column(again.config.value["x"]).drop_null().to_pylist()
    assert set(found) == {4.0}


@pytest.mark.parametrize("harm", [b"", b"\x93NUMPY rubbish", b"cos\nsystem\n(S'false'\ntR."])
def test_a_damaged_file_in_the_cache_is_computed_anew(
    table: Table, cache: ProjectionCache, harm: bytes
) -> None:
    found = vectors_of(table, "vector").values
    key = ProjectionPlan().key(found)
    cache.put(key, np.zeros((117, 2)))
    (cache.folder / f"{key}.npy").write_bytes(harm)
    projection = Projection(table, cache=cache)
    projection.compute()
    assert done(projection)["state"] == "done"
    kept = cache.get(key, 117)
    assert kept is not None
    assert kept.std() > 1


def test_a_cache_that_cannot_be_written_hinders_nothing(table: Table, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    projection = Projection(table, cache=ProjectionCache(tmp_path / "file" / "kept"))
    projection.compute()
    assert done(projection)["state"] == "done"


def test_other_parameters_or_values_have_another_place_in_the_cache() -> None:
    values = np.zeros((5, 3), np.float32)
    plans = [ProjectionPlan("t-sne"), ProjectionPlan("t-sne", perplexity=5), ProjectionPlan("t-sne", seed=1)]
    assert len({plan.key(values) for plan in plans}) == 3
    # What a method does not depend on does not count.
    assert ProjectionPlan("pca", perplexity=5).key(values) == ProjectionPlan("pca").key(values)
    assert ProjectionPlan().key(values) != ProjectionPlan().key(values + 1)
    assert ProjectionPlan().key(values) != ProjectionPlan().key(values.reshape(3, 5))


def test_t_sne_keeps_groups_together_tells_how_far_it_is_and_is_the_same_again(tmp_path: Path) -> None:
    table = Table({"vector": vectors(), "group": [n // 40 for n in range(ROWS)]})
    told: list[tuple[int, int | None]] = []
    values = vectors_of(table, "vector").values
    places = Projecting(lambda work, done, total: told.append((done, total))).run(
        values, ProjectionPlan("t-sne", perplexity=10)
    )
    assert told[0] == (0, None)
    assert (1_000, 1_000) in told
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (apart.argmin(axis=1) // 40 == np.arange(ROWS) // 40).all()


def test_a_computation_in_another_process_is_ended_at_once() -> None:
    values = np.random.default_rng(0).normal(size=(3_000, 20)).astype(np.float32)
    ended: list[tuple[Projecting, int]] = []

    def cancel(work: Projecting, done: int, total: int | None) -> None:
        if total is not None:
            ended.append((work, done))
            work.cancel()

    with pytest.raises(Cancelled):
        Projecting(cancel).run(values, ProjectionPlan("t-sne"))
    work, rounds = ended[-1]
    assert rounds < 1_000
    assert work._process is not None
    assert work._process.returncode != 0


def test_cancelling_leaves_the_map_before_it(table: Table, cache: ProjectionCache) -> None:
    projection = Projection(table, cache=cache)
    projection.compute()
    done(projection)
    projection.configure(method="t-sne", request="compute")
    projection.configure(request="cancel")
    assert projection.config.value["status"]["state"] == "cancelled"
    assert projection.config.value["x"] == "PCA 1 (2)"
    assert "PCA 2" in projection.table.columns


def test_very_many_rows_wait_for_a_sample(monkeypatch: pytest.MonkeyPatch, cache: ProjectionCache) -> None:
    monkeypatch.setitem(MOST_ROWS, "t-sne", 50)
    table = Table({"vector": vectors()})
    projection = Projection(table, method="t-sne", perplexity=5, cache=cache)
    projection.compute()
    said = done(projection)
    assert said["state"] == "large"
    assert "sample" in said["words"]
    projection.configure(sample=40, request="compute")
    said = awaited(projection.config, lambda config: config["status"]["state"] == "done", 60)["status"]
    assert "80 other rows have no place" in said["words"]
    placed = projection.table.expression.to_pyarrow().column(projection.config.value["x"])
    assert placed.null_count == 80


def test_a_perplexity_too_high_for_the_rows_is_told_in_words(table: Table, cache: ProjectionCache) -> None:
    projection = Projection(table, method="t-sne", perplexity=200, cache=cache)
    projection.compute()
    said = done(projection)
    assert said["state"] == "error"
    assert "perplexity below 117" in said["words"]


def test_without_its_package_umap_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MissingDependencyError, match="pip install umap-learn"):
        Projecting(lambda *far: None).run(np.zeros((9, 3), np.float32), ProjectionPlan("umap"))


@pytest.mark.slow
def test_umap_keeps_groups_together() -> None:
    values = np.array(vectors(), np.float32)
    places = Projecting(lambda *far: None).run(values, ProjectionPlan("umap"))
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (apart.argmin(axis=1) // 40 == np.arange(ROWS) // 40).mean() > 0.95


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"column": "group"}, "'group' of vectors"),
        ({"method": "magic"}, "'magic'"),
        ({"perplexity": 1}, "perplexity"),
        ({"neighbours": 2.5}, "whole number"),
        ({"distance": float("nan")}, "distance"),
        ({"sample": 1}, "sample"),
        ({"seed": -1}, "seed"),
        ({"color": "vector"}, "coloured by"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_words(table: Table, given: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        Projection(table, **given)


def test_a_page_can_set_neither_the_coordinates_nor_how_far_the_work_is(table: Table) -> None:
    projection = Projection(table)
    projection.configure(x="group", status={"state": "done"}, unknown=1, perplexity=12)
    assert projection.config.value["x"] is None
    assert projection.config.value["status"]["state"] == "idle"
    assert projection.config.value["perplexity"] == 12
    assert "unknown" not in projection.config.value


def test_a_table_without_vectors_is_no_error_until_it_is_computed() -> None:
    projection = Projection(Table({"a": [1, 2]}))
    assert projection.config.value["column"] is None
    with pytest.raises(DataError, match="no column of vectors"):
        projection.compute()


@pytest.mark.parametrize("given", [[[1.0, 2.0], None, None], [[1.0], [2.0], [3.0]], [[], [], []]])
def test_too_few_vectors_are_told_in_words(given: Any) -> None:
    import pyarrow as pa

    table = Table(pa.table({"vector": pa.array(given, pa.list_(pa.float64()))}))
    with pytest.raises(DataError, match="fewer than three vectors"):
        vectors_of(table, "vector")


def test_vectors_of_a_fixed_length_and_of_integers_are_read() -> None:
    import pyarrow as pa

    fixed = pa.array([[1.0, 2.0], None, [3.0, 4.0], [5.0, 6.0]], pa.list_(pa.float32(), 2))
    whole = pa.array([[1, 2], [3, 4], [5, None], [7, 8]], pa.list_(pa.int32()))
    table = Table(pa.table({"fixed": fixed, "whole": whole}))
    np.testing.assert_array_equal(vectors_of(table, "fixed").values, [[1, 2], [3, 4], [5, 6]])
    assert vectors_of(table, "whole").ids.to_pylist() == [0, 1, 3]


def test_the_map_follows_a_table_that_changes(table: Table, cache: ProjectionCache) -> None:
    projection = Projection(table, cache=cache)
    assert isinstance(projection.table, ProjectedTable)
    before = projection.table.version.value
    table.take_for("group", "nominal")
    assert projection.table.version.value == before + 1
    assert projection.table.columns["group"].kind == "nominal"
    projection.dispose()
    table.take_for("group", "integer")
    assert projection.table.version.value == before + 1
