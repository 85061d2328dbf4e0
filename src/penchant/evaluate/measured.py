"""Who is measured: fitted recommenders, and models that hold one, each under a name of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from penchant.core import Run, UsageError
from penchant.data import CanRate, CanWrite, Catalog, Queries, Rankings


@runtime_checkable
class CanRecommend(Protocol):
    """All that evaluation needs of a recommender; ``CanRank`` makes it exact and quick."""

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The best ``k`` open items for each row."""


@runtime_checkable
class HoldsRecommender(Protocol):
    """A model that wraps a recommender, and knows its name and its catalogue."""

    @property
    def recommender(self) -> CanRecommend: ...
    @property
    def name(self) -> str: ...
    @property
    def catalog(self) -> Catalog: ...


Evaluated = CanRecommend | CanRate | CanWrite | HoldsRecommender
Models = Evaluated | Sequence[Evaluated] | Mapping[str, Evaluated]
"""One, several, or by name."""


def named_models(models: Models, names: Sequence[str] | None) -> dict[str, object]:
    """Name -> what was fitted; equal names are numbered.

    Raises:
        UsageError: There are no models, or the names do not fit them.
    """
    listed = listed_models(models)
    known = list(models) if isinstance(models, Mapping) else [_name_of(m) for m in listed]
    if names is not None and len(names) != len(listed):
        raise UsageError(f"{len(names)} names for {len(listed)} models: give one each")
    found = list(names) if names is not None else known
    if not listed:
        raise UsageError("no models: give at least one")
    named: dict[str, object] = {}
    for name, model in zip(found, listed, strict=True):
        same = sum(old == name or old.startswith(f"{name} (") for old in named)
        unique = f"{name} ({same + 1})" if same else name
        named[unique] = model.recommender if isinstance(model, HoldsRecommender) else model
    return named


def listed_models(models: Models) -> list[Evaluated]:
    """The models as a list."""
    if isinstance(models, Mapping):
        return list(models.values())
    return list(models) if isinstance(models, Sequence) else [models]


def _name_of(model: Evaluated) -> str:
    if isinstance(model, HoldsRecommender):
        return model.name
    method: Any = getattr(model, "method", model)  # Any: a method may be of any class
    return type(method).__name__
