"""A real JupyterLab on loopback, and notebooks run in it, for end-to-end tests."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbformat import validate
from playwright.sync_api import Locator, Page

__all__ = ["Lab", "LabError", "Notebook"]

SETTINGS = {
    # Nothing asks for news or newer versions.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "apputils-extension/themes": {"theme": "JupyterLab Light"},
}

CELL: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}


class LabError(RuntimeError):
    """JupyterLab did not start."""


class Lab:
    """A ``jupyter lab`` process whose every file is in a folder of its own.

    Args:
        folder: where it keeps its configuration, data, runtime files and notebooks.

    Attributes:
        url: its address, without a slash at the end.
        log: what it has said.
    """

    def __init__(self, folder: Path) -> None:
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir(parents=True)
        self.log: list[str] = []
        self.url = ""
        self._token = secrets.token_hex(16)
        self._ready = threading.Event()
        for name, values in SETTINGS.items():
            file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        folders = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
        environment = {
            **os.environ,
            **{f"JUPYTER_{name}": str(folder / name.lower()) for name in folders},
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_TOKEN": self._token,
        }
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0"]
        command += [f"--ServerApp.root_dir={self.notebooks}", "--ServerApp.allow_root=True"]
        command += ["--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"]
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(60) or not self.url:
            self.stop()
            raise LabError("JupyterLab did not start:\n" + "".join(self.log)[-3000:])

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.log.append(line)
            found = re.search(r"(http://127\.0\.0\.1:\d+)/lab", line)
            if found and not self.url:
                self.url = found[1]
                self._ready.set()
        self._ready.set()

    def stop(self) -> None:
        """End it and its kernels."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)
        self._reader.join(15)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def visit(self, page: Page) -> None:
        """Open the empty workspace in a browser's page."""
        page.goto(f"{self.url}/lab?reset&token={self._token}")
        page.wait_for_function("window.jupyterapp !== undefined")
        page.evaluate("jupyterapp.restored.then(() => null)")
        # The list of files leaves no room on a narrow page.
        page.evaluate("jupyterapp.shell.collapseLeft()")


class Notebook:
    """A notebook that is open in a page of JupyterLab.

    Args:
        lab: the server.
        page: a page that has visited it.
        source: the code of the cells, or the file of a notebook.
    """

    def __init__(self, lab: Lab, page: Page, source: Sequence[str] | Path) -> None:
        self.page = page
        if isinstance(source, Path):
            self.name = source.name
            shutil.copy(source, lab.notebooks / self.name)
        else:
            self.name = f"{secrets.token_hex(4)}.ipynb"
            about = {"name": "python3", "display_name": "Python 3", "language": "python"}
            cells = [{**CELL, "id": f"cell-{n}", "source": text} for n, text in enumerate(source)]
            notebook = {"cells": cells, "metadata": {"kernelspec": about}, "nbformat": 4, "nbformat_minor": 5}
            validate(notebook)
            (lab.notebooks / self.name).write_text(json.dumps(notebook))
        self.open()

    def open(self) -> None:
        """Show the notebook and wait for its kernel."""
        self.page.evaluate(
            """async (path) => {
                const {commands, shell} = jupyterapp;
                const panel = await commands.execute("docmanager:open", {path});
                shell.activateById(panel.id);
                await panel.revealed;
                await panel.sessionContext.ready;
                window.notebook = panel;
            }""",
            self.name,
        )

    def run_all(self) -> None:
        """Run all cells, and wait for the last to be done."""
        self._command("notebook:run-all-cells")
        for number in range(len(self.cells())):
            self.said(number)

    def run_cell(self, number: int) -> str:
        """Run one cell as it stands, and return what it said."""
        self.page.evaluate("number => { notebook.content.activeCellIndex = number }", number)
        self._command("notebook:run-cell")
        return self.said(number)

    def run(self, code: str) -> str:
        """Run code in a new cell at the end, and return what it said."""
        self.page.evaluate(
            "code => notebook.model.sharedModel.addCell({cell_type: 'code', source: code})", code
        )
        return self.run_cell(len(self.cells()) - 1)

    def keep(self, most: int) -> None:
        """Take out all cells after so many."""
        self.page.evaluate(
            """most => {
                const cells = notebook.model.sharedModel;
                cells.deleteCellRange(most, cells.cells.length);
            }""",
            most,
        )

    def save(self) -> None:
        """Write the file."""
        self._command("docmanager:save")

    def restart(self) -> None:
        """Start the kernel anew."""
        self.page.evaluate("notebook.sessionContext.session.kernel.restart()")

    def close(self) -> None:
        """Close it and end its kernel."""
        self.save()
        self.page.evaluate("async () => { await notebook.sessionContext.shutdown(); notebook.dispose() }")

    def _command(self, name: str) -> None:
        self.page.evaluate("async name => { await jupyterapp.commands.execute(name) }", name)

    def cells(self) -> list[dict[str, Any]]:
        """Return the cells as the file would hold them."""
        found: list[dict[str, Any]] = self.page.evaluate("notebook.model.sharedModel.toJSON().cells")
        return found

    def said(self, number: int) -> str:
        """Return the text that a cell gave; where it failed, so does this."""
        said = []
        for output in self.cells()[number].get("outputs", ()):
            assert output["output_type"] != "error", "\n".join(output["traceback"])
            said.append(str(output.get("text") or output.get("data", {}).get("text/plain") or ""))
        return "".join(said).strip()

    def views(self) -> Locator:
        """Return the linked views in it, from the first cell to the last."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .linked")
