"""The questions at the end of a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from imlkit import EventLog, Likert, Stream, TextArea
from imlkit.apps.study.participants import Participant
from imlkit.components.widgets.likert import AGREEMENT

__all__ = ["Question", "Questionnaire"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question.

    Attributes:
        name: what the column of its answers is about, a word or two.
        words: what is asked.
        levels: the scale; empty where people answer in their own words.
        required: whether it has to be answered before one can finish.
    """

    name: str
    words: str
    levels: Sequence[str] = AGREEMENT
    required: bool = True


class Questionnaire:
    """Shows questions with the answers given so far, and keeps every change.

    Attributes:
        fields: a component for each question.
        missing: what is still to be answered before one can finish, or "".
    """

    def __init__(self, questions: Sequence[Question], participant: Participant, log: EventLog) -> None:
        self._participant = participant
        self._log = log
        self._kept = participant.answers()
        self.missing: Stream[str] = Stream("")
        self.fields: list[Any] = [self._field(question) for question in questions]
        for question, field in zip(questions, self.fields, strict=True):
            new = field.value.filter(partial(self._is_new, question))
            new.compute(partial(self._keep, question))
            field.value.subscribe(lambda _: self._look())

    def _field(self, question: Question) -> Likert | TextArea:
        before = self._kept.get(question.name)
        if question.levels:
            known = before if isinstance(before, int) and 1 <= before <= len(question.levels) else None
            return Likert(question.words, question.levels, known, question.required)
        return TextArea(question.words, before or "", required=question.required)

    def _is_new(self, question: Question, answer: Any) -> bool:
        before, self._kept[question.name] = self._kept.get(question.name), answer
        return (before or None) != (answer or None)

    def _keep(self, question: Question, answer: Any) -> None:
        level = question.levels[answer - 1] if question.levels and answer else None
        self._participant.answer(question.name, answer, words=question.words, level=level)
        self._log.record("answer", question=question.name, answer=answer)

    def _look(self) -> None:
        left = sum(field.required and not (field.value.value or "") for field in self.fields)
        questions = "1 required question is" if left == 1 else f"{left} required questions are"
        self.missing.set(f"{questions} still open." if left else "")
