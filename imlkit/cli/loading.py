"""Loading what pages are made of, as fast as it goes."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

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
            with _without_signatures():
                import bokeh.models  # noqa: F401
            import panel_material_ui  # noqa: F401
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _without_signatures() -> Iterator[None]:
    """Keep Bokeh from working out, for each of its models, a signature that only ``help`` shows.

    It takes an eighth of the time that all of Panel takes. Drawing methods (``figure.line``) want their
    glyphs' signatures: they are loaded later.
    """
    from bokeh.model import Model

    found = vars(Model)["parameters"]
    Model.parameters = classmethod(lambda cls: [])  # type: ignore[method-assign]
    try:
        yield
    finally:
        Model.parameters = found  # type: ignore[method-assign]
