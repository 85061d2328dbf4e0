"""The schemes that make codes out of what is known of items."""

from penchant.indexing.item_vectors import (
    VECTORS,
    CollaborativeVectors,
    GivenVectors,
    ItemVectors,
    JoinedVectors,
    TextVectors,
)
from penchant.indexing.quality import IndexReport, report_index
from penchant.indexing.quantizer import ResidualQuantizer, k_means
from penchant.indexing.random_codes import RandomCodes
from penchant.indexing.residual import ResidualKMeans
from penchant.indexing.scheme import KINDS, SCHEME, SCHEMES, Coded, Scheme
from penchant.indexing.vector_files import read_vectors, write_vectors
from penchant.indexing.vectors import collaborative_vectors, item_texts, joined_vectors

__all__ = [
    "KINDS",
    "SCHEME",
    "SCHEMES",
    "VECTORS",
    "Coded",
    "CollaborativeVectors",
    "GivenVectors",
    "IndexReport",
    "ItemVectors",
    "JoinedVectors",
    "RandomCodes",
    "ResidualKMeans",
    "ResidualQuantizer",
    "Scheme",
    "TextVectors",
    "collaborative_vectors",
    "item_texts",
    "joined_vectors",
    "k_means",
    "read_vectors",
    "report_index",
    "write_vectors",
]
