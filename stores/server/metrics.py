"""What a server counts of itself, for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

__all__ = ["CONTENT_TYPE_LATEST", "Metrics"]

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The numbers of one app. None names a collection or a user.

    Args:
        following: tells how many follow changes.
    """

    def __init__(self, following: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        began = time.monotonic()
        self._requests = Counter(
            "imlkit_requests",
            "Requests that were answered, by the template of their path.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "imlkit_request_seconds",
            "Seconds that answering took; streams of changes are left out.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._written = Counter(
            "imlkit_documents_written",
            "Documents that clients created, changed or removed.",
            ("action",),
            registry=self._registry,
        )
        self._bytes = Counter(
            "imlkit_asset_bytes",
            "Bytes of assets that came in or went out.",
            ("direction",),
            registry=self._registry,
        )
        self._in, self._out = (self._bytes.labels(each) for each in ("in", "out"))
        for action in ("create", "update", "patch", "remove"):
            self._written.labels(action)
        Gauge("imlkit_event_streams", "Clients that follow changes.", registry=self._registry).set_function(
            following
        )
        Gauge(
            "imlkit_uptime_seconds", "Seconds since the server began.", registry=self._registry
        ).set_function(lambda: time.monotonic() - began)
        ProcessCollector(registry=self._registry)

    def answered(self, method: str, route: str, status: int, seconds: float | None) -> None:
        """Count a request; ``seconds`` is None where the time says nothing."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        if seconds is not None:
            self._seconds.labels(route).observe(seconds)

    def wrote(self, action: str, documents: int) -> None:
        """Count documents that were written."""
        self._written.labels(action).inc(documents)

    def received(self, count: int) -> None:
        """Count bytes of assets that came in."""
        self._in.inc(count)

    def sent(self, count: int) -> None:
        """Count bytes of assets that went out."""
        self._out.inc(count)

    def text(self) -> bytes:
        """Return all numbers as Prometheus reads them."""
        return generate_latest(self._registry)
