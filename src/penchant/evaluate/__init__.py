"""Metrics, intervals, tests, slices, reports; knows verbs, not methods."""

from penchant.evaluate.evaluate import CanRecommend, HoldsRecommender, evaluate
from penchant.evaluate.intervals import bootstrap_means, clusters_of, intervals
from penchant.evaluate.listed import Background, list_metrics
from penchant.evaluate.metrics import rank_metrics, ranks_in
from penchant.evaluate.names import DEFAULT, METRICS, Formula, Metric, parse_metrics
from penchant.evaluate.report import Costs, Report

__all__ = [
    "DEFAULT",
    "METRICS",
    "Background",
    "CanRecommend",
    "Costs",
    "Formula",
    "HoldsRecommender",
    "Metric",
    "Report",
    "bootstrap_means",
    "clusters_of",
    "evaluate",
    "intervals",
    "list_metrics",
    "parse_metrics",
    "rank_metrics",
    "ranks_in",
]
