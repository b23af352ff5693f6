"""A small server that publishes a weights file, and fails in the ways that servers do."""

from __future__ import annotations

import hashlib
import re
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

__all__ = ["WeightsServer", "random_weights"]

PIECE = 1 << 16


def random_weights(folder: Path) -> Path:
    """Write a state dict of MobileNetV3-small, whose features are far from 0, under its checksum's name."""
    import torch
    from torchvision.models import mobilenet_v3_small

    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = mobilenet_v3_small(weights=None).train()
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = None
        with torch.no_grad():
            # Unless normalised by what went through, random layers give nearly 0.
            for _ in range(2):
                coarse = torch.randn(8, 3, 6, 8)
                network(torch.nn.functional.interpolate(coarse, size=(224, 224), mode="bicubic"))
            network.classifier[3].weight *= 10
    file = folder / "made.pth"
    torch.save(network.state_dict(), file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return file.rename(folder / f"mobilenet_v3_small-{digest[:8]}.pth")


class WeightsServer:
    """Serves one file on loopback.

    Attributes:
        url: the file's address.
        asked: the ``Range`` of each request, or "".
        break_after: end the connection after so many bytes; None sends all.
        pause_after: wait for ``go_on`` after so many bytes; None does not wait.
        half_sent: set while it waits.
        status: answer with this status rather than with the file.
        content: answer with this rather than with the file.
        ranges: whether it can begin in the middle.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content = path.read_bytes()
        self.asked: list[str] = []
        self.break_after: int | None = None
        self.pause_after: int | None = None
        self.half_sent = threading.Event()
        self.go_on = threading.Event()
        self.status: int | None = None
        self.ranges = True
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.base = f"http://127.0.0.1:{self._server.server_port}/models"
        self.url = f"{self.base}/{path.name}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    def __init__(self, weights: WeightsServer, *arguments: Any) -> None:
        self.weights = weights
        super().__init__(*arguments)

    def do_GET(self) -> None:
        weights = self.weights
        asked = self.headers.get("Range", "")
        weights.asked.append(asked)
        if weights.status is not None or not self.path.endswith(weights.path.name):
            self.send_error(weights.status or 404)
            return
        content = weights.content
        start = int(asked.removeprefix("bytes=").rstrip("-")) if re.fullmatch(r"bytes=\d+-", asked) else 0
        start = start if weights.ranges else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        try:
            self._send(content, start)
        except OSError:
            # The one who asked has gone.
            pass

    def _send(self, content: bytes, start: int) -> None:
        weights = self.weights
        for offset in range(start, len(content), PIECE):
            if weights.break_after is not None and offset >= weights.break_after:
                self.close_connection = True
                return
            if weights.pause_after is not None and offset >= weights.pause_after:
                weights.half_sent.set()
                weights.go_on.wait(30)
            self.wfile.write(content[offset : offset + PIECE])

    def log_message(self, *_: object) -> None:
        pass
