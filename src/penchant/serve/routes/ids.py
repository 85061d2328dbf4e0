"""Items as codes: the tree, the path of an item, the map, beams that lived and died."""

from functools import partial
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool

from penchant.codes import Trace, TracedLevel
from penchant.indexing import (
    BranchSummary,
    CodeTree,
    index_of,
    place_items,
    report_index,
    tells_apart,
    tracer_of,
)
from penchant.models import Model, narrowed
from penchant.models.asking import notes_of
from penchant.serve.cursors import LONGEST, cursor_at, place_of
from penchant.serve.guard.access import Holding, read
from penchant.serve.guard.few import one_of_few
from penchant.serve.problems import Problem, no_item, pointing
from penchant.serve.shapes.ids import (
    Beam,
    BeamLevel,
    BeamsAnswer,
    BeamsRequest,
    Branch,
    Example,
    IdMap,
    IdScheme,
    ItemPath,
    MapPoint,
    Prefix,
    Tree,
)
from penchant.serve.shapes.recommending import Recommended
from penchant.serve.shapes.words import Id, PathId
from penchant.serve.shop import Shop
from penchant.serve.whom import asked_of

router = APIRouter(prefix="/v1/ids", tags=["ids"], dependencies=[read])
ModelName = Annotated[Id | None, Query(description="Else the active one.")]


@router.get("")
def schemes(shop: Holding) -> list[IdScheme]:
    """The models whose items have codes, and how good these are."""
    found = []
    for name in shop.names:
        model = shop.desk(name)[1].model
        if index_of(model.recommender) is not None:
            made = partial(_scheme, name, model)
            found.append(shop.looking.once(("scheme", name), model.recommender, made))
    return found


@router.get("/tree", dependencies=[one_of_few])
def tree(
    shop: Holding,
    prefix: Annotated[Prefix, Query()] = "",
    model: ModelName = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=LONGEST)] = None,
) -> Tree:
    """A node and its children: how many items, which words their titles share, some of them."""
    name, desk = shop.desk(model)
    found = shop.looking.tree(name, desk.model)
    codes = _codes(prefix)
    node = _node(found, codes)
    nodes = found.child_nodes(codes)
    start = place_of(cursor, "tree", name, prefix)
    more = len(nodes) > start + limit
    first, last = found.trie.interval(node)
    return Tree(
        model=name,
        prefix=prefix,
        path=[_branch(one, desk.model) for one in found.path(codes)],
        items=last - first,
        children=[
            _branch(found.branch(int(child)), desk.model) for child in nodes[start : start + limit]
        ],
        cursor=cursor_at(start + limit, "tree", name, prefix) if more else None,
    )


@router.get("/items/{item_id}")
def item_path(item_id: PathId, shop: Holding, model: ModelName = None) -> ItemPath:
    """The codes of an item, and what begins like it at each of them."""
    name, desk = shop.desk(model)
    found = shop.looking.tree(name, desk.model)
    catalog = desk.model.catalog
    if item_id not in catalog.ids:
        raise no_item(item_id, "#/item_id")
    row = catalog.ids.row(item_id)
    codes = found.index.codes[row].tolist()
    return ItemPath(
        model=name,
        item_id=item_id,
        title=_titles(desk.model, [row])[0],
        codes=codes,
        path=[_branch(one, desk.model) for one in found.path(codes)],
    )


@router.get("/map", dependencies=[one_of_few])
def positions(
    shop: Holding,
    model: ModelName = None,
    limit: Annotated[int, Query(ge=2, le=2_000)] = 1_000,
) -> IdMap:
    """Items in two dimensions: the first principal components of what the model knows of them."""
    name, desk = shop.desk(model)
    key = ("map", name, limit)
    with pointing("#/model", "name a model in 'model' that has codes or vectors, such as tiger"):
        return shop.looking.once(key, desk.model.recommender, lambda: _map(name, desk.model, limit))


@router.post("/beams", dependencies=[one_of_few])
async def beams(asked: BeamsRequest, shop: Holding) -> BeamsAnswer:
    """The ways that a model followed to its answers, code by code, and those that it gave up."""
    name, desk = shop.desk(asked.model)
    tree = await run_in_threadpool(shop.looking.tree, name, desk.model, "/model")
    return await run_in_threadpool(_beams, asked, tree, name, shop)


def _beams(asked: BeamsRequest, tree: CodeTree, name: str, shop: Shop) -> BeamsAnswer:
    model = shop.desk(name)[1].model
    tracer = tracer_of(model.recommender)
    if tracer is None:
        raise Problem(
            422,
            f"{model.name} ({name}) cannot tell the ways that it followed",
            code="cannot",
            pointer="/model",
            hint="name a model in 'model' of which GET /v1/ids says beams: true",
        )
    who = asked_of(shop, model, asked)
    with pointing(None if asked.where is None else "/where"):
        queries, unknown = narrowed(
            model.catalog,
            who.queries,
            where=asked.where,
            exclude=asked.exclude_items,
            again=not asked.exclude_seen,
        )
    trace = tracer.trace(queries, asked.k, model.run, beams=asked.beams, died=asked.died)
    return BeamsAnswer(
        model=name,
        beams=trace.beams,
        levels=[_level(at, level, tree) for at, level in enumerate(trace.levels)],
        items=_items(trace, tree, model, asked.k),
        notes=notes_of(who.unknown_users, [*who.unknown_items, *unknown]),
    )


def _items(trace: Trace, tree: CodeTree, model: Model, k: int) -> list[Recommended]:
    """What the last ways lead to."""
    if not trace.levels:
        return []
    last = trace.levels[-1]
    places = np.flatnonzero(last.lived)[:k]
    rows = tree.trie.leaf_items[tree.trie.first[last.nodes[places]]]
    ids, titles = model.catalog.ids.names(rows), _titles(model, rows.tolist())
    return [
        Recommended(item_id=item, title=title, rank=at + 1, score=float(last.log_probs[place]))
        for at, (item, title, place) in enumerate(zip(ids, titles, places, strict=True))
    ]


def _level(at: int, level: TracedLevel, tree: CodeTree) -> BeamLevel:
    shown = []
    for place, node in enumerate(level.nodes.tolist()):
        branch = tree.branch(node)
        parent = tree.prefix(int(level.parents[place]))
        shown.append(
            Beam(
                prefix=_text(branch.prefix),
                parent=_text(parent),
                label=branch.label,
                log_probability=float(level.log_probs[place]),
                step=float(level.gained[place]),
                items=branch.items,
                lived=bool(level.lived[place]),
                words=list(branch.words),
            )
        )
    return BeamLevel(level=at + 1, beams=shown, considered=level.considered)


def _scheme(name: str, model: Model) -> IdScheme:
    index = index_of(model.recommender)
    assert index is not None  # asked before
    told = report_index(index, tells_apart=tells_apart(model.recommender))
    return IdScheme(
        model=name,
        scheme=index.scheme,
        levels=index.depth,
        widths=list(index.widths),
        items=told.n_items,
        without_codes=told.without_codes,
        collisions=told.collisions,
        most_alike=told.most_alike,
        usage=list(told.usage),
        perplexity=list(told.perplexity),
        prefixes=list(told.prefixes),
        beams=tracer_of(model.recommender) is not None,
    )


def _map(name: str, model: Model, limit: int) -> IdMap:
    placed = place_items(model.recommender, len(model.catalog), model.run, most=limit)
    index = index_of(model.recommender)
    rows = placed.items.tolist()
    first = [None] * len(rows) if index is None else [_first(index.codes[row]) for row in rows]
    ids, titles = model.catalog.ids.names(placed.items), _titles(model, rows)
    points = [
        MapPoint(item_id=item, title=title, x=float(x), y=float(y), first_code=code)
        for item, title, (x, y), code in zip(ids, titles, placed.places, first, strict=True)
    ]
    return IdMap(
        model=name,
        made_of=placed.made_of,
        explained=list(placed.explained),
        items=len(model.catalog),
        points=points,
    )


def _first(codes: "np.ndarray[tuple[int], np.dtype[np.int32]]") -> int | None:
    return int(codes[0]) if len(codes) else None


def _branch(one: BranchSummary, model: Model) -> Branch:
    ids = model.catalog.ids.names(list(one.examples))
    titles = _titles(model, list(one.examples))
    return Branch(
        prefix=_text(one.prefix),
        code=one.prefix[-1],
        label=one.label,
        items=one.items,
        leaf=one.leaf,
        words=list(one.words),
        examples=[Example(item_id=i, title=t) for i, t in zip(ids, titles, strict=True)],
    )


def _titles(model: Model, rows: list[int]) -> list[str]:
    return model.catalog.titles(np.array(rows, np.int64))


def _node(tree: CodeTree, codes: tuple[int, ...]) -> int:
    if codes and max(codes) >= tree.index.vocabulary:
        told, hint = f"no code {max(codes)}", "go down from the root: leave prefix out"
        raise Problem(404, told, code="prefix", pointer="#/prefix", hint=hint)
    found = int(tree.trie.walk(np.array([codes], np.int64))[0]) if codes else 0
    if found < 0:
        raise Problem(
            404,
            f"no item begins with the codes {_text(codes)}",
            code="prefix",
            pointer="#/prefix",
            hint="go down from the root: leave prefix out",
        )
    return found


def _codes(prefix: str) -> tuple[int, ...]:
    return tuple(int(code) for code in prefix.split(".")) if prefix else ()


def _text(codes: tuple[int, ...]) -> str:
    return ".".join(map(str, codes))
