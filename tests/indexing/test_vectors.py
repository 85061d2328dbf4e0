import numpy as np
import pytest
from coding_worlds import Notes, catalog_of, data_of, vectors_of

from penchant.backbones import HashedText
from penchant.core import DataError, Run, UsageError
from penchant.data import mini_world
from penchant.indexing import (
    CollaborativeVectors,
    GivenVectors,
    JoinedVectors,
    TextVectors,
    collaborative_vectors,
    item_texts,
    joined_vectors,
    read_vectors,
    write_vectors,
)

WORDS = TextVectors(encoder=HashedText(dimension=32))


def test_texts_say_what_the_catalogue_says():
    catalog = mini_world().catalog
    title = catalog.table["title"][0]
    assert item_texts(catalog)[0].startswith(title)
    assert catalog.table["categories"][0][0] in item_texts(catalog)[0]
    bare = type(catalog)(catalog.ids, catalog.table.select("id"))
    assert item_texts(bare) is None


def test_items_of_the_same_people_lie_close_together():
    data = mini_world()
    vectors = collaborative_vectors(data, 16, Run())
    assert vectors.shape == (len(data.catalog), 16)
    genre = data.catalog.table["categories"].list.last().to_numpy()
    alike = vectors @ vectors.T
    same = genre[:, None] == genre
    assert alike[same].mean() > alike[~same].mean() + 0.1


def test_joined_vectors_have_the_same_say():
    joined = joined_vectors(vectors_of(3, 4) * 100, vectors_of(3, 2))
    assert np.linalg.norm(joined[:, :4], axis=1) == pytest.approx(np.sqrt(0.5))


def test_an_item_of_which_nothing_is_said_has_no_vector():
    vectors = WORDS.of(data_of(3, title=["red shoe", None, "  "]), Run())
    assert (vectors != 0).any(1).tolist() == [True, False, False]


def test_without_texts_who_chose_the_items_stands_in_and_it_is_said():
    data, watch = data_of(3, [[0, 1], [1, 2]]), Notes()
    assert WORDS.chosen(data, Run(watch=watch)) == CollaborativeVectors()
    assert "no texts of items" in watch.notes[0]
    both = JoinedVectors(parts=(WORDS, CollaborativeVectors(dimension=2)))
    assert both.chosen(data, Run()).parts == (CollaborativeVectors(dimension=2),)
    alone = JoinedVectors(parts=(WORDS,)).chosen(data, Run())
    assert alone.parts == (CollaborativeVectors(),)


def test_new_items_have_what_is_known_without_events():
    data = data_of(4, [[0, 1], [1, 2]], title=["red shoe", "blue sky", "sea", "sea"])
    both = JoinedVectors(parts=(WORDS, CollaborativeVectors(dimension=5)))
    old, new = both.of(data, Run()), both.of_new(data.catalog, 3, Run())
    assert old.shape == (4, 37)
    assert new.shape == (1, 37)
    assert (new[0, 32:] == 0).all()
    assert new[0, :32] @ old[2, :32] > new[0, :32] @ old[0, :32]


@pytest.mark.parametrize("end", ["parquet", "safetensors", "npz"])
def test_given_vectors_are_found_by_item_id(tmp_path, end):
    path, vectors = tmp_path / f"vectors.{end}", np.eye(3, dtype=np.float32)
    if end == "npz":
        np.savez(path, ids=np.array(["i2", "nobody", "i0"]), vectors=vectors)
    else:
        write_vectors(path, ["i2", "nobody", "i0"], vectors)
    watch = Notes()
    found = GivenVectors(path=str(path)).of(data_of(3), Run(watch=watch))
    assert found.tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]
    assert "no vector for 1 of 3" in watch.notes[0]


def test_files_that_are_not_vectors_are_refused(tmp_path):
    ids = catalog_of(2).ids
    for name in ("none.parquet", "odd.txt"):
        with pytest.raises(DataError, match="no vectors to be read"):
            read_vectors(tmp_path / name, ids)
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match="one tensor for each item id"):
        read_vectors(torn, ids)
    write_vectors(tmp_path / "other.parquet", ["x"], vectors_of(1))
    with pytest.raises(DataError, match="none of the 2 items"):
        read_vectors(tmp_path / "other.parquet", ids)
    with pytest.raises(DataError, match=r"\.parquet or \.safetensors"):
        write_vectors(tmp_path / "vectors.csv", ["x"], vectors_of(1))
    np.savez(tmp_path / "nan.npz", ids=np.array(["i0"]), vectors=np.array([[np.nan]]))
    with pytest.raises(DataError, match="not finite"):
        read_vectors(tmp_path / "nan.npz", ids)


@pytest.mark.parametrize("make", [lambda: CollaborativeVectors(dimension=0), JoinedVectors])
def test_impossible_options_are_refused(make):
    with pytest.raises(UsageError, match="need at least"):
        make() if make is not JoinedVectors else JoinedVectors(parts=())
