"""What is told of models."""

import json

from penchant.data import CanExplain, with_parts
from penchant.models import Model, Version, model_card
from penchant.recommenders import METHODS
from penchant.serve.lineup import Lineup
from penchant.serve.shapes.models import CardText, ModelCard

LONGEST = 100_000
"""Characters of a card."""


def cards(lineup: Lineup) -> list[ModelCard]:
    """Of all models that answer, then of those that could."""
    names = lineup.names
    resting = [_resting(one) for one in lineup.versions() if one.name not in names]
    return [*(card(lineup, name) for name in names), *resting]


def card(lineup: Lineup, name: str) -> ModelCard:
    """Of a model that answers, or could.

    Raises:
        Problem: There is none of that name.
    """
    whole = lineup.whole(name)
    if whole not in lineup.names:
        return _resting(lineup.version(whole))
    return _open(lineup.desk(whole)[1].model, whole, active=whole == lineup.active)


def card_text(lineup: Lineup, name: str) -> CardText:
    """In Markdown; of a model that does not answer, its README.

    Raises:
        Problem: There is none of that name.
    """
    whole = lineup.whole(name)
    if whole in lineup.names:
        return CardText(name=whole, markdown=model_card(lineup.desk(whole)[1].model))
    version = lineup.version(whole)
    text = (version.path / "README.md").read_text(encoding="utf-8", errors="replace")
    return CardText(name=version.name, markdown=text[:LONGEST])


def _open(model: Model, name: str, *, active: bool) -> ModelCard:
    record = model.record
    return ModelCard(
        name=name,
        method=model.name,
        active=active,
        loaded=True,
        explains=any(isinstance(one, CanExplain) for one in with_parts(model.recommender)),
        items=len(model.catalog),
        people=len(model.people),
        data=record.data,
        events=record.events,
        fit_seconds=record.fit_seconds,
        metrics=dict(record.metrics),
    )


def _resting(version: Version) -> ModelCard:
    """From the record alone; whether the rest is as it was saved is seen when it is loaded."""
    try:
        head = json.loads((version.path / "model.json").read_text(encoding="utf-8"))
        record = head["record"]
        method = record["method"]
        method = method["method"] if isinstance(method, dict) else method
        return ModelCard(
            name=version.name,
            method=METHODS.get(method, method).rpartition(":")[2],
            active=False,
            loaded=False,
            items=record["items"],
            people=record["people"],
            data=record["data"],
            events=record["events"],
            fit_seconds=record["fit_seconds"],
            metrics=record.get("metrics", {}),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        return ModelCard(
            name=version.name,
            method="unknown",
            active=False,
            loaded=False,
            items=0,
            people=0,
            data="unknown",
            events=0,
            fit_seconds=0.0,
            metrics={},
            problem=f"its record cannot be read ({type(error).__name__})",
        )
