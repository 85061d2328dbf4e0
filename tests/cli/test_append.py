import json

import polars as pl
import pytest
from typer.testing import CliRunner

import penchant as pn
from penchant.backbones.code_decoder import Decoder
from penchant.cli.main import app
from penchant.indexing import RandomCodes


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    quick = pn.Tiger(
        scheme=RandomCodes(),
        model=Decoder(dimension=16, layers=1, heads=1, feed_forward=16),
        training=pn.Supervised(steps=5, batch_size=64),
    )
    folder = tmp_path_factory.mktemp("models") / "tiger"
    return pn.fit(quick, pn.data.mini_world()).save(folder)


def test_new_items_join_a_saved_model(model, tmp_path):
    items = tmp_path / "new.csv"
    items.write_text("sku,title\nn1,One\nn2,Two\n")
    words = ["append", "-m", model, "--items", items, "--map", "item=sku", "--out", tmp_path / "m"]
    done = CliRunner().invoke(app, [*map(str, words), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["added"] == 2
    ids = pl.read_parquet(tmp_path / "m" / "catalog.parquet")["id"]
    assert ids.tail(2).to_list() == ["n1", "n2"]


def test_a_file_that_is_no_catalogue_is_refused_and_nothing_changes(model, tmp_path):
    items = tmp_path / "new.csv"
    items.write_text("")
    before = (model / "MANIFEST.json").read_bytes()
    done = CliRunner().invoke(app, ["append", "-m", str(model), "--items", str(items)])
    assert done.exit_code == 3
    assert "new.csv" in done.output
    assert (model / "MANIFEST.json").read_bytes() == before
