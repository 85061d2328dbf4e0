"""New items for a fitted model."""

from dataclasses import replace

from penchant.core import UsageError
from penchant.data import CanGrow, Catalog, read_catalog
from penchant.indexing import after_present
from penchant.models.model import Model


def with_items(model: Model, items: object) -> Model:
    """The model with more items after the present ones, recommendable at once; nothing is trained.

    >>> import polars as pl
    >>> import penchant as pn
    >>> from penchant.indexing import RandomCodes
    >>> quick = pn.Tiger(scheme=RandomCodes(), training=pn.Supervised(steps=5, batch_size=64))
    >>> model = pn.fit(quick, pn.data.mini_world())
    >>> grown = model.with_items(pl.DataFrame({"item": ["new"], "title": ["The New One"]}))
    >>> grown.recommend(history=[], k=1, where="title = 'The New One'")["item"][0]
    'new'

    Args:
        model: One whose method takes up items that nobody has chosen: ``Tiger``.
        items: A :class:`~penchant.data.Catalog`, or what
            :func:`~penchant.data.read_catalog` reads. Those that the model knows are left as they
            are there; columns that one side lacks are empty there.

    Raises:
        UsageError: The method cannot take up items, or no code is free for them.
        DataError: The items cannot be read.
    """
    newer = items if isinstance(items, Catalog) else read_catalog(items)
    if not isinstance(model.recommender, CanGrow):
        raise UsageError(
            f"{model.name} cannot take up items that nobody has chosen: fit again with a catalogue "
            "that has them, or use tiger"
        )
    catalog = after_present(model.catalog, newer)
    added = len(catalog) - len(model.catalog)
    known = len(newer) - added
    if known:
        model.run.watch.note(f"{known:,} of {len(newer):,} items are known already and stay")
    if not added:
        return model
    return replace(
        model, catalog=catalog, recommender=model.recommender.with_items(catalog, model.run)
    )
