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


@pytest.fixture(scope="session", autouse=True)
def writes_wait_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a test leaves unsent stays out of the folder in which this machine's own writes wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMLKIT_QUEUE", str(tmp_path_factory.mktemp("queue")))
        yield


@pytest.fixture
def page() -> Iterator[Session]:
    """The session of a page, current during the test."""
    from bokeh.document import Document

    # A session does not keep its document.
    document = Document()
    session = Session(document)
    with session.entered():
        yield session
    session.dispose()
