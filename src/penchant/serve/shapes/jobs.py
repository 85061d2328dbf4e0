"""Long work: what may be asked for, and how it goes."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from penchant.serve.jobs.words import MOST_OPTIONS, Status
from penchant.serve.settings import LONGEST_FILTER
from penchant.serve.shapes.words import Asked, Count, Id, Ids, Shape

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
"""Of a folder: letters, digits, _ . and -"""
Option = Annotated[str, Field(min_length=1, max_length=64)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
SplitBy = Literal["none", "time", "last", "ratio", "cold-users", "cold-items"]
Metric = Annotated[str, Field(min_length=1, max_length=40, examples=["ndcg@10"])]


class TrainJob(Asked):
    """Fit a method on the data of the service."""

    kind: Literal["train"]
    method: Name = Field(examples=["covisit"])
    options: dict[Option, JsonValue] = Field(
        default={}, max_length=MOST_OPTIONS, description="Of the method; the rest are its defaults."
    )
    name: Name | None = Field(default=None, description="Of the model; else the method's.")
    split: SplitBy = Field(
        default="none", description="Learn from the training part; choose on validation."
    )
    seed: Seed = 0
    activate: bool = Field(default=False, description="Let it answer once it is fitted.")


class UpdateJob(Asked):
    """Fit a model's method again, with what people did and items that came since."""

    kind: Literal["update"]
    model: Id | None = Field(default=None, description="Else the active one.")
    activate: bool = False


class RecommendJob(Asked):
    """Recommend to many people, into a file."""

    kind: Literal["recommend"]
    model: Id | None = None
    users: Ids | None = Field(default=None, description="Else everybody whom the model knows.")
    k: Count = 10
    where: str | None = Field(default=None, max_length=LONGEST_FILTER)
    exclude_items: Ids = Field(default=[])
    exclude_seen: bool = True
    format: Literal["csv", "jsonl", "parquet"] = "csv"


class EvaluateJob(Asked):
    """Measure models on the same held-out events."""

    kind: Literal["evaluate"]
    models: list[Id] = Field(min_length=1, max_length=8)
    on: Literal["split", "events"] = Field(
        default="split",
        description="The test part of a split of the data, or what people did since.",
    )
    split: Literal["time", "last", "ratio", "cold-users", "cold-items"] = "time"
    metrics: list[Metric] | None = Field(default=None, min_length=1, max_length=30)
    seed: Seed = 0


JobRequest = Annotated[
    TrainJob | UpdateJob | RecommendJob | EvaluateJob, Field(discriminator="kind")
]


class Progress(Shape):
    """How far a job is."""

    stage: str
    done: int
    total: int | None
    figures: dict[str, float] = Field(description="Such as loss and ndcg@10.")
    at: int = Field(description="Microseconds since 1970.")


class JobResult(Shape):
    """What a job left."""

    model: str | None = Field(default=None, description="NAME@VERSION of a model that was fitted.")
    rows: int | None = Field(default=None, description="Of the file of recommendations.")
    file: str | None = Field(default=None, description="Where to get it from.")
    metrics: dict[str, dict[str, float]] | None = Field(
        default=None, description="Model -> metric -> mean."
    )


class Job(Shape):
    """Long work, and how it goes."""

    id: str
    kind: Literal["train", "update", "recommend", "evaluate"]
    status: Status
    request: JobRequest
    created: int = Field(description="Microseconds since 1970, as all times.")
    started: int | None
    ended: int | None
    attempts: int = Field(description="How often it was begun or resumed.")
    before: int | None = Field(description="Jobs that come first, while it is queued.")
    progress: Progress | None
    problem: str | None = Field(description="Why it failed, or was interrupted.")
    result: JobResult | None


class JobPage(Shape):
    """Some jobs, the newest first, and where the next begin."""

    jobs: list[Job]
    cursor: str | None
