"""The toolbar of linked views, without a page."""

from __future__ import annotations

import pytest

from imlkit.components.tables.toolbar import Toolbar
from imlkit.errors import DataError
from imlkit.session import Session
from imlkit.tables import LinkedState, Table
from imlkit.tables.linked.linked_view import LinkedView


@pytest.fixture
def table() -> Table:
    return Table({"id": [1, 2, 3], "kind": ["cat", "dog", None]})


def test_a_toolbar_shares_the_state_it_was_given(table: Table) -> None:
    state = LinkedState()
    assert Toolbar(table, state, share=True).state is state


def test_two_toolbars_of_one_state_share_one_address(table: Table, page: Session) -> None:
    state = LinkedState()
    Toolbar(table, state, share=True)
    assert Toolbar(table, state, share=True).config.value == {"share": True}


def test_a_page_has_one_address_for_one_state(table: Table, page: Session) -> None:
    Toolbar(table, share=True)
    with pytest.raises(DataError, match="another state already"):
        Toolbar(table, share=True)


def test_a_notebook_has_as_many_toolbars_as_it_likes(table: Table) -> None:
    for _ in range(2):
        assert isinstance(Toolbar(table, share=True).view(), LinkedView)


def test_a_page_cannot_set_what_a_toolbar_is_not_given(table: Table) -> None:
    toolbar = Toolbar(table)
    with pytest.raises(DataError, match="True or False"):
        toolbar.configure(share="yes")
    toolbar.configure(other=1)
    assert toolbar.config.value == {"share": False}
