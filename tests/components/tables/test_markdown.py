"""Text in Markdown: what it becomes, and that nothing in it runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imlkit.components.tables import markdown_html
from imlkit.components.tables.markdown import Markdown
from imlkit.components.tables.markdown_html import rendered
from imlkit.errors import DataError


def test_markdown_becomes_headings_lists_and_tables() -> None:
    html = rendered("# Findings\n\n- one\n- *two*\n\n| a | b |\n|:--|--:|\n| 1 | ~~2~~ |\n\n3. three")
    assert "<h1>Findings</h1>" in html
    assert "<li><em>two</em></li>" in html
    assert '<td align="right"><s>2</s></td>' in html
    assert '<ol start="3">' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>window.ran = true</script>",
        "<img src=x onerror='window.ran = true'>",
        "[words](javascript:window.ran=true)",
        "<a href='JaVa&#115;cript:window.ran=true'>words</a>",
        "<a href='data:text/html,<script>window.ran=true</script>'>words</a>",
        "<svg onload='window.ran = true'><circle /></svg>",
        "<svg><script>window.ran = true</script></svg>",
        "<style>@import 'x'; * { background: url(x) }</style>",
        "<p style='background: url(javascript:window.ran=true)'>words</p>",
        "<iframe srcdoc='<script>parent.ran = true</script>'></iframe>",
        "<form action='javascript:window.ran=true'><button>go</button></form>",
        "<input autofocus onfocus='window.ran = true'>",
        "<details open ontoggle='window.ran = true'>words</details>",
        "<math><mtext><table><mglyph><style><img src=x onerror='window.ran = true'>",
        "<object data='data:text/html,x'></object><embed src=x><base href='//elsewhere/'>",
        "<meta http-equiv=refresh content='0;url=javascript:window.ran=true'>",
        "<video src=x onerror='window.ran = true'></video>",
        "![words](data:image/svg+xml,<svg onload=window.ran=true>)",
    ],
)
def test_what_could_run_is_left_out(text: str) -> None:
    html = rendered(f"before\n\n{text}").lower()
    tags = " ".join(re.findall(r"<[^>]*>", html))
    assert not re.search(r"\son\w+|javascript|data:|style|<(script|svg|iframe|form|input|math|object)", tags)
    assert "before" in html


def test_links_open_elsewhere_and_tell_nothing_of_this_page() -> None:
    html = rendered("[words](https://example.org/a)")
    assert 'target="_blank"' in html
    assert 'rel="noopener noreferrer"' in html


def test_nothing_in_a_text_has_a_name_that_scripts_would_find() -> None:
    assert not re.search(r"\b(id|name|class)=", rendered("<p id=a class=b><a name=c>words</a></p>"))


def test_browsers_are_given_no_more_tags_than_the_second_wall_lets_through() -> None:
    script = Path(markdown_html.__file__).with_name("safe_html.js").read_text("utf-8")
    listed = re.findall(r'\.\.\."([a-z0-9 ]+)"\.split', script)
    assert {tag for line in listed for tag in line.split()} == markdown_html.TAGS


def test_elements_in_one_another_without_end_are_rendered() -> None:
    assert "deep" in rendered("<b>" * 20_000 + "deep")


def test_a_text_that_is_set_is_rendered() -> None:
    notes = Markdown("one")
    notes.text.set("**two**")
    assert notes.html == "<p><strong>two</strong></p>\n"
    assert notes.config.value == {"text": "**two**", "html": notes.html, "editable": False}


@pytest.mark.parametrize("text", [None, 3, b"bytes", "x" * 200_001])
def test_what_is_no_text_is_refused_and_the_text_stays(text: object) -> None:
    notes = Markdown("one")
    with pytest.raises(DataError, match="give"):
        notes.text.set(text)  # type: ignore[arg-type]
    assert notes.text.value == "one"


def test_half_characters_do_not_break_the_page() -> None:
    assert Markdown("a\ud800b").text.value == "a?b"


def test_a_text_made_from_one_that_has_changed_is_not_put_in_its_place() -> None:
    notes = Markdown("one")
    notes.text.set("theirs")
    with pytest.raises(DataError, match="meanwhile"):
        notes.replace("mine", was="one")
    notes.replace("mine", was="theirs")
    assert notes.text.value == "mine"
