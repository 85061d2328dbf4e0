import polars as pl
import pytest

import penchant as pn
from penchant.backbones.code_decoder import Decoder
from penchant.core import DataError, UsageError
from penchant.indexing import ResidualKMeans, TextVectors

WORDS = ResidualKMeans(vectors=TextVectors(encoder=pn.HashedText()))
QUICK = pn.Tiger(
    scheme=WORDS,
    model=Decoder(dimension=32, layers=1),
    training=pn.Supervised(steps=20, batch_size=256),
)


@pytest.fixture(scope="module")
def model():
    return pn.fit(QUICK, pn.data.mini_world())


@pytest.fixture
def new(model):
    """Three items like the first three."""
    like = model.catalog.table.head(3)
    return like.with_columns(id=pl.Series(["new1", "new2", "new3"])).rename({"id": "item"})


def test_new_items_are_recommendable_at_once_and_the_old_ones_do_not_move(model, new, tmp_path):
    grown = model.with_items(new)
    assert len(grown.catalog) == len(model.catalog) + 3
    old = list(model.catalog.ids.series())
    found = grown.recommend(history=[], k=3, exclude=old)
    assert sorted(found["item"]) == ["new1", "new2", "new3"]
    before, after = (
        m.recommend(history=old[:4], k=5, exclude=["new1", "new2", "new3"]) for m in (model, grown)
    )
    assert after.equals(before)
    again = pn.load(grown.save(tmp_path / "grown"))
    assert again.recommend(history=["new2"], k=5).equals(grown.recommend(history=["new2"], k=5))


def test_known_items_stay_as_they_are(model, new):
    known = model.catalog.table.head(1).rename({"id": "item"}).with_columns(title=pl.lit("Other"))
    grown = model.with_items(pl.concat([known, new]))
    assert len(grown.catalog) == len(model.catalog) + 3
    assert grown.catalog.table["title"][0] == model.catalog.table["title"][0]
    assert model.with_items(known) is model


def test_what_cannot_take_up_items_says_so(new):
    counted = pn.fit(pn.Popular(), pn.data.mini_world())
    with pytest.raises(UsageError, match="Popular cannot take up items"):
        counted.with_items(new)


def test_a_catalogue_without_ids_is_refused(model):
    with pytest.raises(DataError, match="item"):
        model.with_items(
            pl.DataFrame({"name": ["x"], "words": ["y"]}),
        )
