"""What rules say."""

from __future__ import annotations

import pytest

from imlkit.errors import CommandError
from imlkit.stores.server.accounts.rules import EVERYTHING, Rights, Rules


def test_roles_have_rights_where_nothing_is_said() -> None:
    rules = Rules()
    assert rules.rights("reader", "x") == Rights(read="all")
    assert rules.rights("annotator", "x") == Rights("all", "all", "own", "own")
    assert rules.rights("editor", "x") == EVERYTHING == rules.rights("admin", "x")
    assert rules.rights("admin", "imlkit:users") == Rights()
    assert rules.rights("of a newer imlkit", "x") == Rights(read="all")


def test_a_rule_replaces_those_of_its_role_alone() -> None:
    rules = Rules({"annotator": "create in corrections, read in cases"})
    assert rules.rights("annotator", "corrections") == Rights(read="own", create="all")
    assert rules.rights("annotator", "cases") == Rights(read="all")
    assert rules.rights("annotator", "other") == Rights()
    assert rules.rights("reader", "other") == Rights(read="all")
    assert rules.anywhere("annotator") == Rights(read="all", create="all")
    assert rules.everywhere("annotator") == Rights()


def test_rules_join_and_names_may_hold_anything() -> None:
    rules = Rules(
        {"annotator": 'read own in a*, read in ab, write in "x, y",update own in in it,remove in *'}
    )
    assert rules.rights("annotator", "a").read == "own"
    assert rules.rights("annotator", "ab").read == "all"
    assert rules.rights("annotator", "x, y") == Rights("own", "all", "all", "all")
    assert rules.rights("annotator", "in it") == Rights(update="own", remove="all")
    assert rules.everywhere("annotator") == Rights(remove="all")
    assert Rules({"reader": ""}).rights("reader", "a") == Rights()


@pytest.mark.parametrize(
    "text",
    [
        "read",
        "read in",
        "see in x",
        "create own in x",
        ", read in x",
        'in "',
    ],
)
def test_what_is_no_rule_is_told(text: str) -> None:
    with pytest.raises(CommandError, match="rule"):
        Rules({"reader": text})


def test_rules_of_no_role_are_told() -> None:
    with pytest.raises(CommandError, match="'admin'"):
        Rules({"admin": "read in x"})
