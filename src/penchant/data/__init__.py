"""Interactions and catalogues: the words, reading, checking, filtering, splitting."""

from penchant.data.cold import split_cold_items, split_cold_users
from penchant.data.datasets import DATASETS, load
from penchant.data.ids import Ids
from penchant.data.matrices import history_matrix, positives, recency
from penchant.data.mini_world import mini_world
from penchant.data.published import published_split
from penchant.data.scoring import (
    chunks,
    count_ranks,
    joined,
    open_items,
    ranks_by_score,
    recommend_by_score,
    tie_order,
    top_k,
)
from penchant.data.splits import Window, leave_last_out, split_ratio, split_time
from penchant.data.verbs import (
    CanExplain,
    CanFindSimilar,
    CanRank,
    CanScore,
    Method,
    Ranks,
    Recommender,
)
from penchant.data.words import (
    EVENT_SCHEMA,
    ROLES,
    Cases,
    Catalog,
    Dataset,
    Flag,
    History,
    People,
    Queries,
    Rankings,
    Split,
)

__all__ = [
    "DATASETS",
    "EVENT_SCHEMA",
    "ROLES",
    "CanExplain",
    "CanFindSimilar",
    "CanRank",
    "CanScore",
    "Cases",
    "Catalog",
    "Dataset",
    "Flag",
    "History",
    "Ids",
    "Method",
    "People",
    "Queries",
    "Rankings",
    "Ranks",
    "Recommender",
    "Split",
    "Window",
    "chunks",
    "count_ranks",
    "history_matrix",
    "joined",
    "leave_last_out",
    "load",
    "mini_world",
    "open_items",
    "published_split",
    "positives",
    "ranks_by_score",
    "recency",
    "recommend_by_score",
    "split_cold_items",
    "split_cold_users",
    "split_ratio",
    "split_time",
    "tie_order",
    "top_k",
]
