"""Text in Markdown in a served app: nothing in it runs, and it is changed in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from imlkit.components.tables import markdown
from imlkit.components.tables.markdown import Markdown
from imlkit.components.tables.summary_charts import SummaryCharts
from imlkit.tables.exports.export import export
from imlkit.web import inlined
from tests.e2e.served import Served, serving

pytestmark = pytest.mark.e2e

APP = '''
from imlkit import Button, Dashboard, TextInput
from imlkit.components.tables.markdown import Markdown

BAD = """# Findings

before

<script>window.ran = 1</script>
<img src=x onerror="window.ran = 2">
[words](javascript:window.ran=3) <a id=trap href="javascript:window.ran=4">more words</a>
<svg onload="window.ran = 5"><script>window.ran = 6</script></svg>
<style>body { display: none }</style>
<iframe srcdoc="<script>parent.ran = 7</script>"></iframe>
<form action="javascript:window.ran=8"><input autofocus onfocus="window.ran = 9"></form>
<a href="data:text/html,<script>opener.ran=10</script>">data</a>
<details open ontoggle="window.ran = 11">details</details>

![far](http://elsewhere.invalid/spy.png)
![odd](data:image/svg+xml,<svg/onload=window.ran=12>)
[a good link](https://example.org/a)

| a | b |
|---|--:|
| 1 | 2 |

after
"""
notes = Markdown(BAD)
own = Markdown("Some *words*", editable=True, title="Own")
again = Markdown("", editable=True, title="Empty")
theirs = Button("Change it")
theirs.clicks.subscribe(lambda _: own.text.set("their words"))
app = Dashboard(title="Notes")
app.page("Main").use(notes, own, own, theirs, again)
app.servable()
'''

WALL = """(html) => {
  return import(html.module).then(({ safe }) => {
    const place = document.createElement("div");
    document.body.append(place);
    place.append(safe(html.text));
    return place.innerHTML;
  });
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("notes"), "notes", APP) as served:
        yield served


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def page(served: Served, open_page: Callable[..., Page], asked: list[str]) -> Page:
    page = open_page("about:blank")
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.url)
    expect(page.get_by_role("heading", name="Findings")).to_be_visible()
    return page


def own(page: Page, number: int = 0) -> Locator:
    return page.locator(".linked", has=page.get_by_role("button", name="Edit")).nth(number)


def test_nothing_in_a_text_runs_and_the_rest_is_read(page: Page) -> None:
    expect(page.get_by_text("after", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="2")).to_be_visible()
    for words in ("words", "more words", "data"):
        for one in page.get_by_text(words, exact=True).all():
            one.click()
    expect(page.get_by_text("details", exact=True)).to_be_visible()
    assert page.evaluate("window.ran") is None
    prose = page.locator(".prose").first
    assert prose.locator("script, style, iframe, svg, form, input, [onerror], [onload], [id]").count() == 0


def test_nothing_is_fetched_from_elsewhere_unasked(page: Page, asked: list[str]) -> None:
    show = page.get_by_role("button", name="Show “far” from elsewhere.invalid")
    expect(show).to_be_visible()
    assert not [url for url in asked if "elsewhere.invalid" in url]
    page.route("http://elsewhere.invalid/**", lambda route: route.fulfill(content_type="image/png", body=b""))
    show.click()
    # What is no picture can still be opened.
    expect(page.get_by_role("link", name="[far: open it]")).to_be_visible()
    assert [url for url in asked if "elsewhere.invalid" in url] == ["http://elsewhere.invalid/spy.png"]


def test_links_open_in_a_page_of_their_own(page: Page) -> None:
    link = page.get_by_role("link", name="a good link")
    assert link.get_attribute("target") == "_blank"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.get_attribute("href") == "https://example.org/a"


def test_a_second_wall_stands_in_the_browser(page: Page) -> None:
    script = inlined(Path(markdown.__file__).with_name("safe_html.js"))
    module = f"data:text/javascript;charset=utf-8,{quote(script)}"
    text = """<p onclick=x style=a id=b>kept<script>window.ran=1</script><img src=x onerror="window.ran=2">
        <a href="javascript:window.ran=3">a</a><svg onload="window.ran=4"></svg>
        <iframe srcdoc="<script>1"></iframe>
        <math><mi href="javascript:1">m</mi></math><template><img src=x onerror="window.ran=5"></template>"""
    made = page.evaluate(WALL, {"module": module, "text": text + "<b>" * 5_000 + "deep"})
    assert made.startswith("<p>kept<img")
    for word in ("script", "onerror", "svg", "iframe", "math", "template", "style", "id="):
        assert word not in made
    assert "deep" in made
    assert page.evaluate("window.ran") is None


def test_a_text_is_changed_in_its_place_and_every_view_follows(page: Page) -> None:
    first, second = own(page, 0), own(page, 1)
    first.get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="Text in Markdown")
    expect(field).to_have_value("Some *words*")
    field.fill("New **words** <script>window.ran = 1</script>")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_role("region", name="Preview").locator("strong")).to_have_text("words")
    page.get_by_role("button", name="Save").click()
    expect(first.locator(".prose:not(.preview) strong")).to_be_visible()
    expect(second.locator(".prose:not(.preview) strong")).to_be_visible()
    assert page.evaluate("window.ran") is None


def test_what_is_not_saved_is_given_up_only_when_asked_twice(page: Page) -> None:
    own(page).get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="Text in Markdown")
    field.fill("lost")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert").filter(has_text="not saved")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(field).to_be_hidden()
    expect(page.locator("em", has_text="words").first).to_be_visible()


def test_a_text_that_others_changed_meanwhile_is_not_overwritten_unasked(page: Page) -> None:
    own(page).get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="Text in Markdown")
    field.fill("my words")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_text("their words").last).to_be_visible()
    field.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="meanwhile")).to_be_visible()
    expect(field).to_have_value("my words")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("my words", exact=True).last).to_be_visible()


def test_an_empty_text_says_how_to_begin(page: Page) -> None:
    expect(page.get_by_text("There is no text here yet. Press Edit to write some.")).to_be_visible()


def test_what_is_too_long_is_told_of_and_not_lost(page: Page) -> None:
    own(page).get_by_role("button", name="Edit").click()
    field = page.get_by_role("textbox", name="Text in Markdown")
    field.fill("x" * 200_001)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").filter(has_text="200,001 characters")).to_be_visible()
    expect(field).to_be_visible()
    # Nothing asks again when the test leaves the page.
    field.fill("Some *words*")


def test_texts_that_are_not_to_be_changed_have_no_pencil(page: Page) -> None:
    expect(page.get_by_role("button", name="Edit")).to_have_count(3)


def test_an_exported_page_has_the_text_and_no_pencil(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    far = "<img src=http://elsewhere.invalid/x.png onerror='window.ran = 2'>"
    text = f"# Findings\n\n<script>window.ran = 1</script>{far}\n\nafter"
    notes = Markdown(text, editable=True)
    page = open_page(export(tmp_path / "page", SummaryCharts({"age": [1, 2]}), notes).as_uri())
    expect(page.get_by_role("heading", name="Findings")).to_be_visible()
    expect(page.get_by_text("after")).to_be_visible()
    expect(page.get_by_role("button", name="from elsewhere.invalid")).to_be_visible()
    expect(page.get_by_role("button", name="Edit")).to_have_count(0)
    assert page.evaluate("window.ran") is None
