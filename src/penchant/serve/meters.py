"""What a service counts, for Prometheus."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Meters:
    """Counters of one service; each service has a registry of its own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    degraded: Counter = field(init=False)
    events: Counter = field(init=False)
    waiting: Gauge = field(init=False)

    def __post_init__(self) -> None:
        made = {
            "requests": Counter(
                "penchant_requests",
                "Requests answered",
                ["route", "status"],
                registry=self.registry,
            ),
            "seconds": Histogram(
                "penchant_request_seconds",
                "Time to the whole answer",
                ["route"],
                buckets=SECONDS,
                registry=self.registry,
            ),
            "degraded": Counter(
                "penchant_degraded",
                "Answers that the standby gave",
                ["model"],
                registry=self.registry,
            ),
            "events": Counter(
                "penchant_events",
                "Events, by what became of them",
                ["fate"],
                registry=self.registry,
            ),
            "waiting": Gauge(
                "penchant_waiting",
                "Requests that wait for a model",
                ["model"],
                registry=self.registry,
            ),
        }
        for name, meter in made.items():
            object.__setattr__(self, name, meter)
