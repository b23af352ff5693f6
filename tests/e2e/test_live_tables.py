"""Tables that change under the open views of a page: instances come and go, files are rewritten."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit import Dataset, data_store
from imlkit.tables.seen import Seen
from tests.e2e.served import serving, until

pytestmark = pytest.mark.e2e

Open = Callable[..., Page]

VIEWS = """
from imlkit import Button, Dashboard, LinkedState, Text
from imlkit.components.tables.instance_list import InstanceList
from imlkit.components.tables.instance_table import InstanceTable
from imlkit.components.tables.scatter import Scatter
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.components.tables.toolbar import Toolbar

state, said = LinkedState(), Text()
def tell(seen):
    said.value.set(f"Python sees {seen.to_json()}")
state.showing.subscribe(tell)
app = Dashboard(title="Live")
app.page("Main").use(
    [*buttons],
    said,
    Toolbar(table, state),
    SummaryCharts(table, state),
    InstanceList(table, state, column=""),
    InstanceTable(table, state),
    Scatter(table, state),
)
app.servable()
"""
DATASET = f"""
from imlkit import Button, Dataset, Table, data_store

drawings = Dataset("drawings", data_store("kept"))
table = Table(drawings)
grow = Button("Grow")
grow.clicks.subscribe(lambda _: drawings.create({{"id": "grown", "kind": "dog", "size": 9, "weight": 0.5}}))
buttons = [grow]
{VIEWS}
"""
FILE = f"""
from pathlib import Path
from imlkit import Button, Table

table = Table(Path(__file__).parent / "things.FORMAT")
again = Button("Read again")
again.clicks.subscribe(lambda _: table.refresh())
buttons = [again]
{VIEWS}
"""


class Views:
    """The views of one table on a page, as a person meets them."""

    def __init__(self, page: Page, words: str) -> None:
        self.page = page
        views = page.locator(".linked")
        expect(views).to_have_count(5, timeout=30_000)
        self.toolbar, self.charts, self.instances, self.rows, self.points = map(views.nth, range(5))
        self.leaves(words)

    def leaves(self, words: str, points: int | None = None) -> None:
        """Expect of every view that it shows so many rows."""
        for view in (self.toolbar, self.charts, self.instances, self.rows):
            some = re.compile(f"^{words}( in \\d+ groups?)?(, \\d+ selected)?$")
            expect(view.locator(".status").first).to_have_text(some, timeout=30_000)
        if points is not None:
            expect(self.plot).to_have_attribute("data-total", str(points), timeout=30_000)

    @property
    def plot(self) -> Locator:
        return self.points.locator(".point-plot")

    def chart(self, name: str) -> Locator:
        return self.charts.get_by_role("region", name=name, exact=True)

    def sizes(self, name: str, **counts: int) -> None:
        """Expect so many rows of each value of a chart."""
        words = {value: str(count) for value, count in counts.items()}
        for value, size in words.items():
            bar = self.chart(name).locator("button.value", has_text=value)
            expect(bar.locator(".size")).to_have_text(size, timeout=30_000)
        expect(self.chart(name).locator("button.value")).to_have_count(len(words))

    def tile(self, name: str) -> Locator:
        return self.instances.locator(f".tile[aria-label='{name}']")

    def line(self, name: str) -> Locator:
        box = self.page.get_by_role("checkbox", name=f"Select {name}", exact=True)
        return self.rows.locator(".table-line", has=box)

    def selected(self, *names: str) -> None:
        """Expect these to be selected, in every view."""
        for view in (self.instances.locator(".tile"), self.rows.locator(".table-line")):
            expect(view.and_(self.page.locator("[aria-selected='true']"))).to_have_count(len(names))
        for name in names:
            expect(self.tile(name)).to_have_attribute("aria-selected", "true")
            expect(self.line(name)).to_have_attribute("aria-selected", "true")

    def sees(self) -> Seen:
        said = self.page.get_by_text(re.compile("^Python sees")).inner_text()
        return Seen.from_json(said.removeprefix("Python sees "))

    def complains(self, view: Locator, words: str) -> None:
        expect(view.locator(".problem:visible", has_text=words).first).to_be_visible(timeout=30_000)

    def is_content(self) -> None:
        """Expect that no view has a problem."""
        expect(self.page.locator(".linked .problem:visible")).to_have_count(0, timeout=30_000)


def instance(n: int, **more: Any) -> dict[str, Any]:
    kind = "cat" if n % 2 else "dog"
    return {"id": f"d{n}", "kind": kind, "size": n % 5, "weight": n / 4, **more}


@pytest.fixture
def drawings(tmp_path: Path) -> Dataset:
    """The dataset that the page shows, as another program has it."""
    return Dataset("drawings", data_store(str(tmp_path / "kept")))


def test_views_follow_instances_that_come_change_and_go_elsewhere(
    tmp_path: Path, drawings: Dataset, open_page: Open
) -> None:
    drawings.create([instance(n) for n in range(20)])
    with serving(tmp_path, "live", DATASET) as served:
        page = open_page(served.url)
        views = Views(page, "20 rows")
        views.leaves("20 rows", points=20)
        views.sizes("kind", cat=10, dog=10)
        views.chart("kind").get_by_role("button", name="dog").click()
        views.leaves("10 of 20 rows", points=10)
        views.tile("d2").click()
        views.tile("d4").click(modifiers=["Control"])
        views.selected("d2", "d4")
        until(lambda: len(views.sees().selection) == 2)
        before = views.sees()
        # More of them.
        drawings.create([instance(n) for n in range(20, 30)])
        views.leaves("15 of 30 rows", points=15)
        views.sizes("kind", cat=15, dog=15)
        expect(views.tile("d28")).to_be_visible()
        views.selected("d2", "d4")
        # One changes: it is no longer among those that the filter leaves.
        drawings.patch("d2", {"kind": "cat", "size": 4})
        views.leaves("14 of 30 rows", points=14)
        views.sizes("kind", cat=16, dog=14)
        expect(views.tile("d2")).to_have_count(0)
        drawings.patch("d2", {"kind": "dog", "size": 3})
        views.leaves("15 of 30 rows", points=15)
        views.selected("d2", "d4")
        expect(views.line("d2")).to_contain_text("3")
        # Some go, a selected one among them.
        for id in ("d4", "d6", "d7"):
            drawings.remove(id)
        views.leaves("13 of 27 rows", points=13)
        views.sizes("kind", cat=14, dog=13)
        views.selected("d2")
        # The page itself adds one, and a field that none had.
        page.get_by_role("button", name="Grow").click()
        views.leaves("14 of 28 rows", points=14)
        expect(views.tile("grown")).to_be_visible()
        drawings.patch("d2", {"mood": "calm"})
        expect(views.chart("mood").get_by_role("button", name="calm")).to_be_visible(timeout=30_000)
        expect(views.rows.get_by_role("columnheader", name="mood")).to_be_visible()
        views.is_content()
        assert views.sees() == before


def test_many_changes_at_once_leave_every_view_at_the_last(
    tmp_path: Path, drawings: Dataset, open_page: Open
) -> None:
    drawings.create([instance(n) for n in range(10)])
    with serving(tmp_path, "live", DATASET) as served:
        views = Views(open_page(served.url), "10 rows")
        views.chart("kind").get_by_role("button", name="cat").click()
        views.leaves("5 of 10 rows", points=5)

        def add(part: int) -> None:
            for n in range(10 + part, 130, 3):
                drawings.create(instance(n))
                if n % 10 == 0:
                    drawings.remove(f"d{n}")

        threads = [threading.Thread(target=add, args=(part,)) for part in range(3)]
        for thread in threads:
            thread.start()
        # Meanwhile the person goes on.
        views.chart("kind").get_by_role("button", name="dog").click()
        views.chart("kind").get_by_role("button", name="cat").click()
        for thread in threads:
            thread.join()
        views.sizes("kind", cat=65, dog=53)
        views.leaves("53 of 118 rows", points=53)
        views.is_content()


def test_a_dataset_that_is_emptied_and_filled_again(
    tmp_path: Path, drawings: Dataset, open_page: Open
) -> None:
    with serving(tmp_path, "live", DATASET) as served:
        page = open_page(served.url)
        views = page.locator(".linked")
        expect(views.first).to_contain_text("This table has no rows yet", timeout=30_000)
        expect(views.locator(".empty:visible")).to_have_count(4, timeout=30_000)
        drawings.create([instance(n) for n in range(6)])
        shown = Views(page, "6 rows")
        shown.leaves("6 rows", points=6)
        shown.tile("d1").click()
        shown.chart("kind").get_by_role("button", name="cat").click()
        shown.leaves("3 of 6 rows", points=3)
        shown.selected("d1")
        drawings.clear()
        expect(views.locator(".empty:visible")).to_have_count(4, timeout=30_000)
        for view in (shown.charts, shown.instances, shown.rows, shown.points):
            expect(view.locator(".empty:visible")).to_contain_text("This table has no rows")
        shown.is_content()
        drawings.create([instance(n) for n in range(8)])
        shown.leaves("4 of 8 rows", points=4)
        shown.selected("d1")
        shown.is_content()


def write(folder: Path, name: str, **columns: list[Any]) -> None:
    """Write a file anew, as other programs do: all at once."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    table = pa.table(columns)
    new = folder / f"new {name}"
    if name.endswith("csv"):
        pyarrow.csv.write_csv(table, new)
    else:
        pq.write_table(table, new)
    new.replace(folder / name)


def things(*without: str, n: int = 20, **other: list[Any]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        "id": [f"t{k}" for k in range(n)],
        "kind": [("cat", "dog")[k % 2] for k in range(n)],
        "size": [k % 5 for k in range(n)],
        "weight": [k / 4 for k in range(n)],
        "age": [k * 1.5 for k in range(n)],
    }
    return {name: values for name, values in {**columns, **other}.items() if name not in without}


@pytest.fixture(params=["csv", "parquet"])
def kept(request: pytest.FixtureRequest) -> str:
    return f"things.{request.param}"


def again(page: Page) -> None:
    page.get_by_role("button", name="Read again").click()


def served_file(folder: Path, name: str) -> Any:
    return serving(folder, "file", FILE.replace("things.FORMAT", name))


def test_a_filtered_column_that_vanishes_is_told_of_and_its_filter_can_be_removed(
    tmp_path: Path, kept: str, open_page: Open
) -> None:
    write(tmp_path, kept, **things())
    with served_file(tmp_path, kept) as served:
        page = open_page(served.url)
        views = Views(page, "20 rows")
        views.chart("kind").get_by_role("button", name="cat").click()
        views.leaves("10 of 20 rows", points=10)
        write(tmp_path, kept, **things("kind", n=30))
        again(page)
        chip = views.toolbar.locator(".chip.gone")
        expect(chip).to_contain_text("no column “kind” any more", timeout=30_000)
        for view in (views.toolbar, views.charts, views.instances, views.rows, views.points):
            views.complains(view, "There is no column “kind”")
        expect(views.chart("kind")).to_have_count(0)
        expect(views.chart("size").locator(".area")).to_be_visible()
        # It comes back.
        write(tmp_path, kept, **things())
        again(page)
        views.leaves("10 of 20 rows", points=10)
        views.is_content()
        views.sizes("kind", cat=10, dog=10)
        # It is gone for good: the filter is taken away, and taken back.
        write(tmp_path, kept, **things("kind", n=30))
        again(page)
        expect(chip).to_be_visible(timeout=30_000)
        chip.get_by_role("button", name=re.compile("^Remove the filter")).click()
        views.leaves("30 rows", points=30)
        views.is_content()
        page.get_by_role("button", name="Undo").click()
        views.complains(views.toolbar, "There is no column “kind”")
        page.get_by_role("button", name="Redo").click()
        views.leaves("30 rows", points=30)
        views.is_content()


def test_columns_that_are_filtered_grouped_sorted_and_drawn_change_their_type(
    tmp_path: Path, kept: str, open_page: Open
) -> None:
    write(tmp_path, kept, **things())
    with served_file(tmp_path, kept) as served:
        page = open_page(served.url)
        views = Views(page, "20 rows")
        # Filtered by a number, which becomes a text.
        views.toolbar.get_by_role("button", name="Add a filter").click()
        editor = views.toolbar.get_by_role("form", name="Filter")
        editor.get_by_label("Column").select_option("size")
        editor.get_by_label("At most, size").fill("1")
        editor.get_by_role("button", name="Apply").click()
        views.leaves("8 of 20 rows", points=8)
        write(tmp_path, kept, **things(size=["small"] * 10 + ["large"] * 10))
        again(page)
        for view in (views.toolbar, views.charts, views.instances, views.rows):
            views.complains(view, "“size”")
        expect(views.chart("size").get_by_role("button", name="small")).to_be_visible()
        views.toolbar.get_by_role("button", name=re.compile("^Remove the filter")).click()
        views.leaves("20 rows")
        views.sizes("size", small=10, large=10)
        expect(views.toolbar.locator(".problem:visible")).to_have_count(0)


def test_columns_that_rows_are_sorted_grouped_and_placed_by_vanish(
    tmp_path: Path, kept: str, open_page: Open
) -> None:
    write(tmp_path, kept, **things())
    with served_file(tmp_path, kept) as served:
        page = open_page(served.url)
        views = Views(page, "20 rows")
        views.leaves("20 rows", points=20)
        # Sorted: the others go on, and what sorts can be left away where it no longer has a heading.
        heading = views.rows.get_by_role("columnheader", name="age", exact=True)
        heading.click()
        expect(heading).to_have_attribute("aria-sort", "ascending")
        write(tmp_path, kept, **things("age"))
        again(page)
        for view in (views.instances, views.rows):
            views.complains(view, "There is no column “age” to sort by")
        expect(heading).to_have_count(0)
        views.sizes("kind", cat=10, dog=10)
        views.rows.get_by_role("button", name="Do not sort by “age”").click()
        views.is_content()
        views.leaves("20 rows", points=20)
        expect(views.tile("t19")).to_be_visible()
        # Grouped: told of in each view, and the chip takes it away.
        views.toolbar.get_by_label("Group by", exact=True).select_option(label="kind")
        expect(views.instances.get_by_role("heading", name="kind: dog", exact=True)).to_be_visible()
        write(tmp_path, kept, **things("age", "kind"))
        again(page)
        chip = views.toolbar.locator(".chip.gone")
        expect(chip).to_contain_text("no such column any more", timeout=30_000)
        for view in (views.charts, views.instances, views.rows):
            views.complains(view, "“kind”")
        # Points are of use without their colours.
        expect(views.plot).to_have_attribute("data-total", "20")
        expect(views.chart("size").locator(".area")).to_be_visible()
        chip.get_by_role("button", name="Do not group by kind").click()
        views.is_content()
        views.leaves("20 rows", points=20)
        # Placed: the axes can be chosen anew though both have lost their columns.
        expect(views.points.get_by_label("Across")).to_have_value("0")
        write(tmp_path, kept, **things("age", "kind", "size", "weight", one=[1] * 20, two=[2.5] * 20))
        again(page)
        views.complains(views.points, "There is no column “size”")
        views.points.get_by_label("Across").select_option(label="two")
        expect(views.points.get_by_label("Up")).to_have_value("0")
        views.leaves("20 rows", points=20)
        views.is_content()


def test_a_column_that_groups_and_places_becomes_text_and_numbers_again(
    tmp_path: Path, kept: str, open_page: Open
) -> None:
    write(tmp_path, kept, **things())
    with served_file(tmp_path, kept) as served:
        page = open_page(served.url)
        views = Views(page, "20 rows")
        views.leaves("20 rows", points=20)
        views.toolbar.get_by_label("Group by", exact=True).select_option(label="weight")
        expect(views.toolbar.get_by_label("Number of bins of weight")).to_have_value("10")
        expect(views.instances.get_by_role("heading", name=re.compile("^weight: 0 "))).to_be_visible()
        write(tmp_path, kept, **things(weight=["light", "heavy"] * 10))
        again(page)
        views.complains(views.points, "There is no column “weight” of numbers")
        for name in ("light", "heavy"):
            expect(views.chart("weight").get_by_role("button", name=name)).to_be_visible(timeout=30_000)
            heading = views.instances.get_by_role("heading", name=f"weight: {name}", exact=True)
            expect(heading).to_be_visible()
        expect(views.rows.locator(".problem:visible")).to_have_count(0)
        write(tmp_path, kept, **things())
        again(page)
        views.leaves("20 rows", points=20)
        views.is_content()


def test_a_file_that_is_emptied_and_filled_again(tmp_path: Path, kept: str, open_page: Open) -> None:
    write(tmp_path, kept, **things())
    with served_file(tmp_path, kept) as served:
        page = open_page(served.url)
        views = Views(page, "20 rows")
        views.toolbar.get_by_label("Group by", exact=True).select_option(label="kind")
        views.chart("kind").get_by_role("button", name="cat").click()
        views.leaves("10 of 20 rows", points=10)
        views.tile("t2").click()
        views.selected("t2")
        write(tmp_path, kept, **things(n=0))
        again(page)
        expect(views.toolbar.locator(".status").first).to_have_text("This table has no rows yet")
        for view in (views.instances, views.rows, views.points):
            expect(view.locator(".empty:visible")).to_contain_text("This table has no rows", timeout=30_000)
        views.is_content()
        # One that cannot be read leaves what there was, and says so.
        (tmp_path / kept).write_bytes(b"")
        again(page)
        expect(page.get_by_text("is empty").or_(page.get_by_text("cannot be read")).first).to_be_visible()
        write(tmp_path, kept, **things(n=40))
        again(page)
        views.leaves("20 of 40 rows", points=20)
        views.selected("t2")
        views.is_content()
