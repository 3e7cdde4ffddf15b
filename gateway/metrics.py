"""Figures about requests for Prometheus: how many there were and how long they took, by route and status.

Several processes of one gateway add up when PROMETHEUS_MULTIPROC_DIR names a folder that they share.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NO_ROUTE = "none"
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_count = Counter("quits_http_requests", "Requests that were answered.", ("method", "route", "status"))
_duration = Histogram("quits_http_request_seconds", "How long requests took.", ("method", "route"), buckets=SECONDS)


def observe(method: str, route: str | None, status: int, took_s: float) -> None:
    """Count a request that was answered; `route` is its pattern, so that no id gets into the figures."""
    known = method if route is not None else "other"
    _count.labels(known, route or NO_ROUTE, str(status)).inc()
    _duration.labels(known, route or NO_ROUTE).observe(took_s)


def exposition() -> bytes:
    """Return all figures, of all processes that share a folder, in Prometheus's text format."""
    if SHARED_FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
