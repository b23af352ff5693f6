"""The proxy that docs/serving.md describes, on loopback."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from tests.e2e.served import until
from tests.project.source import ROOT

__all__ = ["Proxy", "free_pair", "free_ports", "nginx_proxy"]

PAGE = ROOT / "docs" / "serving.md"
WHOLE = """\
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/imlkit.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running nginx.

    Attributes:
        url: where it answers, by HTTPS.
        plain: where it answers without.
        authority: the file of the certificate that clients have to believe.
        folder: of its logs.
    """

    url: str
    plain: str
    authority: Path
    folder: Path


@contextlib.contextmanager
def nginx_proxy(folder: Path, port: int, pages: Sequence[int] = (1, 1), store: int = 1) -> Iterator[Proxy]:
    """Run nginx with the configuration of the guide, with other ports, name and certificate.

    Args:
        folder: for its files.
        port: where it answers by HTTPS.
        pages: the ports of two processes with pages.
        store: the port of the store's server.

    Skips the test where nginx is not installed; with ``CI=true`` it fails.
    """
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None or shutil.which("openssl") is None:
        _missing(
            "nginx or openssl is not installed: install them "
            "(on Debian and Ubuntu: apt-get install nginx-light openssl)."
        )
    certificate, key = _certificate(folder)
    (plain,) = free_ports(1)
    text = _documented()
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("https://apps.example.org$request_uri", f"https://localhost:{port}$request_uri"),
        ("server_name apps.example.org;", "server_name localhost;"),
        ("/etc/ssl/certs/apps.example.org.pem", str(certificate)),
        ("/etc/ssl/private/apps.example.org.key", str(key)),
        ("127.0.0.1:5006", f"127.0.0.1:{pages[0]}"),
        ("127.0.0.1:5007", f"127.0.0.1:{pages[1]}"),
        ("127.0.0.1:8090", f"127.0.0.1:{store}"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "imlkit.conf").write_text(text)
    # Its workers would otherwise be somebody who may not enter the tests' folder.
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(WHOLE.format(folder=folder, user=user))
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [program, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=said, stdout=said
        )
    try:
        until(lambda: process.poll() is not None or _answers(port))
        assert process.poll() is None, (folder / "said").read_text()
        yield Proxy(f"https://localhost:{port}", f"http://127.0.0.1:{plain}", certificate, folder)
    finally:
        process.terminate()
        process.wait(15)


def free_ports(count: int) -> list[int]:
    """Return ports that are free now."""
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            taken = stack.enter_context(socket.socket())
            taken.bind(("127.0.0.1", 0))
            found.append(taken.getsockname()[1])
        return found


def free_pair() -> tuple[int, int]:
    """Return two ports in a row that are free now."""
    while True:
        (first,) = free_ports(1)
        try:
            with socket.socket() as other:
                other.bind(("127.0.0.1", first + 1))
        except (OSError, OverflowError):
            continue
        return first, first + 1


def _documented() -> str:
    found = re.search(r"```nginx\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def _certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "certificate.key"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", names),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return certificate, key


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
