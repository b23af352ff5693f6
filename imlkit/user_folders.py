"""The folders in which this user of this machine keeps what programs share."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["CACHE_VARIABLE", "cache_folder", "named_folder", "settings_folder", "state_folder"]

CACHE_VARIABLE = "IMLKIT_CACHE"


def named_folder(variable: str) -> Path | None:
    """Return the folder that an environment variable names; None if it names none."""
    named = os.environ.get(variable, "").strip()
    return Path(named).expanduser().absolute() if named else None


def cache_folder() -> Path:
    """Return the folder of what can be made again: what IMLKIT_CACHE names, else on Linux ``imlkit`` in
    ``$XDG_CACHE_HOME`` or in ``~/.cache``."""
    from platformdirs import user_cache_path

    return named_folder(CACHE_VARIABLE) or user_cache_path("imlkit", appauthor=False)


def settings_folder() -> Path:
    """Return the folder of settings: on Linux ``imlkit`` in ``$XDG_CONFIG_HOME``, else in ``~/.config``."""
    from platformdirs import user_config_path

    return user_config_path("imlkit", appauthor=False)


def state_folder() -> Path:
    """Return the folder of what outlives a program: on Linux ``imlkit`` in ``$XDG_STATE_HOME``, else in
    ``~/.local/state``."""
    from platformdirs import user_state_path

    return user_state_path("imlkit", appauthor=False)
