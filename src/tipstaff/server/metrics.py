"""How much is done, how long it takes and what waits, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tipstaff.assembly.server import Serving

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The bounds that durations are counted under."""


class Gauge(Collector):
    """Something that is asked for when metrics are read: a number, or none where it cannot be had."""

    def __init__(self, name: str, told: str, ask: Callable[[], float]) -> None:
        self._name = name
        self._told = told
        self._ask = ask

    def collect(self) -> Iterator[Metric]:
        """Ask for it."""
        yield GaugeMetricFamily(self._name, self._told, value=self._ask())


class Metrics:
    """The metrics of one server."""

    def __init__(self, gauges: Mapping[str, tuple[str, Callable[[], float]]]) -> None:
        """`gauges` are what is told of each, and how it is asked for, by their names."""
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "tipstaff_answers",
            "Answers, by operation and status.",
            ("operation", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "tipstaff_answer_seconds",
            "Seconds from a request to its answer.",
            ("operation",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        for name, (told, ask) in gauges.items():
            self._registry.register(Gauge(name, told, ask))

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(operation, status).inc()
        self._seconds.labels(operation).observe(seconds)

    def read(self) -> bytes:
        """Return all in the text format of Prometheus, version 0.0.4."""
        return generate_latest(self._registry)


def gauges_of(serving: Serving) -> dict[str, tuple[str, Callable[[], float]]]:
    """Return what is asked for of an installation."""
    desk = serving.desk
    return {
        "tipstaff_statements": ("Statements on the ledger.", lambda: desk.ledger.size),
        "tipstaff_statements_waiting": (
            "Statements that wait for the ledger.",
            lambda: len(desk.cases.waiting()),
        ),
        "tipstaff_deliveries_owed": (
            "Measures that are to be brought to a host now.",
            lambda: len(desk.cases.owed(desk.clock())),
        ),
        "tipstaff_posts_waiting": (
            "Posts that wait to be screened or kept.",
            lambda: serving.screening.waiting,
        ),
        "tipstaff_worker_alive": (
            "1 while the worker beside the server works, 0 where it has broken off.",
            lambda: not serving.worker.broken,
        ),
        "tipstaff_webhooks_alive": (
            "1 while webhooks are told, 0 where that has broken off.",
            lambda: not serving.webhooks.broken,
        ),
    }
