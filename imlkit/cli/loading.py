"""Loading what pages are made of, as fast as it goes."""

from __future__ import annotations

import gc

__all__ = ["load_parts"]


def load_parts(needs_material: bool) -> None:
    """Load Panel, with the garbage collector out of the way.

    Loading makes hundreds of thousands of objects that stay: looking through them meanwhile
    takes a tenth of the time, and looking through them later would halt every page each time.

    Args:
        needs_material: whether the pages will want panel-material-ui too.
    """
    gc.disable()
    try:
        if needs_material:
            import panel_material_ui  # noqa: F401
    finally:
        gc.freeze()
        gc.enable()
