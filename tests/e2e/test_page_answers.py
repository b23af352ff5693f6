"""An exported page answers what Python answers, to the last bit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from imlkit.errors import DataError
from imlkit.tables import Table
from imlkit.tables.answers.answers import Answers
from tests.contracts.table_page import PageAnswers, plain
from tests.contracts.table_questions import KINDS, QUESTIONS, REFUSED, TABLE

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def table() -> Table:
    return Table(TABLE, kinds=KINDS)


@pytest.fixture(scope="module")
def page_answers(browser: Browser, table: Table) -> Iterator[PageAnswers]:
    page = browser.new_page()
    yield PageAnswers(page, table)
    page.close()


@pytest.mark.parametrize("ask", sorted({question["ask"] for question in QUESTIONS}))
def test_a_page_answers_as_python_does(page_answers: PageAnswers, table: Table, ask: str) -> None:
    questions = [question for question in QUESTIONS if question["ask"] == ask]
    answers = Answers.of(table)
    for question, said in zip(questions, page_answers.answers(questions), strict=True):
        assert said == {"answer": plain(answers.answer(question))}, question


@pytest.mark.parametrize("question", REFUSED, ids=json.dumps)
def test_a_page_refuses_what_python_refuses(page_answers: PageAnswers, table: Table, question: Any) -> None:
    with pytest.raises(DataError) as python:
        Answers.of(table).answer(question)
    (said,) = page_answers.answers([question])
    assert said.get("name") == "DataError", said
    assert words(said["error"]) == words(str(python.value))


def words(message: str) -> str:
    """A message without what the two languages write in their own ways: values and an engine's reasons."""
    return (
        message[message.index(" is ") :].partition(" is no regular expression")[0].strip()
        if " is " in message
        else message
    )
