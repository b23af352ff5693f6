from __future__ import annotations

from html import unescape
from typing import Any

from imlkit.plain_text import PlainAlert, PlainText


def sent(alert: PlainAlert) -> str:
    """What the browser reads as HTML."""
    model: Any = alert.get_root()
    return unescape(model.data.object)


def test_plain_text_reaches_the_page_as_characters() -> None:
    text = PlainText("<b> *x* & 5", link='/a"b')
    sent = text._transform_object(text.object)["object"]
    assert unescape(sent).endswith(">&lt;b&gt; *x* &amp; 5</a>")
    assert '"/a&quot;b"' in unescape(sent)


def test_an_alert_reaches_the_page_as_characters() -> None:
    assert sent(PlainAlert("<b> *x* & 5")) == "<p>&lt;b&gt; *x* &amp; 5</p>"


def test_an_alert_of_several_lines_is_a_list_and_may_change() -> None:
    alert = PlainAlert("one")
    model: Any = alert.get_root()
    alert.object = "<i>\n[two](three)"
    assert unescape(model.data.object) == "<ul><li>&lt;i&gt;</li><li>[two](three)</li></ul>"


def test_an_alert_without_words_is_empty() -> None:
    assert sent(PlainAlert()) == "<p></p>"
