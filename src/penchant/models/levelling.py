"""Models that are measured together though items came between their fits."""

from collections.abc import Sequence

from penchant.models.heldout import same_catalogue
from penchant.models.model import Model
from penchant.models.stocking import Change, with_stock


def levelled(models: Sequence[Model]) -> list[Model]:
    """The models, each with all items that the one with the most of them knows.

    What a model did not know when it was fitted is taken up as :func:`with_stock` does: that is how
    it would answer while it is in use.

    >>> import penchant as pn
    >>> model = pn.fit(pn.Popular(), pn.data.mini_world())
    >>> newer = with_stock(model, [Change("new", {"title": "A Locked Room"})])
    >>> [len(one.catalog) for one in levelled([model, newer])]
    [151, 151]

    Raises:
        UsageError: Their items differ in more than that.
    """
    most = max((model.catalog for model in models), key=len)
    found = []
    for model in models:
        missing = most.table.filter(model.catalog.ids.rows(most.ids.series()) < 0)
        rows = missing.drop("id").to_dicts()
        fresh = [Change(item, row) for item, row in zip(missing["id"], rows, strict=True)]
        found.append(with_stock(model, fresh))
    same_catalogue(found)
    return found
