"""Markdown as HTML in which nothing runs and nothing is fetched from elsewhere unasked."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

__all__ = ["rendered"]

TAGS = {
    *("a", "b", "blockquote", "br", "code", "dd", "del", "details", "dl", "dt", "em", "h1", "h2", "h3", "h4"),
    *("h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s", "strong", "sub", "summary", "sup"),
    *("table", "tbody", "td", "th", "thead", "tr", "ul"),
}
"""What may stand on a page; ``safe_html.js`` has the same list."""
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
DROPPED = {"script", "style", "iframe", "object", "embed", "svg", "math", "template", "noscript", "textarea"}
"""What vanishes with all that is in it."""
SCHEMES = {"http", "https", "mailto"}


def rendered(text: str) -> str:
    """Return the HTML of a text in CommonMark, with tables and struck-out words.

    HTML within the text stays where it only says what text is: headings, lists, emphasis. Scripts,
    styles, frames, forms, drawings and addresses other than of the web, of mail and of neighbouring
    files are left out. Links open in a page of their own that knows nothing of this one.

    Args:
        text: the text.
    """
    import nh3

    html: str = nh3.clean(
        _html(text),
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return html


@lru_cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _html(text: str) -> str:
    markdown = _markdown()
    tokens = markdown.parse(text)
    for token in tokens:
        # A column's side comes as a style, of which none is let through.
        side = str(token.attrs.pop("style", "")).removeprefix("text-align:")
        if side:
            token.attrs["align"] = side
    return str(markdown.renderer.render(tokens, markdown.options, {}))
