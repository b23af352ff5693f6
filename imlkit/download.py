"""A button that makes a file off the page's thread and gives it to the browser to save."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import panel_material_ui as pmui
from panel.custom import JSComponent
from panel.viewable import Viewable

from .session import Session
from .streams.report import report

__all__ = ["CancelledError", "Download", "Label", "Saver", "Write", "download_button"]

PIECE = 1 << 20
"""Bytes sent to the browser at a time."""

PATIENCE_SECONDS = 1.0
"""How long to wait for the browser before looking whether the person still wants the file."""

Write = Callable[[Path, Callable[[Any], None]], Any]
"""Writes a file, telling its progress now and then; what the teller raises ends the work."""


class Saver(JSComponent):
    """The invisible part that receives a file in the browser.

    Attributes:
        received: set when the browser has the piece it was sent last.
    """

    _esm = Path(__file__).with_name("download.js")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]
        self.received = threading.Event()

    def _handle_msg(self, message: Any) -> None:
        self.received.set()


class CancelledError(Exception):
    """The person no longer wants the file."""


class Label(Protocol):
    """What tells the person how far a download has come: a button, or anything else with a label."""

    label: str


def download_button(label: str, name: str, write: Write, session: Session, about: str = "") -> Viewable:
    """Return a button that downloads a file made when it is pressed; pressed again, it cancels.

    Args:
        label: what the button says.
        name: the file's name.
        write: makes the file at the path it is given (see :data:`Write`).
        session: the page's session, told of errors.
        about: what is downloaded, for those who hear the button rather than see it.
    """
    saver = Saver(width=0, height=0, margin=0)
    button = pmui.Button(
        label=label,
        description=f"{label} {about}".strip(),
        variant="outlined",
        margin=0,
        sx={"textTransform": "none"},
    )
    work = Download(label, name, write, session, button, saver)
    button.on_click(lambda _: work.pressed())
    return pmui.Row(button, saver, margin=0)


class Download:
    """A file that is made and sent when its button is pressed; pressed again, it is cancelled.

    Args:
        label: what the button says when nothing is under way.
        name: the file's name.
        write: makes the file.
        session: the page's session.
        button: whose label tells how far it has come.
        saver: receives the file in the browser, one at a time.

    Attributes:
        running: whether it is under way.
    """

    def __init__(
        self, label: str, name: str, write: Write, session: Session, button: Label, saver: Saver
    ) -> None:
        self.label = label
        self.name = name
        self.write = write
        self.session = session
        self.button = button
        self.saver = saver
        self.running = False
        self.turn = 0
        self.percent = -1
        self.cancelled = threading.Event()

    def pressed(self) -> None:
        """Begin, or cancel what is under way."""
        if self.running:
            self.cancelled.set()
            return
        self.running = True
        self.turn += 1
        self.cancelled.clear()
        self.percent = -1
        self.tell("Preparing: press to cancel")
        threading.Thread(target=self.run, name="imlkit-download", daemon=True).start()

    def run(self) -> None:
        """Make the file and send it."""
        try:
            with tempfile.TemporaryDirectory() as folder, self.session.entered():
                file = Path(folder) / "download"
                self.write(file, self.progress)
                self.send(file)
        except CancelledError:
            pass
        except Exception as error:
            with self.session.entered():
                report(error, None)
        finally:
            self.session.draw(self.finish)

    def progress(self, progress: Any = None) -> None:
        if self.cancelled.is_set() or self.session.disposed:
            raise CancelledError
        done, total = getattr(progress, "done", 0), getattr(progress, "total", 0)
        if total and (percent := 100 * done // total) != self.percent:
            self.percent = percent
            self.session.draw(lambda: self.tell(f"Preparing, {percent} %: press to cancel"))

    def tell(self, words: str) -> None:
        if self.running:
            self.button.label = words

    def send(self, file: Path) -> None:
        # Each piece waits for the one before, so that however large the file is and however slow
        # the network, the server's memory holds one of them.
        offset = 0
        with file.open("rb") as content:
            while piece := content.read(PIECE):
                self.saver.received.clear()
                message = {"piece": piece, "offset": offset, "turn": self.turn}
                self.session.draw(partial(self.saver._send_msg, message))
                while not self.saver.received.wait(PATIENCE_SECONDS):
                    self.progress()
                    if offset == 0:
                        # The browser may still have been building the part that receives it.
                        self.session.draw(partial(self.saver._send_msg, message))
                self.progress()
                offset += len(piece)
        self.session.draw(lambda: self.saver._send_msg({"name": self.name}))

    def finish(self) -> None:
        self.running = False
        self.button.label = self.label
