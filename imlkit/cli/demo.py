"""``imlkit demo``: the apps that show what imlkit and the packages beside it can do."""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

from ..errors import CommandError
from ..registry import found
from .browser import has_screen
from .serve import serve

__all__ = ["list_demos", "script_of", "serve_demo"]

GROUP = "imlkit.demos"
DATA = "imlkit-data"


def list_demos() -> int:
    """Print every demo with its first words, and how to start one."""
    demos = found(GROUP)
    width = max(map(len, demos), default=0)
    for name, entry in sorted(demos.items()):
        script = script_of(entry.value)
        words = (
            _first_words(script)
            if script is not None
            else "(its script is missing: install its package again)"
        )
        print(f"{name:<{width}}  {words}".rstrip())
    print("\nimlkit demo NAME starts one." if demos else "No demos are installed.")
    return 0


def serve_demo(name: str, address: str, port: int | None, data: str | None, show: bool | None) -> int:
    """Serve a demo until the process is told to stop.

    Args:
        name: the demo.
        address: where to listen.
        port: the port; None takes 5006 or the next free one.
        data: its data folder; None takes that of the environment, else ``imlkit-data``.
        show: whether to open it in the browser; None where there is a screen.

    Raises:
        CommandError: there is no such demo, or it cannot be served.
    """
    demos = found(GROUP)
    if name not in demos:
        names = ", ".join(sorted(demos)) or "none is installed"
        raise CommandError(f"there is no demo {name!r}: choose one of these: {names}")
    script = script_of(demos[name].value)
    if script is None:
        raise CommandError(f"the script of the demo {name!r} is missing: install its package again")
    folder = data or os.environ.get("IMLKIT_DATA") or DATA
    return serve([script], address, port, folder, has_screen() if show is None else show)


def script_of(module: str) -> Path | None:
    """Return the file of a module, without importing what is above it; None where there is none."""
    spec = _spec_of(module)
    return Path(spec.origin) if spec is not None and spec.origin and spec.origin.endswith(".py") else None


def _spec_of(module: str) -> ModuleSpec | None:
    # importlib's own search would import the packages above the module.
    top, *below = module.split(".")
    spec = importlib.util.find_spec(top)
    name = top
    for part in below:
        name = f"{name}.{part}"
        if spec is None or spec.submodule_search_locations is None:
            return None
        places = list(spec.submodule_search_locations)
        tried = (finder.find_spec(name, places) for finder in sys.meta_path)
        spec = next((found for found in tried if found is not None), None)
    return spec


def _first_words(script: Path) -> str:
    try:
        text = ast.get_docstring(ast.parse(script.read_bytes()))
    except (OSError, SyntaxError, ValueError):
        text = None
    return (text or "").partition("\n")[0]
