"""Metrics of lists, worked by hand."""

from math import log2, nan

import numpy as np
import polars as pl
import pytest

from penchant.core import Ragged, UsageError
from penchant.data import EVENT_SCHEMA, Catalog, Dataset, Ids, People, Rankings
from penchant.evaluate import Background, list_metrics, parse_metrics
from penchant.evaluate.listed import coverage, gini, shown_counts


def rankings(rows: list[list[int]]) -> Rankings:
    return Rankings(np.array(rows, np.int32), np.zeros((len(rows), len(rows[0])), np.float32))


def value(name: str, shown: list[int], history: list[int], background: Background) -> float:
    (values,) = list_metrics(
        rankings([shown]), Ragged.of([history]), parse_metrics(name), background
    ).values()
    return float(values[0])


BACKGROUND = Background(
    np.array([4, 2, 1, 0]), 8, np.array([[1, 0], [0, 1], [1, 0], [0, 0]], np.float32)
)


@pytest.mark.parametrize(
    ("name", "shown", "history", "expected"),
    [
        ("novelty@2", [0, 1], [], (log2(8 / 4) + log2(8 / 2)) / 2),
        ("novelty@1", [0, 1], [], 1),
        ("novelty@2", [3, -1], [], 3),
        ("novelty@2", [-1, -1], [], nan),
        ("popularity_lift@2", [0, 1], [1, 2], 3 / 1.5 - 1),
        ("popularity_lift@2", [2, -1], [0], 1 / 4 - 1),
        ("popularity_lift@2", [0, 1], [], nan),
        ("popularity_lift@2", [0, 1], [3], nan),
        ("popularity_lift@2", [-1, -1], [0], nan),
        ("ild@2", [0, 1], [], 1),
        ("ild@2", [0, 2], [], 0),
        ("ild@3", [0, 1, 2], [], 2 / 3),
        ("ild@2", [0, 3], [], 1),
        ("ild@2", [0, -1], [], nan),
    ],
)
def test_metrics_of_lists(name, shown, history, expected):
    assert value(name, shown, history, BACKGROUND) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("counts", "covered", "inequality"),
    [
        ([1, 1, 1, 1], 1, 0),
        ([4, 0, 0, 0], 1 / 4, 3 / 4),
        ([0, 0], 0, nan),
        ([1, 3], 1, 1 / 4),
        ([], nan, nan),
    ],
)
def test_totals(counts, covered, inequality):
    counted = np.array(counts, np.int64)
    assert coverage(counted) == pytest.approx(covered, nan_ok=True)
    assert gini(counted) == pytest.approx(inequality, nan_ok=True)


def test_shown_counts_leave_padding_out():
    assert shown_counts(rankings([[0, 2, -1], [2, 1, 0]]), 2, 4).tolist() == [1, 1, 2, 0]


def test_ild_equals_the_mean_over_pairs():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(30, 5)).astype(np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    background = Background(np.ones(30, np.int64), 1, unit)
    shown = rng.permutation(30)[:7].tolist()
    pairs = [1 - unit[a] @ unit[b] for i, a in enumerate(shown) for b in shown[:i]]
    assert value("ild@7", shown, [], background) == pytest.approx(np.mean(pairs), abs=1e-6)


def test_background_counts_people_and_reads_categories():
    ids = ["a", "b", "c"]
    table = pl.DataFrame({"id": ids, "categories": [["x"], ["x", "y"], None]})
    events = pl.DataFrame(
        {"user": [0, 0, 1], "item": [0, 0, 0], "time": None, "rating": None, "kind": None},
        schema=dict(EVENT_SCHEMA),
    )
    people = People(Ids(["u", "v"]), pl.DataFrame({"id": ["u", "v"]}))
    background = Background.of(Dataset(Catalog(Ids(ids), table), people, events))
    assert background.people_of_item.tolist() == [2, 0, 0]
    assert background.n_people == 2
    assert value("ild@2", [0, 1], [], background) == pytest.approx(1 - 1 / np.sqrt(2))
    assert value("ild@2", [0, 2], [], background) == pytest.approx(1)


def test_ild_without_vectors_says_what_to_give():
    with pytest.raises(UsageError, match="vectors"):
        value("ild@2", [0, 1], [], Background(np.ones(2, np.int64), 1))
