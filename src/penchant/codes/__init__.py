"""Items as short codes, and the trie of all codes there are. Needs numpy only."""

from penchant.codes.index import ItemIndex, catalogue_fingerprint
from penchant.codes.joining import join_indexes
from penchant.codes.leaves import OpenLeaves
from penchant.codes.traces import CanTrace, HasIndex, Trace, TracedLevel
from penchant.codes.trie import Trie, build_trie
from penchant.codes.untaught import even_shares
from penchant.codes.words import check_segmentation, item_words, level_name

__all__ = [
    "CanTrace",
    "HasIndex",
    "ItemIndex",
    "OpenLeaves",
    "Trace",
    "TracedLevel",
    "Trie",
    "build_trie",
    "catalogue_fingerprint",
    "check_segmentation",
    "even_shares",
    "item_words",
    "join_indexes",
    "level_name",
]
