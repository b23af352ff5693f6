"""Components in a notebook: what a page needs before it draws the first, and on which thread it is heard."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from .kernel import Kernel

if TYPE_CHECKING:
    from .notebook_cells import NotebookCells

__all__ = ["prepare_notebook"]

Output = tuple[Mapping[str, Any], Mapping[str, Any]]
"""What is shown, by format, and what is said about it."""

LOADS = "application/vnd.holoviews_load.v0+json"
SCRIPT = "application/javascript"

_published: list[Output] = []
_cells: list[NotebookCells] = []
_where: list[tuple[str | None, int]] = []
"""In which cell the scripts were given last, and at which of its runs."""


def prepare_notebook() -> None:
    """See to it that the notebook's page can draw components; do nothing outside of a notebook.

    The scripts that draw are part of the output of the first cell that shows a component: nothing is
    fetched from elsewhere. Where ``pn.extension(…)`` was called before, it has seen to them.
    """
    kernel = Kernel.current()
    if kernel is None or not kernel.here:
        return
    from IPython import get_ipython
    from panel.config import panel_extension

    from .notebook_cells import NotebookCells

    listen_on(kernel)
    shell: Any = get_ipython()
    if not _cells:
        _cells.append(NotebookCells(shell))
    here = (_cells[0].cell, shell.execution_count)
    if not panel_extension._loaded:
        outputs = _published[:] = _scripts(panel_extension)
    elif not _where or _where[-1][0] is None or _where[-1][0] != here[0] or _where[-1] == here:
        # A cell that is run again loses its output, and a page that is reloaded has only outputs.
        return
    else:
        # What has a connection to the kernel is there once.
        outputs = [(data, said) for data, said in _published if not said]
    _where[:] = [here]
    for data, said in outputs:
        shell.display_pub.publish(data, said)


def _scripts(extension: Any) -> list[Output]:
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        extension(inline=True)
    sys.stdout.write(captured.stdout)
    sys.stderr.write(captured.stderr)
    return [(_once(output.data), output.metadata or {}) for output in captured.outputs]


def _once(data: Mapping[str, Any]) -> Mapping[str, Any]:
    # Loaded twice, the library that draws forgets what it has drawn, in all notebooks of the page. It
    # is there in two formats, of which one will do: notebooks are long enough.
    if SCRIPT not in data or LOADS not in data or "_bokeh_onload_callbacks" not in data[SCRIPT]:
        return data
    from bokeh import __version__

    there = f"window.Bokeh?.version === {__version__!r} && window.Bokeh.Panel"
    return {SCRIPT: f"if (!({there})) {{\n{data[SCRIPT]}\n}}"}


def listen_on(kernel: Kernel) -> None:
    """Make Panel hear what pages say on the kernel's thread.

    JupyterLab has kernels hear each view on a thread of its own. There a view's messages are lost
    where a cell changes it at the same moment: while one thread hears, what another has sent is put
    aside, and then let go of.
    """
    from pyviz_comms import JupyterComm, JupyterCommJS

    if getattr(JupyterComm, "_heard_by", None) is kernel:
        return

    def on_kernel(hear: Any) -> Any:
        def heard(self: Any, *message: Any) -> None:
            if kernel.here:
                hear(self, *message)
            else:
                kernel.post(partial(hear, self, *message))

        return heard

    JupyterComm._handle_msg = on_kernel(JupyterComm._handle_msg)
    JupyterCommJS._handle_open = on_kernel(JupyterCommJS._handle_open)
    JupyterComm._heard_by = kernel
