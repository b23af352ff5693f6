"""What importing loads, seen from a fresh process."""

from __future__ import annotations

import subprocess
import sys

import pytest

import imlkit

LEARNING = {"torch", "torchvision", "sklearn", "skimage", "scipy", "duckdb"}
HEAVY = LEARNING | {"panel", "bokeh", "sqlalchemy", "pandas"}


def loaded_by(statements: str) -> set[str]:
    """Return the top-level modules in memory after these statements."""
    program = f"{statements}\nimport sys\nprint(*sorted(sys.modules))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stderr
    return {name.partition(".")[0] for name in said.stdout.split()}


def test_importing_imlkit_loads_nothing_heavy() -> None:
    assert not loaded_by("import imlkit") & (HEAVY | {"numpy", "reactivex"})


def test_streams_load_no_pages() -> None:
    assert not loaded_by("from imlkit import Stream; Stream(1)") & HEAVY


def test_stores_load_no_pages() -> None:
    program = "from imlkit import data_store; data_store('memory:').collection('c').create({'a': 1})"
    assert not loaded_by(program) & (HEAVY - {"sqlalchemy"})


def test_no_public_name_loads_torch_or_scikit_learn_when_it_is_imported() -> None:
    names = ", ".join(name for name in imlkit.__all__ if name != "__version__")
    assert not loaded_by(f"from imlkit import {names}") & LEARNING


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in imlkit.__all__ if name != "__version__"])
def test_each_public_name_is_importable_first(name: str) -> None:
    assert "imlkit" in loaded_by(f"from imlkit import {name}")
