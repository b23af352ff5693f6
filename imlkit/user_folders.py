"""The folders in which this user of this machine keeps what programs share."""

from __future__ import annotations

from pathlib import Path

__all__ = ["settings_folder", "state_folder"]


def settings_folder() -> Path:
    """Return the folder of settings: on Linux ``imlkit`` in ``$XDG_CONFIG_HOME``, else in ``~/.config``."""
    from platformdirs import user_config_path

    return user_config_path("imlkit", appauthor=False)


def state_folder() -> Path:
    """Return the folder of what outlives a program: on Linux ``imlkit`` in ``$XDG_STATE_HOME``, else in
    ``~/.local/state``."""
    from platformdirs import user_state_path

    return user_state_path("imlkit", appauthor=False)
