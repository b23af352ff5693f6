"""A state in the address of a page, without one; tests/e2e/test_toolbar.py has the tests in a browser."""

from __future__ import annotations

import pytest
from bokeh.document import Document

from imlkit.errors import DataError
from imlkit.session import Session
from imlkit.tables import Equals, LinkedState
from imlkit.tables.linked.shared_address import SharedAddress, share


def test_the_address_follows_the_state(session: Session) -> None:
    state = LinkedState()
    view = SharedAddress(state, session).view()
    state.filter(Equals("kind", "a & b"))
    assert LinkedState.from_url(f"?{view.address_part}").seen == state.seen
    state.unfilter()
    assert view.address_part == ""


def test_a_state_that_is_too_long_for_an_address_is_not_kept_in_it(session: Session) -> None:
    state = LinkedState()
    view = SharedAddress(state, session).view()
    state.selection.set([1, 2])
    assert view.address_part != ""
    state.selection.set(range(100_000, 110_000))
    assert view.address_part == ""


def test_one_state_of_a_page_is_shared(page: Session) -> None:
    state = LinkedState()
    assert share(state) is share(state)
    assert share(state) is not None
    with pytest.raises(DataError, match="another state already"):
        share(LinkedState())


def test_pages_do_not_know_of_one_another(page: Session) -> None:
    share(LinkedState())
    document = Document()
    other = Session(document)
    with other.entered():
        assert share(LinkedState()) is not None
    other.dispose()


def test_notebooks_and_scripts_have_no_address_for_it() -> None:
    assert share(LinkedState()) is None
    assert share(LinkedState()) is None
