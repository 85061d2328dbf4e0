"""From what is said of items to changes of the catalogue."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from penchant.data import Catalog
from penchant.models import Change, Model, how_it_grows, misfit
from penchant.serve.lineup import Lineup
from penchant.serve.problems import Problem, no_item
from penchant.serve.shapes.stock import ItemChanged, ItemIn, ItemRejected, ItemRow, ItemsChanged
from penchant.serve.stock import merged

RESERVED = ("id", "title")
MOST_STOCKED = 100_000
"""Items that the journal may hold: after that, an update job takes them into a model."""
Fate = Literal["created", "changed", "same", "deleted"]


def change(lineup: Lineup, item_id: str, asked: ItemIn, *, whole: bool) -> ItemChanged:
    """Puts or patches one item.

    Raises:
        Problem: A column cannot hold its value, or there is no such item to patch.
    """
    with lineup.restocking() as restock:
        model = lineup.desk(None)[1].model
        _refuse(model.catalog, asked)
        if not whole and not _is_there(model, item_id):
            hint = "PUT makes a new one"
            raise Problem(404, f"no item {item_id!r}", code="item", pointer="#/item_id", hint=hint)
        told, fate = _settled(lineup, model, _change_of(item_id, asked, whole=whole))
        restock([] if fate == "same" else [told])
    return ItemChanged(item_id=item_id, fate=fate, models=_models(lineup))


def remove(lineup: Lineup, item_id: str) -> ItemChanged:
    """Deletes one item.

    Raises:
        Problem: There is no such item.
    """
    with lineup.restocking() as restock:
        model = lineup.desk(None)[1].model
        if item_id not in model.catalog.ids and lineup.stock.get(item_id) is None:
            raise no_item(item_id, "#/item_id")
        there = _is_there(model, item_id)
        restock([Change(item_id, gone=True)] if there else [])
    fate: Fate = "deleted" if there else "same"
    return ItemChanged(item_id=item_id, fate=fate, models=_models(lineup))


def change_many(lineup: Lineup, rows: Sequence[ItemRow]) -> ItemsChanged:
    """Puts or deletes many; those that cannot be are told, the others are taken."""
    counts: dict[Fate, int] = dict.fromkeys(("created", "changed", "same", "deleted"), 0)
    rejected: list[ItemRejected] = []
    taken: dict[str, tuple[Change, Fate]] = {}
    with lineup.restocking() as restock:
        model = lineup.desk(None)[1].model
        for line, row in enumerate(rows, 1):
            try:
                _refuse(model.catalog, row)
            except Problem as problem:
                rejected.append(ItemRejected(line=line, code="invalid", message=problem.detail))
                continue
            if row.item_id in taken:
                told = f"item {row.item_id!r} stands twice in this request"
                rejected.append(ItemRejected(line=line, code="invalid", message=told))
                continue
            wanted = replace(_change_of(row.item_id, row, whole=True), gone=row.delete)
            taken[row.item_id] = _settled(lineup, model, wanted)
        if len(lineup.stock) + len(taken) > MOST_STOCKED:
            told = f"the journal holds {len(lineup.stock):,} of {MOST_STOCKED:,} items"
            hint = "fit on a catalogue that has them"
            raise Problem(409, told, code="full", hint=hint)
        restock([told for told, fate in taken.values() if fate != "same"])
    for _, fate in taken.values():
        counts[fate] += 1
    return ItemsChanged(**counts, rejected=rejected, models=_models(lineup))


def _change_of(item_id: str, asked: ItemIn, *, whole: bool) -> Change:
    columns = dict(asked.columns)
    if whole or "title" in asked.model_fields_set:
        columns["title"] = asked.title
    return Change(item_id, columns, whole)


def _settled(lineup: Lineup, model: Model, wanted: Change) -> tuple[Change, Fate]:
    before = lineup.stock.get(wanted.item)
    after = merged(before, wanted)
    there = _is_there(model, wanted.item)
    if wanted.gone:
        return after, "deleted" if there else "same"
    if after == before:
        return after, "same"
    return after, "changed" if there else "created"


def _refuse(catalog: Catalog, asked: ItemIn) -> None:
    for name in RESERVED:
        if name in asked.columns:
            told = f"columns may not hold {name!r}: it has a field of its own"
            raise Problem(422, told, code="invalid", pointer=f"/columns/{name}")
    title = {} if asked.title is None else {"title": asked.title}
    found = misfit(catalog, {**asked.columns, **title})
    if found is not None:
        name, why = found
        pointer = f"/columns/{name.replace('~', '~0').replace('/', '~1')}"
        raise Problem(422, why, code="invalid", pointer=pointer)


def _is_there(model: Model, item_id: str) -> bool:
    if item_id not in model.catalog.ids:
        return False
    return model.closed is None or not model.closed[model.catalog.ids.row(item_id)]


def _models(lineup: Lineup) -> dict[str, str]:
    return {name: how_it_grows(lineup.desk(name)[1].model) for name in lineup.names}
