"""What the server says of itself holds, whatever it is asked: requests are made of its own description."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from imlkit.stores.server.accounts.access import Accounts
from imlkit.stores.server.accounts.tokens import Tokens
from imlkit.stores.server.accounts.users import Users
from imlkit.stores.server.app import Limits
from imlkit.stores.sqlite import SQLiteStore
from tests.stores.serving import served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LIMITS = Limits(body=1 << 20, asset=1 << 20)
EVENTS = "/v1/changes"
"""It never ends: it is asked by the tests of changes."""


@pytest.fixture(scope="module")
def open_to_all() -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as folder:
        store = SQLiteStore(Path(folder) / "data")
        store.collection("cases").create([{"id": f"c{n}", "y": "cat", "n": n} for n in range(5)])
        store.assets.put(b"asset")
        with served(store, Path(folder) / "uploads", LIMITS) as url:
            yield schemathesis.openapi.from_url(f"{url}/openapi.json").exclude(path=EVENTS)


@pytest.fixture(scope="module")
def with_accounts() -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as folder:
        store = SQLiteStore(Path(folder) / "data")
        store.collection("cases").create({"id": "c1", "y": "cat"})
        tokens = Tokens(b"s" * 43)
        users = Users(store)
        token, _ = tokens.issue(users.add("ann", "annotator", "a good password"))
        with served(store, Path(folder) / "uploads", LIMITS, Accounts(users, tokens)) as url:
            header = {"Authorization": f"Bearer {token}"}
            yield schemathesis.openapi.from_url(f"{url}/openapi.json", headers=header).exclude(path=EVENTS)


def tried(schema: Any, asked: Callable[[Any], object], examples: int) -> int:
    """Ask each operation many things; return how many operations there are."""
    failed: list[str] = []
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            asked(case)

        try:
            ask()
        except Exception as error:
            failed.append(f"{operation.label}: {error}")
    assert not failed, "\n\n".join(failed)
    return len(operations)


@pytest.mark.slow
def test_a_server_open_to_all_answers_as_it_says(open_to_all: Any) -> None:
    assert tried(open_to_all, lambda case: case.call_and_validate(checks=CHECKS), 40) > 15


@pytest.mark.slow
def test_a_server_with_accounts_answers_as_it_says(with_accounts: Any) -> None:
    assert tried(with_accounts, lambda case: case.call_and_validate(checks=CHECKS), 40) > 15


@pytest.mark.slow
def test_without_a_login_nothing_is_answered(with_accounts: Any) -> None:
    def refused(case: Any) -> None:
        status = case.call(headers={"Authorization": "Bearer forged"}).status_code
        assert status in (400, 401, 404, 405, 413, 422) or case.path in ("/health", "/v1/login"), status
        assert status < 500

    assert tried(with_accounts, refused, 8) > 15
