"""The participants of a study: their pseudonyms, what is kept of each, and how it is forgotten."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from imlkit import Store
from imlkit.components.data.dataset import DATASETS
from imlkit.components.data.event_log import EVENTS
from imlkit.errors import NotFoundError
from imlkit.store import Document

__all__ = ["Participant", "Participants"]

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of a code: none is taken for another when it is read aloud or copied by hand."""


class Participant:
    """Somebody who has agreed to take part, of whom only a random code is known.

    Attributes:
        code: the pseudonym under which everything of theirs is kept and exported.
        agreed: when they agreed, in UTC.
        examples: the name of the dataset of their examples.
        tests: the name of the dataset of their tests.
    """

    def __init__(self, people: Participants, document: Document) -> None:
        self.people = people
        self.id: str = document["id"]
        self.code: str = document["code"]
        self.agreed: datetime = document["agreed"]
        self.consent: str = document["consent"]
        self.step: str = document.get("step", "")
        self.finished: datetime | None = document.get("finished")
        self.examples = f"{people.name}/{self.code}/examples"
        self.tests = f"{people.name}/{self.code}/tests"

    @property
    def here(self) -> bool:
        """Whether they still take part."""
        return self.people.documents.count({"id": self.id}) > 0

    def note(self, **fields: Any) -> None:
        """Keep how far they are; without effect for one who has withdrawn."""
        with contextlib.suppress(NotFoundError):
            self.people.documents.patch(self.id, fields)

    def answers(self) -> dict[str, Any]:
        """Return what they answered to each question."""
        return {each["question"]: each["answer"] for each in self.answer_documents()}

    def answer_documents(self) -> list[Document]:
        """Return their answers with the times at which they were given last."""
        return self.people.answers.find({"participant": self.code})

    def answer(self, question: str, answer: Any, **about: Any) -> None:
        """Keep an answer in the place of the one before, with more about it; an empty one is none."""
        id = f"{self.id} {question}"
        if answer in (None, ""):
            self.people.answers.remove([id])
            return
        given = {"participant": self.code, "question": question, "answer": answer, "time": datetime.now(UTC)}
        self.people.answers.put({"id": id, **given, **about})

    def keep_model(self, content: bytes, **about: Any) -> None:
        """Keep a model that they trained, as the content of its file."""
        fields = {"participant": self.code, "time": datetime.now(UTC), "content": content}
        self.people.models.create({**fields, **about})

    def models(self) -> Iterator[Document]:
        """Walk the models that they trained, in order."""
        return self.people.models.iterate({"participant": self.code}, batch=1)

    def latest_model(self) -> bytes | None:
        """Return the content of the model's file that they trained last."""
        found = self.people.models.find({"participant": self.code}, sort={"time": -1}, limit=1)
        return found[0]["content"] if found else None

    def erase(self) -> None:
        """Remove everything of theirs; they themselves are gone last, so that what failed can be repeated."""
        store, mine = self.people.store, {"participant": self.code}
        for dataset in (self.examples, self.tests):
            store.collection(DATASETS + dataset).remove({})
        for collection in (self.people.models, self.people.answers, self.people.events):
            collection.remove(mine)
        self.people.documents.remove([self.id])

    def when_gone(self, action: Callable[[], object]) -> Callable[[], None]:
        """Call an action, on any thread, when they have withdrawn, wherever; return what ends that."""

        def look(change: Any) -> None:
            concerns = change.kind == "reset" or (change.kind == "removed" and self.id in change.ids)
            if concerns and not self.here:
                action()

        return self.people.documents.changes.subscribe(look).dispose


class Participants:
    """The people of one study in a store.

    Args:
        store: where everything is kept.
        name: the study's; several in one store are told apart by it.
    """

    def __init__(self, store: Store, name: str = "study") -> None:
        self.store = store
        self.name = name
        self.documents = store.collection(f"{name}/participants")
        self.answers = store.collection(f"{name}/answers")
        self.models = store.collection(f"{name}/models")
        self.events = store.collection(EVENTS + name)

    def begin(self, consent: str) -> tuple[Participant, str]:
        """Take in somebody who has agreed to these words.

        Returns:
            The participant, and the key with which they come back. Only its hash is kept, and it
            is in no export: whoever has the data cannot open anybody's page.
        """
        key = secrets.token_urlsafe(18)
        document = {
            "id": _hash(key),
            "code": "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(3)),
            "agreed": datetime.now(UTC),
            "consent": hashlib.sha256(consent.encode()).hexdigest()[:12],
        }
        return Participant(self, self.documents.create(document)), key

    def known_by(self, key: str) -> Participant | None:
        """Return the participant of a key; None where there is none, or not any more."""
        found = self.documents.find({"id": _hash(key)})
        return Participant(self, found[0]) if found else None

    def called(self, code: str) -> Participant | None:
        """Return the participant of a code; None where there is none."""
        found = self.documents.find({"code": code.strip().upper()})
        return Participant(self, found[0]) if found else None

    def everyone(self) -> list[Participant]:
        """Return all participants, in the order in which they agreed."""
        return [Participant(self, each) for each in self.documents.find(sort={"agreed": 1})]


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
