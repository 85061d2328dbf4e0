"""The check finds what it is there to find: each broken promise is named."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
import pytest

from penchant.core import State
from penchant.data import Method, Rankings, recommend_by_score
from penchant.testing import check_recommender, walking_world

Break = Literal[
    "nothing", "order", "repeat", "history", "short", "type", "draw", "restore", "changes", "learn"
]


@dataclass(frozen=True, kw_only=True)
class Walker:
    """Says i + 1 after i, and breaks one promise."""

    broken: Break = "nothing"
    shift: int = 1

    def fit(self, data, run, *, valid=None):
        return WalkerRecommender(self, len(data.catalog))

    def restore(self, state, catalog, run):
        method = replace(self, shift=-1) if self.broken == "restore" else self
        return WalkerRecommender(method, len(catalog))


DRAWS = np.random.default_rng(0)
"""What a method must not draw from."""


@dataclass(frozen=True, eq=False)
class WalkerRecommender:
    method: Walker
    n_items: int

    def score(self, queries, run):
        last = queries.histories.items.padded(1)[:, 0]
        distance = np.abs(np.arange(self.n_items) - last[:, None] - self.method.shift)
        return (distance if self.method.broken == "learn" else -distance).astype(np.float32)

    def recommend(self, queries, k, run):
        broken = self.method.broken
        asked = replace(queries, excluded=None) if broken == "history" else queries
        answer = recommend_by_score(self, asked, k, run, self.n_items)
        return BREAKS[broken](answer, queries)

    def state(self):
        return State()


def rising(answer: Rankings, queries) -> Rankings:
    return replace(answer, scores=answer.scores[:, ::-1].copy())


def repeated(answer: Rankings, queries) -> Rankings:
    items = answer.items.copy()
    items[:, 1:2] = np.where(items[:, 1:2] >= 0, items[:, :1], -1)
    return replace(answer, items=items)


def shortened(answer: Rankings, queries) -> Rankings:
    items, scores = answer.items.copy(), answer.scores.copy()
    items[:, -1], scores[:, -1] = -1, np.nan
    return replace(answer, items=items, scores=scores)


def drawn(answer: Rankings, queries) -> Rankings:
    noise = np.float32(DRAWS.random() * 0.5)
    return replace(answer, scores=answer.scores + noise)


def changed(answer: Rankings, queries) -> Rankings:
    values = queries.histories.items.values
    values[2:3] = values[:1]
    return answer


def as_int64(answer: Rankings, queries) -> Rankings:
    return replace(answer, items=answer.items.astype(np.int64))


def as_it_is(answer: Rankings, queries) -> Rankings:
    return answer


BREAKS = {
    "nothing": as_it_is,
    "order": rising,
    "repeat": repeated,
    "history": as_it_is,
    "short": shortened,
    "type": as_int64,
    "draw": drawn,
    "restore": as_it_is,
    "changes": changed,
    "learn": as_it_is,
}


class Outside:
    """A kind of another package, whose table is loaded without importing by name."""

    tag = "method"
    table: ClassVar = {"walker": "Walker"}
    protocol = Method

    def load(self, name):
        return Walker

    def find(self, value):
        return "walker" if isinstance(value, Walker) else None


def test_a_sound_method_of_another_package_passes():
    check_recommender(Walker(), kinds=(Outside(),))


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ("order", "scores rise"),
        ("repeat", "twice in a row"),
        ("history", "not open"),
        ("short", "fewer items than are open"),
        ("type", "int64, not int32"),
        ("draw", "batch and single|asked twice"),
        ("restore", "restored"),
        ("changes", "histories were changed"),
        ("learn", "everybody goes one on"),
    ],
)
def test_a_broken_promise_is_named(broken, named):
    with pytest.raises(AssertionError, match=named):
        check_recommender(Walker(broken=broken), kinds=(Outside(),))


def test_a_method_outside_every_table_is_refused():
    with pytest.raises(AssertionError, match="JSON"):
        check_recommender(Walker())


def test_in_the_walking_world_every_step_is_one_on():
    data = walking_world()
    events = data.events
    same = events["user"].to_numpy()[1:] == events["user"].to_numpy()[:-1]
    steps = np.diff(events["item"].to_numpy())[same]
    assert (steps == 1).all()
    assert data.has_times
    assert len(data.catalog) == 20
