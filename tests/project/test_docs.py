"""What README and the guides say is true: their code runs, and nothing public goes unmentioned."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import imlkit
from imlkit.cli.arguments import parser
from tests.e2e.served import Served
from tests.project.source import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"(?P<before>[^\n]*)\n\n?```(?P<language>\w+)\n(?P<code>.*?)\n```", re.DOTALL)
OUTPUT = re.compile(r"#> ?(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A piece of code in a page."""

    language: str
    code: str
    elsewhere: bool
    """Whether the page says that another test runs it: ``<!-- run by tests/… -->`` before it."""


def blocks(page: Path, language: str) -> list[Block]:
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    every = [Block(one["language"], one["code"], one["before"].startswith("<!-- run by ")) for one in found]
    return [block for block in every if block.language == language]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_code_of_a_page_runs_and_prints_what_it_says(page: Path, tmp_path: Path) -> None:
    own = [
        block.code
        for block in blocks(page, "python")
        if not block.elsewhere and ".servable()" not in block.code
    ]
    script = tmp_path / "page.py"
    script.write_text("\n\n".join(own), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "IMLKIT_DATA"}
    said = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines() == OUTPUT.findall(script.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_apps_of_a_page_are_served(page: Path, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(page, "python")):
        if ".servable()" not in block.code or block.elsewhere:
            continue
        script = tmp_path / f"app{number}.py"
        script.write_text(block.code, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "imlkit",
            "serve",
            str(script),
            "--port",
            "0",
            "--data",
            str(tmp_path),
        ]
        served = Served(command, tmp_path)
        try:
            shown = subprocess.run(
                [
                    sys.executable,
                    "-c",
                    f"import urllib.request as u; print(u.urlopen({served.url!r}).read())",
                ],
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert shown.returncode == 0, shown.stderr
            assert "<title>" in shown.stdout
            assert "could not run" not in shown.stdout, "".join(served.log)
        finally:
            served.stop()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_commands_of_a_page_exist(page: Path) -> None:
    for block in blocks(page, "sh"):
        for line in block.code.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] == "imlkit":
                assert parser("0").parse_args(words[1:]).command is not None, line
            elif words and words[0].startswith("scripts/"):
                assert os.access(ROOT / words[0], os.X_OK), line


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not re.match(r"https?:", target):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", [name for name in imlkit.__all__ if name != "__version__"])
def test_a_public_name_is_mentioned(name: str) -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`|^[^#\n]*\b{name}\b\s*[(,=:]", text, re.MULTILINE), name


def test_the_readmes_plain_pytorch_lines_are_those_of_the_guide() -> None:
    (readme,) = [block.code for block in blocks(ROOT / "README.md", "python") if "safetensors" in block.code]
    guide = [block.code for block in blocks(ROOT / "docs" / "plain_pytorch.md", "python")]
    assert guide == [readme]
