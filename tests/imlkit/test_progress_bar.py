from __future__ import annotations

from typing import Any

import pytest

from imlkit.progress_bar import ProgressBar


def shown(bar: Any) -> str:
    return str(bar.object)


def test_words_are_shown_as_text_above_a_bar_with_a_name() -> None:
    bar = ProgressBar('Mine "<b>"')
    bar.present("<i>Half</i> done", 0.5)
    assert "<p>&lt;i&gt;Half&lt;/i&gt; done</p>" in shown(bar)
    assert 'aria-label="Mine &quot;&lt;b&gt;&quot;"' in shown(bar)
    assert 'aria-valuenow="50"' in shown(bar)
    assert 'style="width: 50.0%"' in shown(bar)


@pytest.mark.parametrize(("share", "width"), [(-1.0, "0.0%"), (7.0, "100.0%")])
def test_a_bar_is_never_longer_than_its_track(share: float, width: str) -> None:
    bar = ProgressBar("bar")
    bar.present("said", share)
    assert f"width: {width}" in shown(bar)


def test_without_a_share_there_are_words_only() -> None:
    bar = ProgressBar("bar", announced=True)
    bar.present("said")
    assert shown(bar) == '<p role="status">said</p>'


def test_an_unknown_share_is_not_told_as_a_number() -> None:
    bar = ProgressBar("bar")
    bar.present("said", 0.0, known=False)
    assert "progressbar" in shown(bar)
    assert "aria-valuenow" not in shown(bar)
