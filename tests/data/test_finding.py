import numpy as np
import polars as pl
import pytest

from penchant.core import Run
from penchant.data import (
    Catalog,
    Ids,
    ItemNames,
    check_alone,
    described_vectors,
    find_ids,
    similar_by_vectors,
)

TABLE = pl.DataFrame(
    {
        "id": ["a-1", "b-2", "c-3", "d-4", "e-5"],
        "title": ["The Sea", "Sea Stars", "Seaside", "Mr. O'Hara: at sea", None],
        "categories": [["x", "y"], ["x"], ["z"], [], None],
    }
)
CATALOG = Catalog(Ids(TABLE["id"]), TABLE)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("sea", [2, 1, 0, 3]),
        ("SEA st", [1]),
        ("o hara", [3]),
        ("d-4", [3]),
        ("e", [4]),
        ("nothing", []),
        ("", [0, 1, 2, 3, 4]),
        ("?!", [0, 1, 2, 3, 4]),
    ],
)
def test_items_are_found_by_how_words_begin(words, expected):
    assert ItemNames.of(CATALOG).find(words).to_list() == expected


def test_people_are_found_by_a_part_of_their_id():
    ids = Ids(["u1", "u12", "v1"])
    assert find_ids(ids, "u1").to_list() == [0, 1]
    assert find_ids(ids, "").to_list() == [0, 1, 2]
    assert find_ids(ids, ".*").to_list() == []


def test_described_items_are_alike_by_categories_or_by_words():
    vectors = described_vectors(CATALOG, np.arange(5))
    alike = vectors @ vectors.T
    assert alike[0, 1] == pytest.approx(0.5**0.5)
    assert alike[0, 2] == 0
    assert np.abs(vectors[3:]).sum() == 0
    titles = Catalog(CATALOG.ids, TABLE.drop("categories"))
    words = described_vectors(titles, np.arange(4))
    assert (words @ words.T)[0, 1] == pytest.approx(0.5)


def test_the_nearest_vectors_come_first():
    vectors = np.array([[2, 0], [1, 1], [0, 3], [-1, 0]], np.float32)
    found = similar_by_vectors(vectors, np.array([0]), 3, Run())
    assert found.items.tolist() == [[1, 2, 3]]
    assert found.scores[0] == pytest.approx([0.5**0.5, 0.0, -1.0], abs=1e-6)


def test_a_catalogue_is_checked_before_there_is_a_log(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("item,title\ni1,A\n,B\n")
    found = check_alone(path, "items")
    assert not found.ok
    assert (found.findings[0].row, found.findings[0].column) == (3, "item")
    path.write_text("item,title\ni1,A\ni2,B\n")
    assert check_alone(path, "items").summary["items"] == 2
    path.write_text("user,age\nu1,3\n")
    assert check_alone(path, "people").ok
