"""Why an item is not among the answers."""

from fastapi import APIRouter

from penchant.models import Model, Terms, WhyNot, why_not
from penchant.serve.guard.access import Holding, read
from penchant.serve.guard.few import one_of_few
from penchant.serve.problems import pointing
from penchant.serve.shapes import why as shapes
from penchant.serve.shapes.values import Value, plain
from penchant.serve.whom import asked_of

router = APIRouter(prefix="/v1", tags=["recommend"], dependencies=[read])


@router.post("/why-not", dependencies=[one_of_few])
def why(asked: shapes.WhyNotRequest, shop: Holding) -> shapes.WhyNot:
    """Why an item was not recommended, where it stands, and what would have to change."""
    name, desk = shop.desk(asked.model)
    model = desk.model
    terms = Terms(asked.k, asked.where, tuple(asked.exclude_items), not asked.exclude_seen)
    with pointing(None if asked.where is None else "/where"):
        found = why_not(model, asked_of(shop, model, asked), asked.item_id, terms)
    return _told(name, model, asked.item_id, found)


def _told(name: str, model: Model, item: str, found: WhyNot) -> shapes.WhyNot:
    known = item in model.catalog.ids
    own = model.catalog.table.row(model.catalog.ids.row(item), named=True) if known else {}
    instead = [] if found.instead is None else found.instead.iter_rows()
    return shapes.WhyNot(
        model=name,
        item_id=item,
        title=str(own.get("title") or item),
        reason=found.reason,
        told=found.told,
        clauses=[
            shapes.Clause(clause=one.clause, values=_values(own, one.columns))
            for one in found.clauses
        ],
        rank=found.rank,
        open_items=found.open_items,
        score=found.score,
        needed=found.needed,
        instead=[shapes.Instead(item_id=i, title=t, rank=r) for i, t, r in instead],
        change=list(found.change),
    )


def _values(own: dict[str, object], columns: tuple[str, ...]) -> dict[str, Value]:
    return {column: plain(own[column]) for column in columns}
