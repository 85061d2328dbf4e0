"""What a service counts, for Prometheus."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


COUNTERS = {
    "requests": ("penchant_requests", "Requests answered", ["route", "status"]),
    "degraded": ("penchant_degraded", "Answers that the standby gave", ["model"]),
    "events": ("penchant_events", "Events, by what became of them", ["fate"]),
    "words": (
        "penchant_answers_in_words",
        "Answers in words, by who gave them: model, template, standby",
        ["by"],
    ),
    "tokens": (
        "penchant_tokens",
        "Tokens of language models in conversations, re-rankings and reranks",
        ["kind"],
    ),
}
GAUGES = {
    "waiting": ("penchant_waiting", "Requests that wait for a model", ["model"]),
    "left_alone": (
        "penchant_left_alone",
        "1: it fails again and again, so it is not asked",
        ["what"],
    ),
}


@dataclass(frozen=True, slots=True)
class Meters:
    """Counters of one service; each service has a registry of its own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    degraded: Counter = field(init=False)
    events: Counter = field(init=False)
    waiting: Gauge = field(init=False)
    words: Counter = field(init=False)
    tokens: Counter = field(init=False)
    left_alone: Gauge = field(init=False)

    def __post_init__(self) -> None:
        for name, (told, meaning, labels) in COUNTERS.items():
            meter = Counter(told, meaning, labels, registry=self.registry)
            object.__setattr__(self, name, meter)
        for name, (told, meaning, labels) in GAUGES.items():
            gauge = Gauge(told, meaning, labels, registry=self.registry)
            object.__setattr__(self, name, gauge)
        seconds = Histogram(
            "penchant_request_seconds",
            "Time to the whole answer",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        object.__setattr__(self, "seconds", seconds)
