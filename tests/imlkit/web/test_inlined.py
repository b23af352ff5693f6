"""Modules with all that they import within them."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from imlkit.errors import DataError
from imlkit.web import FOLDER, inlined


def within(text: str) -> list[str]:
    """The texts of the modules that a text imports."""
    found = re.findall(r'"data:text/javascript;base64,([^"]*)"', text)
    return [base64.b64decode(one).decode() for one in found]


def write(folder: Path, **modules: str) -> None:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")


def test_what_a_module_imports_is_within_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        top='import { one, two } from "./one.js";\nimport * as rest from "./two.js";\nconst x = "é";\n',
        one='export { two } from "./two.js";\nexport const one = 1;',
        two="export const two = 2;",
    )
    text = inlined(tmp_path / "top.js")
    assert text.endswith('const x = "é";\n')
    assert "./" not in text
    one, two = within(text)
    assert two == "export const two = 2;"
    assert within(one) == [two]


def test_the_same_module_has_the_same_address_wherever_it_is_imported(tmp_path: Path) -> None:
    write(
        tmp_path,
        a='import { c } from "./c.js";',
        b='import { c } from "./c.js";\nimport "./a.js";',
        c="export const c = {};",
    )
    address = r'"data:[^"]*"'
    a, b = inlined(tmp_path / "a.js"), inlined(tmp_path / "b.js")
    assert re.findall(address, a)[0] == re.findall(address, b)[0]


def test_modules_of_the_framework_are_found_from_any_folder(tmp_path: Path) -> None:
    name = min(path.name for path in FOLDER.glob("*.js"))
    write(tmp_path, view=f'import * as found from "imlkit/{name}";')
    assert within(inlined(tmp_path / "view.js")) == [inlined(FOLDER / name)]


def test_modules_that_import_one_another_are_refused(tmp_path: Path) -> None:
    write(tmp_path, a='import "./b.js";', b='import "./c.js";', c='import "./b.js";')
    with pytest.raises(DataError, match=r"circle: b\.js → c\.js → b\.js"):
        inlined(tmp_path / "a.js")


@pytest.mark.parametrize(
    "line",
    [
        "import { a } from './a.js';",
        'import { a } from "https://example.org/a.js";',
        'import { a } from "../a.js";',
        'import { a } from "imlkit/../a.js";',
        'const a = await import("./a.js");',
        "import {",
        '} from "./a.js";',
        'export * from "./a.js";',
        'import { a } from "./a.js"; import { b } from "./b.js";',
        'import a, { b } from "./a.js";',
        "const here = import.meta.url;",
    ],
)
def test_an_import_that_is_not_understood_is_refused(tmp_path: Path, line: str) -> None:
    write(tmp_path, view=f"const one = 1;\n{line}\n", a="export const a = 1;")
    with pytest.raises(DataError, match=r"view\.js, line 2: .* is no import"):
        inlined(tmp_path / "view.js")


def test_a_module_that_is_not_there_is_said(tmp_path: Path) -> None:
    write(tmp_path, view='import "./gone.js";')
    with pytest.raises(DataError, match=r"gone\.js, which view\.js imports"):
        inlined(tmp_path / "view.js")


@pytest.mark.parametrize("line", ["export { one, two };", "export const imports = 1;", "important();"])
def test_what_only_looks_like_an_import_stays(tmp_path: Path, line: str) -> None:
    write(tmp_path, view=line)
    assert inlined(tmp_path / "view.js") == line
