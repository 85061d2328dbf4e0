"""The schemes that make codes out of what is known of items."""

from penchant.indexing.category import CategoryPaths
from penchant.indexing.collaborative import CollaborativeClusters
from penchant.indexing.folder import GivenIndex, after_present, read_index, write_index
from penchant.indexing.holding import index_of, tells_apart, tracer_of
from penchant.indexing.hybrid import Hybrid
from penchant.indexing.independent import IndependentCodes
from penchant.indexing.item_vectors import (
    VECTORS,
    CollaborativeVectors,
    GivenVectors,
    ItemVectors,
    JoinedVectors,
    TextVectors,
)
from penchant.indexing.leak import check_events, probe_leak
from penchant.indexing.numbering import ByPopularity, ByTime, DigitIds, Sequential
from penchant.indexing.positions import Positions, place_items
from penchant.indexing.quality import IndexReport, PrefixGroup, prefix_groups, report_index
from penchant.indexing.quantizer import ResidualQuantizer, k_means
from penchant.indexing.random_codes import RandomCodes
from penchant.indexing.residual import BalancedResidualKMeans, ResidualKMeans
from penchant.indexing.rqvae import RQVAE
from penchant.indexing.scheme import KINDS, SCHEME, SCHEMES, Coded, Scheme
from penchant.indexing.title import TitleWords
from penchant.indexing.tree import BranchSummary, CodeTree
from penchant.indexing.vector_files import read_vectors, write_vectors
from penchant.indexing.vectors import collaborative_vectors, item_texts, joined_vectors

__all__ = [
    "KINDS",
    "RQVAE",
    "SCHEME",
    "SCHEMES",
    "VECTORS",
    "BalancedResidualKMeans",
    "BranchSummary",
    "ByPopularity",
    "ByTime",
    "CategoryPaths",
    "CodeTree",
    "Coded",
    "CollaborativeClusters",
    "CollaborativeVectors",
    "DigitIds",
    "GivenIndex",
    "GivenVectors",
    "Hybrid",
    "IndependentCodes",
    "IndexReport",
    "ItemVectors",
    "JoinedVectors",
    "Positions",
    "PrefixGroup",
    "RandomCodes",
    "ResidualKMeans",
    "ResidualQuantizer",
    "Scheme",
    "Sequential",
    "TextVectors",
    "TitleWords",
    "after_present",
    "check_events",
    "collaborative_vectors",
    "index_of",
    "item_texts",
    "joined_vectors",
    "k_means",
    "place_items",
    "prefix_groups",
    "probe_leak",
    "read_index",
    "read_vectors",
    "report_index",
    "tells_apart",
    "tracer_of",
    "write_index",
    "write_vectors",
]
