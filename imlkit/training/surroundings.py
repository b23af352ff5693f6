"""What a run ran on and with, as far as it helps to repeat it. Nothing secret: no environment variables."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["commit", "surroundings"]

PACKAGES = ("imlkit", "torch", "torchvision", "numpy", "scikit-learn", "skorch", "lightning")
PATIENCE = 5.0
"""Seconds that git may take for an answer."""


def surroundings() -> dict[str, Any]:
    """Return the Python, the packages and the machine that the program runs on, and its name."""
    script = _script()
    return {
        "python": platform.python_version(),
        "packages": _versions(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "host": platform.node(),
        "process": os.getpid(),
        "program": script.name if script is not None else "",
    }


def commit() -> dict[str, Any] | None:
    """Return the commit that the program's folder is at, and whether anything was changed since.

    Returns:
        ``commit``, ``branch`` and ``changed``; None outside of git. Git may take seconds to tell.
    """
    script = _script()
    folder = script.parent if script is not None else Path.cwd()
    at = _git(folder, "rev-parse", "HEAD")
    if not at:
        return None
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {
        "commit": at,
        "branch": _git(folder, "rev-parse", "--abbrev-ref", "HEAD"),
        "changed": bool(changed),
    }


def _script() -> Path | None:
    return Path(sys.argv[0]) if sys.argv and sys.argv[0] else None


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _git(folder: Path, *words: str) -> str:
    # Git may run programs that a repository's own settings name: it is asked without any.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *words]
    try:
        said = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            errors="replace",
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""
