"""Items come, change and leave, and the next answer knows."""

from fastapi import APIRouter

from penchant.serve.guard.access import Holding, write
from penchant.serve.restocking import change, change_many, remove
from penchant.serve.shapes.stock import ItemChanged, ItemIn, ItemRows, ItemsChanged
from penchant.serve.shapes.words import PathId

router = APIRouter(prefix="/v1", tags=["items"], dependencies=[write])


@router.put("/items/{item_id}")
def put(item_id: PathId, asked: ItemIn, shop: Holding) -> ItemChanged:
    """What an item is from now on, all of it; a new one can be recommended at once."""
    return change(shop.lineup, item_id, asked, whole=True)


@router.patch("/items/{item_id}")
def patch(item_id: PathId, asked: ItemIn, shop: Holding) -> ItemChanged:
    """Changes what is named of an item, and leaves the rest."""
    return change(shop.lineup, item_id, asked, whole=False)


@router.delete("/items/{item_id}")
def delete(item_id: PathId, shop: Holding) -> ItemChanged:
    """From now on the item is never recommended; to put it again brings it back."""
    return remove(shop.lineup, item_id)


@router.post("/items:bulk")
def bulk(asked: ItemRows, shop: Holding) -> ItemsChanged:
    """Many items at once, each as if it were put or deleted alone."""
    return change_many(shop.lineup, asked.items)
