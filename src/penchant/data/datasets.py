"""Public data sets by name: fetched once, checked, read as they were published."""

from collections.abc import Callable, Mapping
from pathlib import Path

from penchant.core import AssetError, UnknownName, Watcher, fetch
from penchant.data import makers
from penchant.data.dataset_assets import ASSETS
from penchant.data.mini_world import mini_world
from penchant.data.movielens_1m import movielens_1m
from penchant.data.words import Dataset

MAKERS: Mapping[str, Callable[[Path, str], Dataset]] = {
    "amazon-all-beauty-2018": makers.amazon_reviews,
    "anime": makers.anime,
    "beauty": makers.amazon_sequences,
    "book-crossing": makers.book_crossing,
    "diginetica": makers.diginetica,
    "games": makers.games,
    "lastfm-kg": makers.lastfm,
    "ml-100k": makers.movielens_100k,
    "ml-1m": movielens_1m,
    "ml-latest-small": makers.movielens_small,
    "sports": makers.amazon_sequences,
}
"""What reads each data set; where its files come from is in ``ASSETS``."""

TRIPLES = {"ml-100k": "ml-100k-triples"}
"""Data sets that are whole without their triples, and the assets that have those."""

DATASETS = (*sorted(MAKERS), "mini-world")
"""Names that :func:`load` knows."""


def load(name: str, *, watch: Watcher | None = None) -> Dataset:
    """A public data set.

    Args:
        name: One of :data:`DATASETS`, or ``mini-world``.
        watch: Is told of downloads and licences.

    Raises:
        UnknownName: There is no such data set.
        AssetError: Its files could not be had; the message says where to put them.

    >>> import penchant as pn
    >>> pn.data.load("mini-world").name
    'mini-world'
    """
    if name == "mini-world":
        return mini_world()
    if name not in MAKERS:
        raise UnknownName("data set", name, DATASETS)
    folder = fetch(ASSETS[name], watch)
    if name not in TRIPLES:
        return MAKERS[name](folder, name)
    try:
        triples = fetch(ASSETS[TRIPLES[name]], watch)
    except AssetError as error:
        if watch is not None:
            watch.note(f"{name} comes without triples: {error}")
        triples = None
    return makers.movielens_100k(folder, name, triples)
