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
def folders_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests leave in a user's folders stays out of this user's, and no test finds an older run's."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CACHE", "CONFIG", "DATA", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(tmp_path_factory.mktemp(name.lower())))
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
