"""What each column of an export means."""

from __future__ import annotations

__all__ = ["COLUMNS", "README"]

_MEANINGS = {
    "participants": (
        "One row a participant, in the order in which they agreed.",
        {
            "participant": "their code; random, and the same in every table",
            "agreed": "when they agreed to take part",
            "consent": "which words they agreed to: a hash that changes with the text of the consent",
            "step": "the step of the study they were at last; `summary` is the page that thanks",
            "finished": "when they first finished; empty where they have not",
            "examples": "how many examples they have (those that they removed do not count)",
            "models": "how often they trained with success",
            "tests": "how many drawings they tested the model with",
            "tests_right": "in how many of these the model named what they had drawn",
            "answers": "how many questions they answered",
            "events": "how many events there are of them",
        },
    ),
    "events": (
        "One row an event, by participant and time. What happened: `open` (the page was opened or loaded "
        "again), `step` (a step was shown), `capture` (an example was drawn), `relabel`, `remove` (of an "
        "example), `train` (a training was begun), `trained`, `train failed`, `predict` (the model answered "
        "while a test was drawn), `test` (the person said what they had drawn), `answer`, `finish`.",
        {
            "participant": "whose it is",
            "number": "which of their events it is, counted from 1",
            "time": "when it happened",
            "seconds": "seconds since they agreed",
            "event": "what happened",
            "step": "the step that was shown",
            "drawing": "the drawing concerned, as in drawings.csv",
            "label": "what the person said the drawing is",
            "prediction": "what the model said it is",
            "confidence": "how sure the model was of that, from 0 to 1",
            "question": "the question that was answered",
            "answer": "the answer, as in answers.csv; empty where it was taken back",
            "more": "anything else, as JSON",
        },
    ),
    "answers": (
        "One row an answer: the last that was given to each question.",
        {
            "participant": "whose it is",
            "question": "the name of the question",
            "words": "what was asked",
            "answer": "the level of the scale, counted from 1, or the text",
            "level": "the words of that level",
            "time": "when it was given last",
        },
    ),
    "drawings": (
        "One row a drawing.",
        {
            "participant": "whose it is",
            "file": "the picture, black on white",
            "drawing": "its id, by which events name it",
            "use": "`example` (the model learned from it) or `test`",
            "label": "what the person said it is",
            "prediction": "of a test: what the model said it is",
            "confidence": "of a test: how sure the model was of that, from 0 to 1",
            "time": "when it was kept",
        },
    ),
    "models": (
        "One row a training that succeeded.",
        {
            "participant": "whose it is",
            "file": "the trained model",
            "training": "which of their trainings it is, counted from 1",
            "time": "when it ended",
            "drawings": "how many examples it learned from",
            "classes": "the classes it tells apart",
            "epochs": "how often it went through all examples",
            "loss": "how wrong its answers were at the end, on the examples it learned from",
            "accuracy": "the share of these it named as the person did",
        },
    ),
}

COLUMNS: dict[str, list[str]] = {name: list(columns) for name, (_, columns) in _MEANINGS.items()}
"""The columns of each table, in order."""


def _readme() -> str:
    parts = [
        "# What participants of the study did\n",
        "Tables are CSV files in UTF-8; times are UTC, ISO 8601. A text that a spreadsheet would take for a "
        "formula (it begins with `=`, `+`, `-` or `@`) has an apostrophe before it. Pictures are in "
        "`drawings/PARTICIPANT/CLASS/`, models in `models/PARTICIPANT/`: `imlkit` opens them with "
        "`MLPClassifier().upload(file)`, and so does any program that reads safetensors. Of participants who "
        "withdrew nothing is here.\n",
    ]
    for name, (words, columns) in _MEANINGS.items():
        parts += [f"## {name}.csv\n", f"{words}\n", "| column | what it is |", "|---|---|"]
        parts += [f"| `{column}` | {meaning} |" for column, meaning in columns.items()]
        parts.append("")
    return "\n".join(parts)


README = _readme()
