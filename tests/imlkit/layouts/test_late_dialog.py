from __future__ import annotations

from typing import Any

import panel_material_ui as pmui

from imlkit.layouts.late_dialog import LateDialog
from imlkit.plain_text import PlainText


def test_a_dialog_comes_to_the_page_as_it_is_to_be_shown() -> None:
    place: Any = pmui.Column()
    came: list[Any] = []
    closed: list[bool] = []

    def note(event: Any) -> None:
        dialog = event.new[-1]
        came.append((dialog.title, dialog.open, [part.object for part in dialog]))

    place.param.watch(note, "objects")
    dialog = LateDialog(place, width="xs", closed=lambda: closed.append(True))
    assert len(place) == 0
    dialog.open("Sure?", [PlainText("It is gone then.")])
    assert came == [("Sure?", True, ["It is gone then."])]
    dialog.close()
    assert closed == [True]
    dialog.open("Really?", [PlainText("For good.")])
    assert len(place) == 1
    assert (place[0].title, place[0].open, place[0][0].object) == ("Really?", True, "For good.")


def test_a_dialog_of_a_page_that_is_gone_does_nothing() -> None:
    place = pmui.Column()
    dialog = LateDialog(place, width="xs")
    del place
    dialog.open("Sure?", [])
    dialog.close()


def test_what_is_taken_away_leaves_the_page_and_the_next_one_is_new() -> None:
    place: Any = pmui.Column()
    dialog = LateDialog(place, width="xs")
    dialog.take_away()
    dialog.open("Sure?", [PlainText("It is gone then.")])
    (taken,) = place
    dialog.take_away()
    assert len(place) == 0
    assert not taken.open
    dialog.open("Really?", [PlainText("For good.")])
    assert place[0] is not taken
    assert place[0].open
