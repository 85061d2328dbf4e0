"""What the tools do: the same as the routes, with less to choose and cleaned texts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from penchant.language import redact
from penchant.models import Model, allowed_items, read_wish
from penchant.prompting import cleaned
from penchant.serve.agents.shapes import (
    AgentItem,
    AgentItems,
    Feedback,
    FoundItem,
    FoundItems,
    Reason,
)
from penchant.serve.problems import Problem, no_item
from penchant.serve.routes import events, recommend
from penchant.serve.shapes.recommending import (
    Answered,
    RecommendRequest,
    SimilarRequest,
)
from penchant.serve.shop import Shop

MOST_TEXT = 300
"""Characters of one column that an agent is told."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What one agent may ask."""

    shop: Shop
    user: str | None = None
    """The only person that it speaks for; ``None``: whoever it names"""

    def whom(self, user_id: str | None, history: list[str] | None) -> str | None:
        """The person who is spoken of.

        Raises:
            Problem: It is another one than the agent speaks for.
        """
        if self.user is None:
            return user_id
        if user_id not in (None, self.user):
            raise Problem(403, "these tools speak for another person alone", code="person")
        return None if history is not None else self.user


async def recommended(desk: Desk, asked: Mapping[str, object]) -> AgentItems:
    """As ``POST /v1/recommend``."""
    told = RecommendRequest.model_validate(asked)
    answer = await recommend.recommend(told, desk.shop)
    return _items(answer)


async def similar(desk: Desk, item_id: str, k: int) -> AgentItems:
    """As ``POST /v1/similar``."""
    answer = await recommend.similar(SimilarRequest(item_id=item_id, k=k), desk.shop)
    return _items(answer)


async def explained(desk: Desk, item_id: str, user: str | None, history: list[str]) -> Reason:
    """Why an item suits somebody: a sentence that is checked against what it cites."""
    shop = desk.shop
    name, one = shop.desk(None)
    model, deadline_s = one.model, shop.settings.deadline_s
    if item_id not in model.catalog.ids:
        raise no_item(item_id)

    def work() -> Reason:
        who = shop.request(model, user, None if user is not None else history, 1)
        advisor = shop.talks.advisor(name, model)
        with shop.talks.asking(deadline_s) as (run, _):
            run = replace(run, seed=model.run.seed)
            queries = advisor.queries(
                "", user=who.user, history=None if who.user is not None else who.history, again=True
            )
            advice = advisor.reason(queries, model.catalog.ids.row(item_id), run)
            text = " ".join(advice.sentences)
            rest = advice.evidence().rows(named=True)[1:]
        because = [AgentItem(item_id=row["item"], title=cleaned(row["title"])) for row in rest]
        return Reason(text=text, because=because, degraded=advisor.speaks and advice.degraded)

    return await shop.talks.do(work, deadline_s)


async def found(desk: Desk, query: str, where: str | None, k: int) -> FoundItems:
    """Items that have the words of a query; none that have not."""
    shop = desk.shop
    name, one = shop.desk(None)
    model = one.model
    wish = read_wish(redact(query).text, model.catalog)

    def work() -> FoundItems:
        advisor = shop.talks.advisor(name, model)
        queries = advisor.queries(wish.query, history=[], where=where, again=True)
        if wish.where is not None:
            allowed = allowed_items(model.catalog, wish.where)
            before = queries.allowed
            queries = replace(queries, allowed=allowed if before is None else allowed & before)
        rows = advisor.searched(queries, k, model.run)[0].tolist()
        return FoundItems(items=[_found(model, row) for row in rows], filter=wish.where)

    return await shop.talks.do(work, shop.settings.deadline_s)


async def taken(desk: Desk, event: Mapping[str, object]) -> Feedback:
    """As ``POST /v1/events``."""
    from fastapi.concurrency import run_in_threadpool

    answer = await run_in_threadpool(events.taken, [(1, dict(event))], desk.shop)
    if answer.rejected:
        raise Problem(422, answer.rejected[0].message, code=answer.rejected[0].code)
    return Feedback(accepted=answer.accepted, duplicate=answer.duplicate)


def told_of(model: Model, item_id: str) -> dict[str, object]:
    """All that is known of an item, cleaned.

    Raises:
        Problem: There is none.
    """
    if item_id not in model.catalog.ids:
        raise no_item(item_id)
    columns = model.catalog.table.row(model.catalog.ids.row(item_id), named=True)
    return {name: value if name == "id" else _clean(value) for name, value in columns.items()}


def _items(answer: Answered) -> AgentItems:
    return AgentItems(
        items=[
            AgentItem(item_id=item.item_id, title=cleaned(item.title), score=item.score)
            for item in answer.items
        ],
        recommendation_id=answer.recommendation_id,
        filter=None if answer.understood is None else answer.understood.where,
        degraded=answer.degraded,
        notes=answer.notes,
    )


def _found(model: Model, row: int) -> FoundItem:
    columns = model.catalog.table.row(row, named=True)
    item = str(columns.pop("id"))
    title = model.catalog.titles()[row]
    columns.pop("title", None)
    about = "; ".join(
        f"{name}: {_clean(value)}" for name, value in columns.items() if value is not None
    )
    return FoundItem(item_id=item, title=cleaned(title), about=about[:2_000])


def _clean(value: object) -> object:
    if isinstance(value, bool | int | float | None):
        return value
    if isinstance(value, list):
        return ", ".join(cleaned(str(one)) for one in value[:50])
    return cleaned(str(value), most=MOST_TEXT)
