"""What goes wrong with cameras, in plain words, and what a person can do about it."""

from __future__ import annotations

from typing import Final

__all__ = ["DARK", "camera_problem"]

DARK: Final = (
    "The camera gives black pictures. See whether its lens is covered or its shutter closed, "
    "whether there is light, and whether another program holds the camera."
)
"""What to do when the camera sends nothing but black."""

_AGAIN: Final = "then press Start again."

_REFUSED: Final = (
    "The browser may not use the camera on this page. Choose the camera or lock sign beside the page's "
    f"address and allow the camera there (on a phone also in the system's settings), {_AGAIN}"
)
_MISSING: Final = f"No camera was found. Plug one in or switch it on, {_AGAIN}"
_BUSY: Final = (
    "The camera cannot be opened; another program may be using it. Close that program, such as a "
    f"video call or another browser window, {_AGAIN}"
)

_PROBLEMS: Final = {
    "insecure": (
        "Browsers give the camera only to secure addresses, and this page's address is not one. Open the "
        "app on the computer that runs it, at an address that begins with http://localhost, or have it "
        "served at an address that begins with https://."
    ),
    "ended": (
        "The camera stopped: it was unplugged or switched off, or its permission was taken back. "
        f"Plug it in or allow it, {_AGAIN}"
    ),
    "gone": (
        "The chosen camera is not connected. Plug it in and choose it again, or press Start to take "
        "another camera."
    ),
    "silent": (
        "The camera was switched off, for the app did not answer the browser for more than a minute. See "
        f"whether the network works, {_AGAIN}"
    ),
    "NotAllowedError": _REFUSED,
    "SecurityError": _REFUSED,
    "NotFoundError": _MISSING,
    "NotReadableError": _BUSY,
    "AbortError": _BUSY,
}


def camera_problem(why: str) -> str:
    """Return what to tell the person.

    Args:
        why: the name of the browser's error, or ``"insecure"`` where the page may have no camera at
            all, ``"ended"`` where a running camera stopped by itself, ``"gone"`` where the chosen one
            is not there, ``"silent"`` where nothing answered the browser.
    """
    return _PROBLEMS.get(why) or (
        f"The camera could not be started ({why[:80] or 'no reason was given'}). "
        f"Unplug it and plug it in, or restart the browser, {_AGAIN}"
    )
