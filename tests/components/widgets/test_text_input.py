"""What a text input promises: a person's text is theirs until it has been used."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit import Stream, TextInput


class Person:
    """Someone at a view of a field: says what the page would say."""

    def __init__(self, field: TextInput) -> None:
        self.view: Any = field.view()

    def types(self, text: str, seen: int | None = None) -> None:
        """Type a text, having seen the program's texts up to a number, the latest if None."""
        self._say("typed", text, seen)

    def takes_the_suggestion(self) -> None:
        self._say("taken", self.view.offered, None)

    def leaves(self) -> None:
        self.view._handle_msg({"kind": "left"})

    def _say(self, kind: str, text: str, seen: int | None) -> None:
        fill = self.view.fill
        filled = fill["number"] if seen is None else seen
        self.view._handle_msg({"kind": kind, "text": text, "typed": fill["seen"] + 1, "filled": filled})

    @property
    def sees(self) -> str:
        return str(self.view.fill["text"])


@pytest.fixture
def field() -> TextInput:
    return TextInput("Label")


@pytest.fixture
def person(field: TextInput) -> Person:
    return Person(field)


def test_the_value_follows_every_keystroke(field: TextInput, person: Person) -> None:
    seen: list[str] = []
    field.value.subscribe(seen.append)
    for text in ("c", "ca", "cat"):
        person.types(text)
    assert seen == ["", "c", "ca", "cat"]


def test_a_set_fills_a_field_nobody_types_in(field: TextInput, person: Person) -> None:
    field.value.set("dog")
    assert person.sees == "dog"
    field.value.set("cat")
    assert person.sees == "cat"


def test_a_set_while_typing_becomes_an_offer(field: TextInput, person: Person) -> None:
    person.types("ca")
    field.value.set("dog")
    assert (field.value.latest, person.sees) == ("ca", "ca")
    assert (field.offered.value, person.view.offered) == ("dog", "dog")


def test_a_prediction_does_not_replace_a_label_typed_before_drawing(field: TextInput, person: Person) -> None:
    predictions: Stream[str] = Stream()
    predictions.subscribe(lambda label: field.value.set(label))
    person.types("cat")
    person.leaves()

    predictions.set("dog")

    assert field.value.latest == "cat"
    assert field.offered.value == "dog"


def test_a_label_that_was_captured_gives_way_to_the_next_prediction(field: TextInput, person: Person) -> None:
    clicks: Stream[int] = Stream()
    captured: list[str] = []
    clicks.snapshot(field.value).subscribe(captured.append)
    person.types("cat")
    person.leaves()
    clicks.set(1)

    field.value.set("dog")

    assert captured == ["cat"]
    assert field.value.latest == "dog"


def test_a_snapshot_while_typing_does_not_use_the_text(field: TextInput, person: Person) -> None:
    frames: Stream[int] = Stream()
    frames.snapshot(field.value).subscribe(lambda _: None)
    person.types("ca")
    frames.set(1)

    field.value.set("dog")

    assert field.value.latest == "ca"


def test_clearing_applies_once_the_person_has_left(field: TextInput, person: Person) -> None:
    person.types("cat")
    field.value.set("")
    assert field.value.latest == "cat"

    person.leaves()
    field.value.set("")
    assert field.value.latest == ""
    assert person.sees == ""


def test_an_applied_set_withdraws_the_offer(field: TextInput, person: Person) -> None:
    person.types("cat")
    field.offer("dog")
    person.leaves()
    field.value.set("")
    assert field.offered.value == ""


def test_an_offer_fills_an_empty_field_and_replaces_an_offer(field: TextInput, person: Person) -> None:
    field.offer("dog")
    assert (person.sees, field.offered.value) == ("dog", "dog")
    field.offer("cat")
    assert (person.sees, field.offered.value) == ("cat", "cat")


def test_an_offer_does_not_replace_typed_text_until_it_is_settled(field: TextInput, person: Person) -> None:
    person.types("cat")
    person.leaves()
    field.offer("dog")
    assert person.sees == "cat"

    field.settle()
    assert field.offered.value == ""
    field.offer("dog")
    assert person.sees == "dog"


def test_a_field_emptied_and_left_takes_an_offer(field: TextInput, person: Person) -> None:
    person.types("c")
    person.types("")
    field.offer("dog")
    assert person.sees == ""

    person.leaves()
    field.offer("dog")
    assert person.sees == "dog"


def test_a_suggestion_taken_is_the_persons_own(field: TextInput, person: Person) -> None:
    person.types("cat")
    field.offer("dog")
    person.takes_the_suggestion()
    assert field.value.latest == "dog"

    field.value.set("bird")
    assert (field.value.latest, field.offered.value) == ("dog", "bird")


def test_a_text_that_crossed_a_keystroke_becomes_an_offer(field: TextInput, person: Person) -> None:
    before = person.view.fill["number"]
    field.value.set("dog")

    person.types("c", seen=before)

    assert field.value.latest == "c"
    assert (person.sees, field.offered.value) == ("c", "dog")


def test_a_text_is_sent_with_the_keystrokes_it_has_seen(field: TextInput, person: Person) -> None:
    person.types("c")
    person.leaves()
    field.settle()
    field.value.set("dog")
    assert person.view.fill == {"text": "dog", "number": 1, "seen": 1}


def test_two_views_agree_and_the_typist_is_sent_nothing_new(field: TextInput, person: Person) -> None:
    other = Person(field)
    person.types("cat")
    assert other.sees == "cat"
    assert other.view.fill["number"] == 1
    assert person.view.fill["number"] == 0


def test_a_stream_of_labels_may_be_subscribed_with_the_field(field: TextInput, person: Person) -> None:
    labels: Stream[Any] = Stream()
    labels.subscribe(field.value)
    person.types("cat")
    labels.set("dog")
    assert (field.value.latest, field.offered.value) == ("cat", "dog")


def test_any_value_becomes_text(field: TextInput) -> None:
    field.value.set(7)
    assert field.value.value == "7"
    field.value.set(None)
    assert field.value.value == ""


def test_a_long_text_with_markup_stays_as_it_is(field: TextInput, person: Person) -> None:
    text = "<script>alert(1)</script>" * 400
    person.types(text)
    assert field.value.value == text
