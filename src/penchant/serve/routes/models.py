"""Models: those that answer, those that lie ready, and which one answers where none is named."""

from typing import Annotated

from fastapi import APIRouter, Path

from penchant.serve.cards import card, card_text, cards
from penchant.serve.guard.access import Holding, admin, read
from penchant.serve.shapes.models import Activated, CardText, ModelCard
from penchant.serve.shapes.words import PathId

router = APIRouter(prefix="/v1", tags=["models"])
Name = Annotated[PathId, Path(examples=["covisit@2"])]


@router.get("/models", dependencies=[read])
def list_models(shop: Holding) -> list[ModelCard]:
    """Models that answer, and those of the models folder that could."""
    return cards(shop.lineup)


@router.post("/models:rollback", dependencies=[admin])
def roll_back(shop: Holding) -> Activated:
    """Goes back to the model that answered before, as often as there is one."""
    return shop.lineup.rollback()


@router.post("/models/{name}:load", dependencies=[admin])
def load_model(name: Name, shop: Holding) -> ModelCard:
    """Opens a model of the models folder, after checking that it is what was saved."""
    return card(shop.lineup, shop.lineup.load(name))


@router.post("/models/{name}:unload", dependencies=[admin])
def unload_model(name: Name, shop: Holding) -> ModelCard:
    """Closes a model that does not answer by default; requests under way are answered."""
    return card(shop.lineup, shop.lineup.unload(name))


@router.post("/models/{name}:activate", dependencies=[admin])
def activate_model(name: Name, shop: Holding) -> Activated:
    """From now on this model answers where none is named; requests under way end as they began."""
    return shop.lineup.activate(name)


@router.get("/models/{name}", dependencies=[read])
def one_model(name: Name, shop: Holding) -> ModelCard:
    """What is known of a model."""
    return card(shop.lineup, name)


@router.get("/models/{name}/card", dependencies=[read])
def model_text(name: Name, shop: Holding) -> CardText:
    """A model's card, in Markdown."""
    return card_text(shop.lineup, name)
