"""Fusion of what several recommenders say, and search by words."""

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
from penchant.retrieve.hybrid import best_found, found_by, fused_scores
from penchant.retrieve.lexical import LexicalIndex, words_of

__all__ = [
    "LexicalIndex",
    "Sample",
    "best_found",
    "best_weights",
    "beyond",
    "filled",
    "found_by",
    "fused_scores",
    "listed_signal",
    "ndcg_of",
    "sample_signals",
    "standardised",
    "words_of",
]
