"""What every test gets: a session of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imlkit.session import Session


@pytest.fixture(autouse=True)
def session() -> Iterator[Session]:
    """A headless session that is current during the test and ends with it."""
    session = Session()
    with session.entered():
        yield session
    session.dispose()
