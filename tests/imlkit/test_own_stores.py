"""Stores that a page opens for its own person alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from imlkit import Dataset, MLPClassifier, data_store, location
from imlkit.errors import LoginRequiredError
from imlkit.session import Session
from imlkit.store_login import StoreLogin
from imlkit.stores.remote.log_in import log_in
from tests.accounts import PASSWORD, served_store
from tests.e2e.served import until


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server with accounts that relative locations name, as ``imlkit serve --store`` has it."""
    monkeypatch.setattr(location, "_personal", set())
    monkeypatch.setenv("IMLKIT_QUEUE", str(tmp_path / "queue"))
    with served_store(tmp_path, {"ann": "annotator", "bob": "annotator"}) as url:
        monkeypatch.setenv("IMLKIT_STORE", url)
        location.ask_for_login(url)
        yield url


def page_of(store: str, name: str) -> Session:
    session = Session()
    known = log_in(store, name, PASSWORD)
    session.login = StoreLogin(store, known.name, "annotator", known.token, known.until)
    session.at_end(session.login.use())
    return session


def test_two_pages_open_a_relative_location_each_as_their_own_person(store: str) -> None:
    ann, bob = page_of(store, "ann"), page_of(store, "bob")
    with ann.entered():
        anns = data_store("my-app")
        assert data_store("another name of it") is anns
        anns.collection("notes").create({"text": "of Ann's"})
    with bob.entered():
        bobs = data_store("my-app")
        assert bobs is not anns
        assert bobs.collection("notes").count() == 0
    assert anns.collection("notes").count() == 1
    assert {anns, bobs} <= set(location.open_stores())
    assert bobs not in location.open_stores(ann)
    ann.dispose()
    until(lambda: anns.closed)
    assert bobs.collections() == []
    bob.dispose()
    until(lambda: bobs.closed)


def test_pages_of_one_login_share_a_store_which_is_open_as_long_as_anyone_uses_it(store: str) -> None:
    first, second = page_of(store, "ann"), Session()
    second.login = first.login
    assert first.login is not None
    second.at_end(first.login.use())
    with first.entered():
        opened = data_store("my-app")
    with second.entered():
        assert data_store("my-app") is opened
    first.dispose()
    with second.entered():
        assert data_store("my-app") is opened
    training = first.login.use()
    second.dispose()
    opened.collection("notes").create({"text": "learned"})
    assert not opened.closed
    training()
    until(lambda: opened.closed)
    assert not first.login.in_use


def test_what_a_training_learns_is_kept_when_its_page_is_closed_meanwhile(store: str) -> None:
    ann = page_of(store, "ann")
    with ann.entered():
        opened = data_store("my-app")
        letters = Dataset("letters", opened)
        for number in range(20):
            letters.create({"x": np.full(4, number % 2, np.float32), "y": "ab"[number % 2]})
        classifier = MLPClassifier(layers=(8,), epochs=60).sync(opened, "letters")
        begun = threading.Event()
        classifier.training.filter(lambda status: status.state == "epoch").subscribe(lambda _: begun.set())
        classifier.train(letters)
    assert begun.wait(60)
    assert not opened.closed
    ann.dispose()
    until(lambda: opened.closed, 60)
    again = page_of(store, "ann")
    with again.entered():
        assert MLPClassifier(layers=(8,)).sync(data_store("my-app"), "letters").trained
    again.dispose()


def test_other_locations_stay_what_they_are(store: str, tmp_path: Path) -> None:
    ann = page_of(store, "ann")
    with ann.entered():
        kept = data_store(tmp_path / "kept")
        assert kept.location.endswith("kept")
        assert data_store(str(tmp_path / "kept")) is kept
        assert data_store("memory:").location.startswith("memory:")
        assert data_store(store).location == store
        kept.close()
    ann.dispose()


def test_nobody_opens_it_without_a_page(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever runs the app may be logged in: that is not lent to its pages.
    monkeypatch.setenv("IMLKIT_STORE_TOKEN", log_in(store, "ann", PASSWORD).token)
    with pytest.raises(LoginRequiredError, match="as the person of a page"):
        data_store("my-app")
    with Session().entered(), pytest.raises(LoginRequiredError):
        data_store("my-app")


def test_a_login_that_the_server_refuses_ends_and_goes_on_with_another(store: str) -> None:
    ann = page_of(store, "ann")
    assert ann.login is not None
    with ann.entered():
        opened = data_store("my-app")
    notes = opened.collection("notes")
    ann.login.take("no token at all", None)
    with pytest.raises(LoginRequiredError):
        notes.create({"text": "typed"})
    assert ann.login.state == "ended"
    ann.login.take(log_in(store, "ann", PASSWORD).token, None)
    notes.create({"text": "typed"})
    assert notes.count() == 1
    assert not opened.closed
    ann.login.leave()
    until(lambda: opened.closed)
    ann.dispose()
