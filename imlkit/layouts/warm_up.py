"""Loading what models need while the person looks at the first page."""

from __future__ import annotations

import threading

from ..session import Session

__all__ = ["warm_up_models"]


def warm_up_models(session: Session) -> None:
    """Call ``warm_up`` of every component that has it, on a background thread."""
    tasks = [component.warm_up for component in session.components if hasattr(component, "warm_up")]
    if tasks:
        threading.Thread(
            target=lambda: [task() for task in tasks], name="imlkit-warm-up", daemon=True
        ).start()
