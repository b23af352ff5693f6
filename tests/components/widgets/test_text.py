"""What text on the page promises."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit import Text
from imlkit.errors import DataError


def shown(text: str, **options: Any) -> str:
    view: Any = Text(text, **options).view()
    return str(view.object)


def test_plain_text_shows_every_sign() -> None:
    assert "&lt;b&gt;**bold**&lt;/b&gt; &amp;amp;" in shown("<b>**bold**</b> &amp;")


def test_markdown_is_formatted() -> None:
    html = shown("**bold**\n\n| a |\n|---|\n| 1 |", format="markdown")
    assert "<strong>bold</strong>" in html
    assert "<td>1</td>" in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<svg onload=alert(1)>",
        "<iframe src='javascript:alert(1)'></iframe>",
        "<style>@import 'https://example.org/alert(1)'</style>",
        "<div style='background:url(alert(1))'>x</div>",
        "<math><mtext><style><img src onerror=alert(1)></style></mtext></math>",
    ],
)
def test_nothing_that_could_run_reaches_the_page(attack: str) -> None:
    html = shown(attack, format="markdown")
    assert "alert" not in html.replace("](javascript:alert(1))", "")
    assert "<script" not in html


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a.png", "//example.org/a.png", "/\\example.org/a.png", "\\\\example.org/a.png"],
)
def test_an_image_from_elsewhere_is_not_fetched(address: str) -> None:
    assert "example.org" not in shown(f'<img src="{address}" srcset="{address}">', format="markdown")


def test_own_and_embedded_images_stay() -> None:
    html = shown("![a](assets/a.png) ![b](data:image/png;base64,iVBORw0KGgo=)", format="markdown")
    assert 'src="assets/a.png"' in html
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in html


def test_every_view_follows_the_value() -> None:
    text = Text("one")
    views: list[Any] = [text.view(), text.view()]
    text.value.set("two")
    assert all(">two<" in view.object for view in views)


def test_an_unknown_format_names_the_formats() -> None:
    with pytest.raises(DataError, match="'plain' or 'markdown'"):
        Text("x", format="html")  # type: ignore[arg-type]
