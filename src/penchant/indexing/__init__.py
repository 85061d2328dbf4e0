"""The schemes that make codes out of what is known of items."""

from penchant.core import Kind
from penchant.indexing.quality import IndexReport, report_index
from penchant.indexing.quantizer import ResidualQuantizer, k_means
from penchant.indexing.schemes import Coded, RandomCodes, ResidualKMeans, Scheme
from penchant.indexing.vectors import collaborative_vectors, item_texts, joined_vectors

SCHEMES = {
    "random": "schemes:RandomCodes",
    "residual-kmeans": "schemes:ResidualKMeans",
}
"""Every scheme: its name in specs, and where it stands."""

SCHEME = Kind("scheme", "penchant.indexing", SCHEMES, Scheme)

__all__ = [
    "SCHEME",
    "SCHEMES",
    "Coded",
    "IndexReport",
    "RandomCodes",
    "ResidualKMeans",
    "ResidualQuantizer",
    "Scheme",
    "collaborative_vectors",
    "item_texts",
    "joined_vectors",
    "k_means",
    "report_index",
]
