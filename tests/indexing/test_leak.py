"""The probe flags numbers given along whole histories, and no others."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from coding_worlds import data_of

from penchant.core import Ragged, Run, UsageError
from penchant.data import leave_last_out, load
from penchant.indexing import (
    CategoryPaths,
    CollaborativeClusters,
    DigitIds,
    Hybrid,
    IndependentCodes,
    Sequential,
    probe_leak,
)

FOLDER = Path(
    os.environ.get("PENCHANT_DATA", Path(__file__).parents[3] / "shared" / "data")
).absolute()
ORDERS = ["given", "short-to-long", "long-to-short", "random"]


def sparse_world(n_people=600, n_items=1500, length=6):
    """Everybody chooses six items at random: nothing can be learned of what comes next."""
    rng = np.random.default_rng(0)
    return data_of(n_items, [rng.choice(n_items, length, replace=False) for _ in range(n_people)])


@pytest.fixture(scope="module")
def world():
    data = sparse_world()
    return data, leave_last_out(data)


@pytest.mark.parametrize("people", ORDERS)
def test_numbers_given_along_whole_histories_are_flagged(world, people):
    data, split = world
    found = probe_leak(Sequential(people=people).code(data, Run()).index, split)
    assert found.outcome == "failed"
    assert found.figure > 0.05
    assert "training part" in found.explanation


@pytest.mark.parametrize(
    "scheme",
    [
        *(Sequential(people=people) for people in ORDERS),
        CollaborativeClusters(),
        CategoryPaths(),
        IndependentCodes(),
        Hybrid(first=Sequential(), second=IndependentCodes()),
    ],
    ids=lambda scheme: str(scheme)[:50],
)
def test_codes_made_from_training_events_pass(world, scheme):
    _, split = world
    assert probe_leak(scheme.code(split.train, Run()).index, split).outcome == "passed"


def test_a_catalogue_in_the_order_of_events_leaks_through_numbers_of_its_rows_alone(world):
    data, _ = world
    walked = data.events["item"].to_numpy()
    _, first = np.unique(walked, return_index=True)
    place = np.empty(len(data.catalog), int)
    order = walked[np.sort(first)]
    place[order] = np.arange(len(order))
    place[np.setdiff1d(np.arange(len(place)), order)] = np.arange(len(order), len(place))
    histories = [place[h] for h in np.split(walked, range(6, len(walked), 6))]
    split = leave_last_out(data_of(len(data.catalog), histories))
    for scheme in (DigitIds(), CategoryPaths(), IndependentCodes()):
        assert probe_leak(scheme.code(split.train, Run()).index, split).outcome == "passed"
    by_row = DigitIds(order="catalogue").code(split.train, Run()).index
    assert probe_leak(by_row, split).outcome == "failed"


@pytest.mark.parametrize(
    ("after", "outcome"), [(0, "passed"), (3, "passed"), (8, "warned"), (12, "failed")]
)
def test_how_often_the_next_code_must_be_right(after, outcome):
    n_people = 200
    data = data_of(4 * n_people, [range(4 * u, 4 * u + 4) for u in range(n_people)])
    split = leave_last_out(data)
    first, second = np.divmod(np.arange(4 * n_people), 4)
    codes = 2 * (second * n_people + first)  # what one person chose lies far apart
    for user in range(after):  # the held-out item stands right after the one before it
        codes[4 * user + 3] = codes[4 * user + 2] + 1
    index = IndependentCodes(spare=16 * n_people).code(split.train, Run()).index
    index = replace(index, codes=Ragged.of([[code] for code in codes]))
    assert probe_leak(index, split).outcome == outcome


def test_too_few_queries_are_said_to_be_too_few():
    split = leave_last_out(sparse_world(n_people=40))
    found = probe_leak(Sequential().code(split.train, Run()).index, split)
    assert (found.outcome, "too few" in found.explanation) == ("warned", True)


def test_a_foreign_index_is_refused(world):
    _, split = world
    index = IndependentCodes().code(data_of(3), Run()).index
    with pytest.raises(UsageError, match="another catalogue"):
        probe_leak(index, split)


@pytest.fixture(scope="module")
def beauty():
    if not (FOLDER / "amazon-p5").is_dir():
        pytest.skip(f"no amazon-p5 in {FOLDER}; set PENCHANT_DATA")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PENCHANT_DATA", str(FOLDER))
        return load("beauty")


@pytest.mark.parametrize("people", ["given", "random"])
def test_on_beauty_whole_histories_leak_and_training_histories_do_not(beauty, people):
    split, scheme = leave_last_out(beauty), Sequential(people=people)
    assert probe_leak(scheme.code(beauty, Run()).index, split).outcome == "failed"
    assert probe_leak(scheme.code(split.train, Run()).index, split).outcome == "passed"
