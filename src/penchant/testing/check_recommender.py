"""What every method must keep to, as one function; also for methods of other packages."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from penchant.core import Kind, Ragged, Run, read_options, read_state, write_options, write_state
from penchant.data import (
    CanExplain,
    CanFindSimilar,
    CanRank,
    CanScore,
    Flag,
    History,
    Method,
    Queries,
    Rankings,
    Recommender,
    Split,
    leave_last_out,
    open_items,
)
from penchant.recommenders import KINDS
from penchant.testing.worlds import DAY, walking_world

TOLERANCE = 1e-4
"""Scores of one matrix product and of many differ in the last bits."""
K = 5


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """What the checks look at."""

    method: Method
    recommender: Recommender
    split: Split
    kinds: tuple[Kind, ...]
    run: Run

    @property
    def n_items(self) -> int:
        """Size of the catalogue."""
        return len(self.split.train.catalog)

    def queries(self) -> Queries:
        """Six rows: long, short, empty, one with an unknown item, one of only that, repeated."""
        items = Ragged.of([[2, 3, 4, 5], [7], [], [-1, 3], [-1], [8, 8, 9]])
        times = np.arange(1, 1 + len(items.values), dtype=np.int64) * DAY
        users = np.array([0, 1, 2, 3, -1, -1], np.int32)
        now = np.full(len(items), 100 * DAY, np.int64)
        return Queries(History(items, times), users, now)

    def ask(self, queries: Queries, k: int = K) -> Rankings:
        """The recommender's answer."""
        return self.recommender.recommend(queries, k, self.run)


def check_recommender(
    method: Method,
    *,
    learns: bool = True,
    kinds: tuple[Kind, ...] = KINDS,
    run: Run | None = None,
) -> None:
    """Fits a method on a tiny world and checks what every method promises.

    >>> from penchant.recommenders.markov import Markov
    >>> check_recommender(Markov())

    Args:
        method: With options that fit in seconds.
        learns: Whether it can learn that i1 follows i0, i2 follows i1 … ; Popular cannot.
        kinds: Tables of the values that its options may name; the first has the method.
        run: Seed and threads.

    Raises:
        AssertionError: A promise is broken; the message says which, and where.
    """
    used = run or Run(seed=7)
    split = leave_last_out(walking_world())
    recommender = method.fit(split.train, used, valid=split.valid)
    checked = Checked(method, recommender, split, kinds, used)
    for check in (*CHECKS, *([_learns_the_walk] if learns else [])):
        check(checked)


def _is_sound(answer: Rankings, queries: Queries, k: int, n_items: int, what: str) -> None:
    """Shape, order, padding, no repeats, only open items, and k of them whenever k are open."""
    items, scores = answer.items, answer.scores
    shape = (len(queries), k)
    assert items.shape == scores.shape == shape, (
        f"{what}: {items.shape}, {scores.shape} not {shape}"
    )
    assert items.dtype == np.int32, f"{what}: items are {items.dtype}, not int32"
    assert scores.dtype == np.float32, f"{what}: scores are {scores.dtype}, not float32"
    assert items.min(initial=-1) >= -1, f"{what}: an item below -1"
    assert items.max(initial=-1) < n_items, f"{what}: an item outside the catalogue"
    real = items >= 0
    assert (real[:, :-1] >= real[:, 1:]).all(), f"{what}: an item after padding"
    assert (np.isfinite(scores) == real).all(), f"{what}: scores must be nan exactly where padded"
    falling = ~real[:, 1:] | (scores[:, :-1] >= scores[:, 1:])
    assert falling.all(), f"{what}: scores rise in row {np.flatnonzero(~falling.all(1))[:1]}"
    mask = open_items(queries, n_items)
    rows, _ = np.nonzero(real)
    assert mask[rows, items[real]].all(), f"{what}: an item that was not open"
    shown = np.zeros((len(queries), n_items), np.int64)
    np.add.at(shown, (rows, items[real]), 1)
    assert shown.max(initial=0) <= 1, f"{what}: an item twice in a row"
    wanted = np.minimum(k, mask.sum(1))
    short = np.flatnonzero(real.sum(1) != wanted)
    assert not len(short), f"{what}: row {short[:1]} has fewer items than are open and asked for"


def _same(left: Rankings, right: Rankings, what: str) -> None:
    assert np.array_equal(left.items, right.items), f"{what}: other items"
    assert np.array_equal(left.scores, right.scores, equal_nan=True), f"{what}: other scores"


def _answers_are_sound(checked: Checked) -> None:
    n, queries = checked.n_items, checked.queries()
    _is_sound(checked.ask(queries), queries, K, n, "history allowed")
    unseen = queries.unseen()
    _is_sound(checked.ask(unseen), unseen, K, n, "history excluded")
    nobody = unseen.take(np.zeros(0, np.int64))
    _is_sound(checked.ask(nobody), nobody, K, n, "no queries")
    bare = Queries(History(queries.histories.items))
    _is_sound(checked.ask(bare), bare, K, n, "neither users nor times")


def _filters_are_kept(checked: Checked) -> None:
    n, queries = checked.n_items, checked.queries().unseen()
    even = replace(queries, allowed=np.arange(n) % 2 == 0)
    _is_sound(checked.ask(even), even, K, n, "allowed")
    nothing = replace(queries, allowed=np.zeros(n, np.bool_))
    _is_sound(checked.ask(nothing), nothing, K, n, "nothing allowed")
    pools = Ragged.of([[6, 1, 19], [0], [4, 5, 6, 7, 8, 9], [3, 2], [], [8, 10, 12, 14]])
    few = replace(queries, candidates=pools)
    _is_sound(checked.ask(few), few, K, n, "candidates")
    taken = replace(queries, excluded=Ragged.of([np.arange(row, n - 3) for row in range(6)]))
    _is_sound(checked.ask(taken), taken, K, n, "excluded")
    all_at_once = replace(few, allowed=even.allowed)
    _is_sound(checked.ask(all_at_once), all_at_once, K, n, "candidates, excluded and allowed")


def _asks_for_too_many(checked: Checked) -> None:
    queries, k = checked.queries().unseen(), checked.n_items + 3
    answer = checked.ask(queries, k)
    _is_sound(answer, queries, k, checked.n_items, "k larger than the catalogue")
    assert answer.flags is not None, "k larger than the catalogue: no flags"
    assert (answer.flags & Flag.SHORT).all(), "k larger than the catalogue: not flagged SHORT"


def _batch_equals_singles(checked: Checked) -> None:
    queries = checked.queries().unseen()
    batch = checked.ask(queries)
    for row in range(len(queries)):
        single = checked.ask(queries.take(np.array([row])))
        mine, alone = batch.scores[row], single.scores[0]
        near = np.allclose(mine, alone, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
        assert near, f"batch and single: row {row} has other scores ({mine} and {alone})"
        moved = batch.items[row] != single.items[0]
        assert _ties(mine)[moved].all(), f"batch and single: row {row} has other items"


def _ties(scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where a score is as good as its neighbour's; the last one may tie with what is not shown."""
    close = np.abs(np.diff(scores)) <= TOLERANCE * (1 + np.abs(scores[1:]))
    ties = np.ones(len(scores), np.bool_)
    ties[:-1] = close
    ties[1:] |= close
    return ties


def _repeats_itself(checked: Checked) -> None:
    queries, run = checked.queries().unseen(), checked.run
    before = checked.ask(queries)
    _same(before, checked.ask(queries), "asked twice")
    again = checked.method.fit(checked.split.train, run, valid=checked.split.valid)
    _same(before, again.recommend(queries, K, run), "fitted twice with one seed")


def _leaves_queries_alone(checked: Checked) -> None:
    queries = replace(checked.queries().unseen(), allowed=np.arange(checked.n_items) > 0)
    before = [queries.histories.items.values.copy(), _excluded(queries).copy()]
    checked.ask(queries)
    assert np.array_equal(before[0], queries.histories.items.values), "the histories were changed"
    assert np.array_equal(before[1], _excluded(queries)), "the exclusions were changed"
    assert queries.allowed is not None
    assert queries.allowed.sum() == checked.n_items - 1, "the filter was changed"


def _excluded(queries: Queries) -> NDArray[np.int32]:
    return np.zeros(0, np.int32) if queries.excluded is None else queries.excluded.values


def _comes_back_from_disk(checked: Checked) -> None:
    queries, run = checked.queries().unseen(), checked.run
    with tempfile.TemporaryDirectory() as folder:
        write_state(checked.recommender.state(), Path(folder), "checked")
        state = read_state(Path(folder), "checked")
        method: Method = checked.recommender.method
        restored = method.restore(state, checked.split.train.catalog, run)
        _same(checked.ask(queries), restored.recommend(queries, K, run), "restored from its state")
        assert restored.method == method, "restored with other options"


def _goes_through_json(checked: Checked) -> None:
    for method in (checked.method, checked.recommender.method):
        assert hash(method) == hash(replace(method)), "the method does not hash by its options"
        name = checked.kinds[0].find(method)
        assert name is not None, f"JSON round trip: {method} is in no table; give its kinds="
        text = json.dumps(write_options(method, checked.kinds), allow_nan=False)
        back = read_options(json.loads(text), checked.kinds[0], checked.kinds)
        assert back == method, f"JSON round trip: {back} is not {method}"


def _other_verbs_agree(checked: Checked) -> None:
    recommender, queries = checked.recommender, checked.queries().unseen()
    answer, n = checked.ask(queries), checked.n_items
    if isinstance(recommender, CanScore):
        scores = recommender.score(queries, checked.run)
        assert scores.shape == (len(queries), n), f"score: {scores.shape}"
        assert np.isfinite(scores).all(), "score: not finite"
    if isinstance(recommender, CanRank):
        first = Ragged(answer.items[:, 0].copy(), np.arange(len(queries) + 1, dtype=np.int64))
        ranks = recommender.ranks(queries, first, checked.run)
        assert (ranks.above == 0).all(), "ranks: what is shown first does not stand first"
        assert np.array_equal(ranks.open, open_items(queries, n).sum(1)), "ranks: open items"
    if isinstance(recommender, CanExplain):
        added = recommender.evidence(queries, answer.items[:, 0], checked.run)
        assert added.shape == queries.histories.items.values.shape, "evidence: one value an event"
        assert np.isfinite(added).all(), "evidence: not finite"
    if isinstance(recommender, CanFindSimilar):
        items = np.array([3, 9], np.int32)
        near = recommender.similar(items, K, checked.run)
        assert not (near.items == items[:, None]).any(), "similar: an item is like itself"
        assert near.items.shape == (2, K), f"similar: {near.items.shape}"


def _learns_the_walk(checked: Checked) -> None:
    starts = np.arange(1, checked.n_items - 5)
    queries = Queries(History(Ragged.of([np.arange(s, s + 3) for s in starts]))).unseen()
    answer = checked.ask(queries, 3)
    found = (answer.items == (starts + 3)[:, None]).any(1).mean()
    assert found >= 0.75, f"everybody goes one on, and only {found:.0%} of the top 3 say so"


CHECKS: tuple[Callable[[Checked], None], ...] = (
    _leaves_queries_alone,
    _answers_are_sound,
    _filters_are_kept,
    _asks_for_too_many,
    _batch_equals_singles,
    _repeats_itself,
    _comes_back_from_disk,
    _goes_through_json,
    _other_verbs_agree,
)
