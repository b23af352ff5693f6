"""The script of an exported page that answers questions, asked in a real browser."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from playwright.sync_api import Page

from imlkit.tables import Table
from imlkit.tables.exports.exported_column import exported
from imlkit.web import FOLDER, gathered, module_address

__all__ = ["PageAnswers"]

ASK = """
async (questions) => {
  const { Table } = await import("imlkit/page_table.js");
  const told = JSON.parse(document.getElementById("told").textContent);
  const held = JSON.parse(document.getElementById("held").textContent);
  globalThis.table ??= new Table(told, async (number) => held[number]);
  const plain = (value) => {
    if (ArrayBuffer.isView(value)) return Array.from(value, plain);
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value === "number" && !Number.isFinite(value)) return { odd: String(value) };
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
  };
  const answers = [];
  for (const question of JSON.parse(questions)) {
    try {
      answers.push({ answer: plain(await table.answer(question)) });
    } catch (error) {
      const { name } = error;
      answers.push({ name, error: name === "DataError" ? error.message : error.stack });
    }
  }
  return JSON.stringify(answers);
}
"""


class PageAnswers:
    """Answers a table's questions in a page of a browser.

    Args:
        page: an empty page.
        table: the table whose columns it is given.
    """

    def __init__(self, page: Page, table: Table) -> None:
        self.page = page
        rows = table.expression.to_pyarrow()
        columns = [
            exported(table.columns[name], kind, rows.column(name).combine_chunks())
            for name, kind in table.expression.schema().items()
        ]
        told = {
            "title": table.title,
            "id": table.id,
            "rows": len(rows),
            "columns": [column.told for column in columns],
        }
        _, texts = gathered(FOLDER / "page_table.js")
        imports = {"imports": {name: module_address(text) for name, text in texts.items()}}
        scripts = {
            "": ("importmap", imports),
            "told": ("application/json", told),
            "held": ("application/json", [column.held for column in columns]),
        }
        page.set_content(
            "".join(
                f'<script type="{kind}" id="{id}">{json.dumps(said).replace("<", chr(92) + "u003c")}</script>'
                for id, (kind, said) in scripts.items()
            )
        )

    def answers(self, questions: list[Any]) -> list[dict[str, Any]]:
        """Return ``{"answer": …}`` or ``{"error": words, "name": kind}`` of each question."""
        said: list[dict[str, Any]] = json.loads(
            self.page.evaluate(ASK, json.dumps(questions)), parse_int=_number
        )
        return said


def plain(value: Any) -> Any:
    """Return an answer as JSON has it."""
    if isinstance(value, np.ndarray):
        return [plain(one) for one in value.tolist()]
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"odd": str(value)}
    return value


def _number(text: str) -> int | float:
    # JavaScript writes great numbers with zeros for the digits that do not matter.
    return int(text) if len(text) < 16 else float(text)
