"""An app that shows rows as samples and as a table."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.components.tables.samples.sounds import tone, wav
from tests.e2e.served import serving

SCRIPT = "<img src=x onerror='window.ran = true'>"

APP = """
import math
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow
from imlkit import Button, Dashboard, Text
from imlkit.components.tables.instance_list import InstanceList
from imlkit.components.tables.instance_table import InstanceTable
from imlkit.tables import All, Equals, Group, LinkedState, OneOf, Order, Seen, Table

SCRIPT = "<img src=x onerror='window.ran = true'>"
n = 200
rows = {
    "id": [f"row {i}" for i in range(n)],
    "picture": [{3: "broken.png", 4: "none.png", 5: None}.get(i, f"{i % 10}.png") for i in range(n)],
    "sound": [f"{i % 3}.wav" for i in range(n)],
    "said": [f"This is the {i}th of some long texts {SCRIPT}, there to be read." for i in range(n)],
    "series": [[math.sin(t / 5) * i for t in range(50)] for i in range(n)],
    "class": [["cat", "dog", SCRIPT, None][i % 4] for i in range(n)],
    "score": [[0.123456, None, math.nan, math.inf, -math.inf, 1e12, 2026.0][i % 7] for i in range(n)],
    "when": [datetime(2026, 1, 1) + timedelta(hours=i) for i in range(n)],
    SCRIPT: list(range(n)),
    "__proto__": ["" for i in range(n)],
}
table = Table(rows, root=Path(__file__).parent, title=SCRIPT)
many = Table(pyarrow.table({"id": np.arange(300_000), "square": np.arange(300_000) ** 2}))
wide = Table(pyarrow.table({"id": [1, 2], **{f"c{i}": [i, -i] for i in range(2_000)}}))

state = LinkedState()
instances, values = InstanceList(table, state, page_size=50), InstanceTable(table, state)
said = Text()
def tell(seen):
    said.value.set(seen.to_json())
state.showing.subscribe(tell)
shown = Text()
instances.config.subscribe(lambda config: shown.value.set(f"{config['layout']} of {config['column']}"))
dogs, cows, back, select, texts = map(Button, ["Dogs", "Cows", "Back", "Select two", "Texts"])
dogs.clicks.subscribe(lambda _: state.filter(Equals("class", "dog")))
cows.clicks.subscribe(lambda _: state.filter(Equals("class", "cow")))
back.clicks.subscribe(lambda _: state.undo())
select.clicks.subscribe(lambda _: state.selection.set(["row 1", "row 60"]))
texts.clicks.subscribe(lambda _: instances.configure(column="said", layout="list"))
app = Dashboard(title="Instances")
app.page("Both").use(said, shown, [dogs, cows, back, select, texts], instances, values)
app.page("Groups").use(InstanceList(table, LinkedState(Seen(groups=(Group("class"),)))))
app.page("Many").use(InstanceTable(many), InstanceList(many))
app.page("Wide").use(InstanceTable(wide), InstanceList(wide))
empty = Table(pyarrow.table({"id": pyarrow.array([], "int64")}))
app.page("Empty").use(InstanceList(empty), InstanceTable(empty))
app.servable()
"""


@contextlib.contextmanager
def instances_served(folder: Path) -> Iterator[str]:
    """Serve the app from a folder with its pictures and sounds; gives the address."""
    random = np.random.default_rng(0)
    for n in range(10):
        Image.fromarray(random.integers(0, 255, (40, 60, 3), np.uint8)).save(folder / f"{n}.png")
    (folder / "broken.png").write_bytes((folder / "3.png").read_bytes()[:500])
    for n in range(3):
        (folder / f"{n}.wav").write_bytes(wav(tone(frequency=300 + 100 * n)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMLKIT_CACHE", str(folder / "cache"))
        with serving(folder, "instances", APP) as served:
            yield served.url


def tile(page: Page, name: str) -> Locator:
    return page.get_by_role("gridcell", name=name, exact=True).and_(page.locator(".tile"))


def line(page: Page, row: int) -> Locator:
    return page.locator(f".table-line[aria-rowindex='{row + 2}']:visible")


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("columnheader", name=name, exact=True)


def shows(page: Page, **wanted: Any) -> None:
    """Wait until Python says that the state shows this."""
    said = page.get_by_text('{"', exact=False).first
    for part, value in wanted.items():
        expect(said).to_contain_text(
            f'"{part}":{json.dumps(value, ensure_ascii=False, separators=(",", ":"))}'
        )


def loaded(image: Locator) -> None:
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 10
