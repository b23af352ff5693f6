"""House rules that a program can see."""

from __future__ import annotations

import re

import pytest

from tests.project.source import PLACES, ROOT, sources, tracked

VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base2", "tools"}
LONG = 250
TEXT = {".py", ".js", ".css", ".md", ".toml", ".txt", ".json", ".yml", ".yaml", ".cfg", ""}
FOREIGN = re.compile(
    r"(?<![\w.])/(?:work|root|home|Users)/"  # somebody's machine
    r"|py"
    r"pi\.org|python"
    r"hosted|npm"
    r"js\.(?:com|org)|--(?:extra-)?index"
    r"-url|--find"
    r"-links"
)


def test_no_file_or_folder_has_a_vague_name() -> None:
    parts = {part.partition(".")[0]: path for path in tracked() for part in path.relative_to(ROOT).parts}
    assert [str(path) for part, path in parts.items() if part in VAGUE] == []


def test_nearly_all_files_can_be_read_in_one_sitting() -> None:
    lengths = {
        path: len(path.read_text().splitlines()) for folder in ["imlkit", *PLACES] for path in sources(folder)
    }
    long = sorted(f"{path.relative_to(ROOT)}: {lines}" for path, lines in lengths.items() if lines > LONG)
    if len(long) > 0.05 * len(lengths):
        pytest.fail("too many long files:\n" + "\n".join(long))


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    found = []
    for path in tracked():
        if path.suffix in TEXT:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if FOREIGN.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_no_work_is_left_as_a_note() -> None:
    note = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
    found = [
        str(path.relative_to(ROOT))
        for folder in ["imlkit", *PLACES, "tests", "scripts"]
        for path in sources(folder)
        if note.search(path.read_text())
    ]
    assert found == []
