"""Metrics, intervals, tests, slices, reports; knows verbs, not methods."""

import sys
from types import ModuleType

from penchant.evaluate.answered import cases_for, slices_of
from penchant.evaluate.costs import Costs
from penchant.evaluate.evaluate import evaluate, with_sampled_candidates
from penchant.evaluate.fallbacks import Fallbacks, degraded_rows
from penchant.evaluate.frames import metrics_of_lists
from penchant.evaluate.intervals import bootstrap_means, clusters_of, intervals
from penchant.evaluate.listed import Background, list_metrics
from penchant.evaluate.measured import CanRecommend, HoldsRecommender
from penchant.evaluate.metrics import rank_metrics, ranks_in
from penchant.evaluate.names import (
    DEFAULT,
    DEFAULT_OF_RATINGS,
    DEFAULT_OF_TEXTS,
    METRICS,
    Formula,
    Metric,
    parse_metrics,
)
from penchant.evaluate.report import Report
from penchant.evaluate.significance import bootstrap_p, holm, permutation_p
from penchant.evaluate.slices import (
    group_order,
    slice_columns,
    with_item_column,
    with_popularity,
    with_user_column,
)
from penchant.evaluate.texts import bleu, rouge
from penchant.evaluate.vectors import ranks_of_vectors

__all__ = [
    "DEFAULT",
    "DEFAULT_OF_RATINGS",
    "DEFAULT_OF_TEXTS",
    "METRICS",
    "Background",
    "CanRecommend",
    "Costs",
    "Fallbacks",
    "Formula",
    "HoldsRecommender",
    "Metric",
    "Report",
    "bleu",
    "bootstrap_means",
    "bootstrap_p",
    "cases_for",
    "clusters_of",
    "degraded_rows",
    "evaluate",
    "group_order",
    "holm",
    "intervals",
    "list_metrics",
    "metrics_of_lists",
    "parse_metrics",
    "permutation_p",
    "rank_metrics",
    "ranks_in",
    "ranks_of_vectors",
    "rouge",
    "slice_columns",
    "slices_of",
    "with_item_column",
    "with_popularity",
    "with_sampled_candidates",
    "with_user_column",
]


class _Callable(ModuleType):
    # The package and its verb share a name: `pn.evaluate(…)` is the verb, also once the package
    # is loaded and Python has put it in the verb's place.
    __call__ = staticmethod(evaluate)


sys.modules[__name__].__class__ = _Callable
