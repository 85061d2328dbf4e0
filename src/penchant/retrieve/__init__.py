"""Fusion of what several recommenders say."""

from penchant.retrieve.fusion import (
    Sample,
    best_weights,
    beyond,
    filled,
    listed_signal,
    ndcg_of,
    sample_signals,
    standardised,
)

__all__ = [
    "Sample",
    "best_weights",
    "beyond",
    "filled",
    "listed_signal",
    "ndcg_of",
    "sample_signals",
    "standardised",
]
