"""Interactions and catalogues: the words, reading, checking, filtering, splitting."""

from penchant.data.answers import Rated, Written, event_texts, rated_cases, written_cases
from penchant.data.audit import CHECKS, Audit, audit
from penchant.data.audit_checks import Check, tied_events
from penchant.data.check import Finding, Findings, check
from penchant.data.check_alone import check_alone
from penchant.data.cold import split_cold_items, split_cold_users
from penchant.data.dataset_assets import ASSETS
from penchant.data.datasets import DATASETS, load
from penchant.data.describe import Description, describe
from penchant.data.filters import drop_duplicates, implicit, k_core, only_seen
from penchant.data.finding import ItemNames, find_ids
from penchant.data.folder import read_dataset, write_dataset
from penchant.data.holdout import cases_of, columns_of, hold_instants
from penchant.data.ids import Ids
from penchant.data.mapping_text import hint_as_text, read_mapping
from penchant.data.matrices import history_matrix, positive_events, positives, recency
from penchant.data.mini_world import mini_world
from penchant.data.nearness import (
    HasVectors,
    described_vectors,
    item_vectors,
    similar_by_vectors,
    unit_rows,
)
from penchant.data.parts import (
    HasParts,
    answered_in_time,
    fit_parts,
    fit_stages,
    forgetting,
    grown,
    restore_parts,
    state_of,
    with_parts,
)
from penchant.data.pictures import SplitTimes, long_tail, picture_split, timeline
from penchant.data.published import published_split
from penchant.data.read import ROLES_OF, guess, read, read_catalog
from penchant.data.read_guess import Guess, Layout, check_mapping
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
from penchant.data.several import Origins, join_datasets
from penchant.data.splits import Window, leave_last_out, split_ratio, split_time
from penchant.data.verbs import (
    CanExplain,
    CanFindSimilar,
    CanForget,
    CanGrow,
    CanRank,
    CanRate,
    CanScore,
    CanWrite,
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
    "ASSETS",
    "CHECKS",
    "DATASETS",
    "EVENT_SCHEMA",
    "ROLES",
    "ROLES_OF",
    "Audit",
    "CanExplain",
    "CanFindSimilar",
    "CanForget",
    "CanGrow",
    "CanRank",
    "CanRate",
    "CanScore",
    "CanWrite",
    "Cases",
    "Catalog",
    "Check",
    "Dataset",
    "Description",
    "Finding",
    "Findings",
    "Flag",
    "Guess",
    "HasParts",
    "HasVectors",
    "History",
    "Ids",
    "ItemNames",
    "Layout",
    "Method",
    "Origins",
    "People",
    "Queries",
    "Rankings",
    "Ranks",
    "Rated",
    "Recommender",
    "Split",
    "SplitTimes",
    "Window",
    "Written",
    "answered_in_time",
    "audit",
    "cases_of",
    "check",
    "check_alone",
    "check_mapping",
    "chunks",
    "columns_of",
    "count_ranks",
    "describe",
    "described_vectors",
    "drop_duplicates",
    "event_texts",
    "find_ids",
    "fit_parts",
    "fit_stages",
    "forgetting",
    "grown",
    "guess",
    "hint_as_text",
    "history_matrix",
    "hold_instants",
    "implicit",
    "item_vectors",
    "join_datasets",
    "joined",
    "k_core",
    "leave_last_out",
    "load",
    "long_tail",
    "mini_world",
    "only_seen",
    "open_items",
    "picture_split",
    "positive_events",
    "positives",
    "published_split",
    "ranks_by_score",
    "rated_cases",
    "read",
    "read_catalog",
    "read_dataset",
    "read_mapping",
    "recency",
    "recommend_by_score",
    "restore_parts",
    "similar_by_vectors",
    "split_cold_items",
    "split_cold_users",
    "split_ratio",
    "split_time",
    "state_of",
    "tie_order",
    "tied_events",
    "timeline",
    "top_k",
    "unit_rows",
    "with_parts",
    "write_dataset",
    "written_cases",
]
