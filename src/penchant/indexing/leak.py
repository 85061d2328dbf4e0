"""Does the order of codes know what is held out?

Numbers given along whole histories, as P5 gave them, name the held-out item right after the last
training item. The plain probe, predicting the codes after the last one, also finds what is honest:
numbers given along the training histories know that a second volume follows a first. So only those
queries are looked at whose answer never stood in a training history together with the last item.
There nobody can have learned that the one follows the other, and the next code should be right as
often as the one before.
"""

import numpy as np
from numpy.typing import NDArray

from penchant.codes import ItemIndex
from penchant.data import Cases, Check, Dataset, Split, history_matrix, positives
from penchant.indexing.scheme import Coded, events_fingerprint

FEWEST = 100
"""Queries that it takes to say something."""
SURE, UNSURE = 1e-3, 1e-2
"""Differences that are seen less often by chance fail, or are warned of."""


def probe_leak(index: ItemIndex, split: Split) -> Check:
    """Whether the code after that of the last item answers what nobody can have learned.

    Codes are compared in the order of the trie. Figure: the share of such queries answered by the
    next code, less the share answered by the one before. Failed: the next one is right more often,
    by the sign test at :data:`SURE`. Warned: perhaps more often, or too few queries
    to tell. What clusters or vectors learned from held-out events is not seen here, only order is.

    Raises:
        UsageError: The index is of another catalogue.
    """
    index.check_catalogue(split.train.catalog.ids.series())
    last, answer = _unlearned(split.test, split.train_and_valid)
    place = np.full(len(index), -1, np.int64)
    leaves = index.trie().leaf_items
    place[leaves] = np.arange(len(leaves))
    coded = (place[last] >= 0) & (place[answer] >= 0)
    ahead = place[answer[coded]] - place[last[coded]]
    after, before = int((ahead == 1).sum()), int((ahead == -1).sum())
    n = len(ahead)
    figure = (after - before) / max(1, n)
    said = (
        f"the next code is right {after:,} times and the one before {before:,} times, of {n:,} "
        "answers that no training history holds together with the last item"
    )
    chance = _chance(after, before)
    why = "codes were given along held-out events; make them from the training part"
    if chance < SURE:
        return Check("code-order", "failed", figure, f"{said}: {why}")
    if chance < UNSURE:
        return Check("code-order", "warned", figure, f"{said}: perhaps {why}")
    if n < FEWEST:
        return Check("code-order", "warned", figure, f"{said}: too few to tell")
    return Check("code-order", "passed", figure, said)


def check_events(coded: Coded, split: Split) -> Check:
    """Whether an index was made of the training part, or of the parts learned from after choosing.

    Warned: of anything else. That does no harm to codes that read no events: random, independent,
    titles, categories, vectors of texts.
    """
    made_of = {events_fingerprint(part): part.name for part in (split.train_and_valid, split.train)}
    if coded.events in made_of:
        return Check("made-of", "passed", None, f"it was made of {made_of[coded.events]}")
    why = "it was made of other events than the training part of this split"
    return Check("made-of", "warned", None, f"{why}: no harm if its scheme reads no events")


def _chance(after: int, before: int) -> float:
    """How often a fair coin falls so far to one side: the sign test."""
    from scipy.stats import binom  # scipy.stats takes 0.3 s to import

    return float(binom.sf(after - 1, after + before, 0.5))


def _unlearned(cases: Cases, known: Dataset) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The last item and the answer, of queries with one answer, never seen in one history."""
    items = cases.queries.histories.items
    rows = np.flatnonzero((cases.relevant.lengths == 1) & (items.lengths > 0))
    last = items.values[items.offsets[1:][rows] - 1]
    answer = cases.relevant.take(rows).values
    real = (last >= 0) & (last != answer)
    last, answer = last[real], answer[real]
    by_item = history_matrix(positives(known)[0], len(known.catalog)).T.tocsr()
    together = np.zeros(len(last))
    for start in range(0, len(last), 4096):
        part = slice(start, start + 4096)
        together[part] = by_item[last[part]].multiply(by_item[answer[part]]).sum(1).ravel()
    return last[together == 0], answer[together == 0]
