"""Opening a page in the person's browser."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser

__all__ = ["has_screen", "open_page"]


def has_screen() -> bool:
    """Whether a browser with windows can be expected here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_page(address: str) -> None:
    """Open an address in the browser, or say that this is left to the person.

    Without a screen only browsers that take over the terminal would be found, so none is tried.
    """

    def attempt() -> None:
        if not has_screen() or not webbrowser.open(address):
            print(f"No browser could be opened here: open {address} yourself.", flush=True)

    # Some browsers return only when they are closed.
    threading.Thread(target=attempt, name="imlkit-browser", daemon=True).start()
