"""The versions of a model as a component."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imlkit import KNNClassifier, ModelVersions, data_store
from imlkit.components.models.version_record import VersionRecord
from imlkit.components.models.versions_view import told
from imlkit.errors import DataError, NotFoundError
from imlkit.question import Question
from imlkit.session import Session
from imlkit.store import Store
from tests.contracts.model_contract import SECONDS, Stored, blobs, until


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(str(tmp_path / "store"))
    yield store
    store.close()


@pytest.fixture
def session() -> Iterator[Session]:
    with Session().entered() as session:
        yield session
        session.dispose()


def publish(store: Store, *labels: str, note: str = "") -> int:
    model = KNNClassifier()
    model.train(Stored(blobs(labels)))
    assert model.wait(SECONDS).state == "success"
    return model.save(store, "mine", note)


def numbers(versions: ModelVersions) -> list[int]:
    return [version.number for version in versions.versions.value]


def test_it_follows_what_is_published_used_noted_and_removed(store: Store, session: Session) -> None:
    versions = ModelVersions(store, "mine")
    assert (versions.versions.value, versions.current.value) == ((), None)
    publish(store, "a", "b")
    until(lambda: versions.current.value == 1)
    publish(store, "c", "d", note="better")
    until(lambda: numbers(versions) == [2, 1] and versions.current.value == 2)
    versions.use(1)
    until(lambda: versions.current.value == 1)
    versions.say(1, "  the old one ")
    until(lambda: versions.versions.value[1].note == "the old one")
    versions.selected.set((2, 1))
    versions.remove(2)
    until(lambda: numbers(versions) == [1] and versions.selected.value == (1,))
    publish(store, "other", "model")
    versions.dispose()


def test_another_models_versions_are_not_its_own(store: Store, session: Session) -> None:
    publish(store, "a", "b")
    model = KNNClassifier()
    model.train(Stored(blobs()))
    model.wait(SECONDS)
    model.save(store, "another")
    versions = ModelVersions(store, "another")
    until(lambda: numbers(versions) == [1])
    assert ModelVersions(store, "third").versions.value == ()


def test_the_one_in_use_stays_and_what_is_gone_is_said(store: Store, session: Session) -> None:
    publish(store, "a", "b")
    versions = ModelVersions(store, "mine")
    with pytest.raises(DataError, match="Version 1 is in use"):
        versions.remove(1)
    with pytest.raises(NotFoundError, match="Version 7 was removed meanwhile"):
        versions.use(7)


def test_removing_from_the_page_asks_first_and_nonsense_does_nothing(store: Store, session: Session) -> None:
    asked: list[Question] = []
    session.questions.subscribe(asked.append)
    publish(store, "a", "b")
    publish(store, "c", "d")
    versions = ModelVersions(store, "mine")
    until(lambda: numbers(versions) == [2, 1])
    for message in (
        {"type": "use"},
        {"type": "use", "number": "1"},
        {"type": "select", "numbers": [1, "x", 9]},
    ):
        versions._asked(message)
    assert versions.selected.value == (1,)
    versions._asked({"type": "remove", "number": 1})
    assert [question.title for question in asked] == ["Remove this version?"]
    assert numbers(versions) == [2, 1]
    asked[0].answers["Remove it"]()
    until(lambda: numbers(versions) == [2])
    versions._asked({"type": "remove", "number": 2})
    asked[1].answers["Remove it"]()
    until(lambda: "in use" in versions.message.value)


def test_a_version_is_told_by_where_it_comes_from() -> None:
    trained = VersionRecord(1, instances=1, dataset="cases", metrics={"accuracy": 0.123456})
    assert told(trained)["source"] == "1 instance of “cases”"
    assert told(trained)["metrics"] == {"accuracy": "0.1235"}
    chosen = VersionRecord(2, origin={"checkpoint": "c", "name": "epoch 3", "run_name": "first"})
    assert told(chosen)["source"] == "checkpoint “epoch 3” of the run “first”"
    nested = VersionRecord(
        3, parameters={"epochs": 3, "labels": ["a", "b"], "none": None, "run": {"rate": 0.1}}
    )
    assert told(nested)["parameters"] == {"epochs": "3", "labels": "a, b", "run · rate": "0.1"}
