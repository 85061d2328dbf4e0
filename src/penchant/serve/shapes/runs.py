"""Experiments: what was run, what came out, how trainings went."""

from typing import Annotated, Any, Literal

from pydantic import Field

from penchant.serve.shapes.words import Asked, Id, Shape

RunName = Annotated[str, Field(min_length=1, max_length=512, examples=["demo~time"])]
MetricName = Annotated[str, Field(min_length=1, max_length=64, examples=["ndcg@10"])]


class RunCard(Shape):
    """An experiment in a line."""

    run: str = Field(description="Its folder below that of the runs, joined by ~.")
    data: str
    split: Literal["time", "last", "ratio", "cold-users", "cold-items"]
    methods: list[str]
    measured: list[str] = Field(description="The methods that are done.")
    metrics: list[str]
    finished: bool
    changed: int = Field(description="Microseconds since 1970.")


class RunPage(Shape):
    """Some experiments, and where the next begin."""

    runs: list[RunCard]
    cursor: str | None


class Figure(Shape):
    """A mean with its interval."""

    model: str
    metric: str
    value: float | None
    low: float | None = Field(description="Lower end of the 95 % interval; null: not known.")
    high: float | None
    queries: int = Field(description="Those with a value.")


class GroupFigure(Figure):
    """A mean within a group of queries."""

    group: str


class Slice(Shape):
    """Means by groups of queries."""

    column: str = Field(description="What tells the groups apart.")
    groups: list[str] = Field(description="In the order in which people expect them.")
    figures: list[GroupFigure]


class Cost(Shape):
    """What a method costs; null where it was not measured."""

    model: str
    fit_s: float | None
    recommend_ms: float | None = Field(description="Milliseconds for 1,000 lists.")
    peak_memory_mb: float | None
    calls: float | None = Field(description="Of language models, for 1,000 answers.")
    prompt_tokens: float | None
    completion_tokens: float | None
    money: float | None


class Check(Shape):
    """One line of the leak audit."""

    name: str
    outcome: Literal["passed", "warned", "failed"]
    figure: float | None
    explanation: str


class RunMethod(Shape):
    """A method as it was run."""

    name: str
    method: dict[str, Any]  # Any: the method's own options, as JSON
    measured: bool
    curves: bool = Field(description="Whether it trains, so that curves can be shown.")


class RunReport(Shape):
    """An experiment with all its figures."""

    run: str
    name: str
    data: str
    split: str
    seed: int
    finished: bool
    queries: int
    people: int
    metrics: list[str]
    methods: list[RunMethod]
    figures: list[Figure]
    slices: list[Slice]
    costs: list[Cost]
    audit: list[Check]
    notes: list[str]
    environment: dict[str, str]
    spec: str = Field(description="What was run, as TOML.")


class CompareRequest(Asked):
    """Ask whether differences are more than luck."""

    runs: Annotated[list[RunName], Field(min_length=1, max_length=8)]
    metric: MetricName = "ndcg@10"
    models: Annotated[list[Id], Field(min_length=2, max_length=40)] | None = Field(
        default=None,
        description="Some of the models; else all. With several runs they are called RUN/MODEL.",
    )
    against: Id | None = Field(default=None, description="Only pairs with this model.")


class Pair(Shape):
    """A paired difference, a - b."""

    a: str
    b: str
    difference: float | None
    low: float | None = Field(description="Lower end of the 95 % interval, not corrected.")
    high: float | None
    p_permutation: float | None
    p_bootstrap: float | None
    p_holm: float | None = Field(description="Corrected for the number of pairs.")
    significant: bool = Field(description="Whether p_holm is below 0.05.")


class Comparison(Shape):
    """All pairs of models: the significance matrix."""

    metric: str
    better: Literal["higher", "lower", "neither"]
    models: list[Figure] = Field(description="The best first.")
    pairs: list[Pair]
    people: int
    queries: int
    notes: list[str]


class Point(Shape):
    """One value of a curve."""

    step: int
    value: float


class TrainingCurve(Shape):
    """A figure over the steps of a training."""

    model: str
    part: str = Field(description="What of the method was trained; empty: the whole.")
    figure: Literal["loss", "valid"]
    points: list[Point]
    best_step: int | None = Field(description="Whose weights the model has; null: not done.")


class Curves(Shape):
    """All curves of an experiment."""

    run: str
    curves: list[TrainingCurve]
