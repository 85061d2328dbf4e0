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
    words: Counter = field(init=False)
    tokens: Counter = field(init=False)
    left_alone: Gauge = field(init=False)

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
            "words": Counter(
                "penchant_answers_in_words",
                "Answers in words, by who gave them: model, template, standby",
                ["by"],
                registry=self.registry,
            ),
            "tokens": Counter(
                "penchant_tokens",
                "Tokens of language models in conversations, re-rankings and reranks",
                ["kind"],
                registry=self.registry,
            ),
            "left_alone": Gauge(
                "penchant_left_alone",
                "1: it fails again and again, so it is not asked",
                ["what"],
                registry=self.registry,
            ),
        }
        for name, meter in made.items():
            object.__setattr__(self, name, meter)
