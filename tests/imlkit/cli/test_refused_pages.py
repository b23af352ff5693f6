"""Pages that come under a name the server does not know."""

from __future__ import annotations

import sys
import urllib.parse
from pathlib import Path

import pytest
import requests

from tests.e2e.served import Served, until

APP = """
from imlkit import Dashboard

app = Dashboard(title="App")
app.page("Main").use("words")
app.servable()
"""


@pytest.mark.parametrize("more", [[], ["--processes", "2"]], ids=["one process", "two processes"])
def test_the_log_says_which_option_lets_them_in(tmp_path: Path, more: list[str]) -> None:
    (tmp_path / "app.py").write_text(APP)
    command = [sys.executable, "-m", "imlkit", "serve", str(tmp_path / "app.py"), "--port", "0", *more]
    served = Served(command, tmp_path)
    try:
        answer = requests.get(
            urllib.parse.urljoin(served.url, "app/ws"),
            headers={
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Origin": "https://apps.example.org:18443",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "SGVsbG8sIHdvcmxkIQ==",
            },
            timeout=30,
        )
        assert answer.status_code == 403
        until(lambda: "start it with --origin apps.example.org:18443" in "".join(served.log))
    finally:
        served.stop()
