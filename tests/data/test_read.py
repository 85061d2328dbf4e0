"""What read understands, and what it makes of it."""

import gzip
import io
import os
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from penchant.core import DataError, UsageError
from penchant.data import Layout, guess, read

S = 1_000_000
DATA = Path(os.environ.get("PENCHANT_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))


@pytest.fixture
def file(tmp_path: Path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def triples(data) -> set[tuple[str, str, int | None]]:
    users = data.people.ids.names(data.events["user"].to_numpy())
    items = data.catalog.ids.names(data.events["item"].to_numpy())
    return set(zip(users, items, data.events["time"].to_list(), strict=True))


EXPECTED = {("7", "12", 881250950 * S), ("7", "9", 881250949 * S), ("8", "9", 881250951 * S)}
ROWS = [("7", "12", "3", "881250950"), ("7", "9", "4", "881250949"), ("8", "9", "5", "881250951")]
FORMS = {
    "log.csv": "userId,movieId,rating,timestamp\n" + "\n".join(map(",".join, ROWS)),
    "log.tsv": "user\titem\tstars\tts\n" + "\n".join(map("\t".join, ROWS)),
    "log.txt": "user;item;stars;ts\n" + "\n".join(map(";".join, ROWS)),
    "u.data": "\n".join(map("\t".join, ROWS)) + "\n",
    "ratings.dat": "\n".join(map("::".join, ROWS)) + "\n",
    "a.inter": "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
    + "\n".join(map("\t".join, ROWS)),
    "log.jsonl": "\n".join(
        f'{{"user": {u}, "item": "{i}", "rating": {r}, "time": {t}}}' for u, i, r, t in ROWS
    ),
    "bom.csv": "\ufeffuser,item,rating,time\r\n" + "\r\n".join(map(",".join, ROWS)) + "\r\n\r\n",
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("packed", [False, True])
def test_forms_of_text_mean_the_same(file, name: str, packed: bool):
    content = FORMS[name].encode()
    path = file(name + ".gz", gzip.compress(content)) if packed else file(name, content)
    data = read(path)
    assert triples(data) == EXPECTED
    assert data.events["rating"].to_list() == [4.0, 3.0, 5.0]
    assert data.name == name.split(".")[0]


def frame() -> pl.DataFrame:
    columns = list(zip(*ROWS, strict=True))
    return pl.DataFrame(
        {
            "user": [int(v) for v in columns[0]],
            "item": list(columns[1]),
            "rating": [float(v) for v in columns[2]],
            "time": [int(v) for v in columns[3]],
        }
    )


@pytest.mark.parametrize(
    "given",
    [
        frame(),
        frame().lazy(),
        pd.DataFrame(frame().to_dict(as_series=False)),
        pa.table(frame().to_dict(as_series=False)),
    ],
    ids=["polars", "lazy", "pandas", "arrow"],
)
def test_frames_mean_the_same(given):
    assert triples(read(given)) == EXPECTED


@pytest.mark.parametrize("packed", [False, True])
def test_parquet_means_the_same(file, packed: bool):
    out = io.BytesIO()
    frame().write_parquet(out)
    content = out.getvalue()
    assert triples(read(file("log.parquet", gzip.compress(content) if packed else content))) == (
        EXPECTED
    )


def test_the_dtypes_are_those_of_the_events_schema(file):
    events = read(file("log.csv", FORMS["log.csv"])).events
    assert events.schema == {
        "user": pl.Int32,
        "item": pl.Int32,
        "time": pl.Int64,
        "rating": pl.Float32,
        "kind": pl.String,
    }


def test_events_are_sorted_by_person_time_and_input_order():
    rng = np.random.default_rng(0)
    n = 5_000
    log = pl.DataFrame(
        {
            "user": rng.integers(0, 40, n),
            "item": rng.integers(0, 3000, n),
            "time": rng.integers(0, 50, n) * 1_000 + 1_500_000_000,
        }
    )
    data = read(log)
    names = pl.Series(data.people.ids.names(data.events["user"].to_numpy()))
    items = data.catalog.ids.names(data.events["item"].to_numpy())
    wanted = log.with_columns(pl.col("user").cast(pl.String)).sort(
        "user", "time", maintain_order=True
    )
    assert names.to_list() == wanted["user"].to_list()
    assert items == wanted["item"].cast(pl.String).to_list()
    assert data.events["time"].to_list() == (wanted["time"] * S).to_list()


@pytest.mark.parametrize("time_scale", [1, 7, 1_000_003])
def test_order_holds_for_times_of_any_resolution(time_scale: int):
    rng = np.random.default_rng(1)
    ticks = rng.integers(0, 2**30, 4_000) * time_scale % 2**50 + 1_500_000_000_000_000
    log = pl.DataFrame({"user": rng.integers(0, 9, 4_000), "item": ["i"] * 4_000, "time": ticks})
    events = read(log, layout=Layout(time_unit="us")).events
    assert events["time"].to_list() == log.sort("user", "time")["time"].to_list()


@pytest.mark.parametrize(
    ("texts", "micros"),
    [
        (["1500000000", "1500000001"], 1500000000 * S),
        (["1500000000.25", "1500000001.5"], 1500000000 * S + 250_000),
        (["1500000000123", "1500000001123"], 1500000000 * S + 123_000),
        (["1500000000123456", "1500000001123456"], 1500000000 * S + 123_456),
        (["1500000000123456789", "1500000001123456789"], 1500000000 * S + 123_456),
        (["2017-07-14T02:40:00Z", "2017-07-15T02:40:00Z"], 1500000000 * S),
        (["2017-07-14T04:40:00+02:00", "2017-07-14T06:40:00+02:00"], 1500000000 * S),
        (["2017-07-14 02:40:00", "2017-07-14 02:40:01.5"], 1500000000 * S),
        (["2017-07-14", "2017-07-15"], 1499990400 * S),
        (["1", "2"], 1 * S),
    ],
)
def test_times_become_microseconds(file, texts: list[str], micros: int):
    rows = "\n".join(f"u,i,{text}" for text in texts)
    events = read(file("log.csv", "user,item,time\n" + rows)).events
    assert events["time"][0] == micros
    assert events["time"].is_sorted()


def test_dates_of_frames_become_microseconds():
    moment = pl.datetime(2017, 7, 14, 2, 40, time_zone="Europe/Paris")
    log = pl.DataFrame({"user": ["u"], "item": ["i"]}).with_columns(time=moment)
    assert read(log).events["time"].to_list() == [(1500000000 - 7200) * S]


def test_a_said_unit_wins_over_the_guess(file):
    path = file("log.csv", "user,item,time\nu,i,5000\nu,i,6000\n")
    assert read(path, layout=Layout(time_unit="ms")).events["time"].to_list() == [5 * S, 6 * S]


@pytest.mark.parametrize(
    "ids",
    [
        ["9007199254740993", "9007199254740992"],
        ["18446744073709551615", "18446744073709551614"],
        ["007", "7"],
        ["0", "00"],
        ["-3", "3"],
        ["1.0", "1"],
        ["日本", "日本語"],
        ["é", "e\u0301"],
        ["a b", "a"],
        ["😀", "naïve"],
        ["0x1F", "31"],
        ["1e3", "1000"],
    ],
    ids=lambda ids: "|".join(ids).encode("ascii", "backslashreplace").decode(),
)
def test_ids_stay_the_strings_that_they_are(file, ids: list[str]):
    text = "user,item\n" + "".join(f"{name},{name}\n" for name in ids)
    data = read(file("log.csv", text))
    assert set(data.people.ids.series()) == set(data.catalog.ids.series()) == set(ids)


def test_an_id_that_is_wider_than_the_sample_is_kept(file):
    rows = [f"{k % 50},{k % 70}" for k in range(30_000)] + ["99999999999999999999999,007"]
    data = read(file("log.csv", "user,item\n" + "\n".join(rows)))
    assert "99999999999999999999999" in data.people.ids
    assert "007" in data.catalog.ids
    assert len(data.people) == 51


def test_64_bit_numbers_in_json_and_frames_are_exact(file):
    big = 2**63 - 1
    lines = f'{{"user": {big}, "item": {2**53 + 1}}}\n'
    assert read(file("log.jsonl", lines)).people.ids.series().to_list() == [str(big)]
    users = pl.Series([2**64 - 1], dtype=pl.UInt64)
    log = pl.DataFrame({"user": users, "item": [-(2**63)]})
    data = read(log)
    assert data.people.ids.series().to_list() == [str(2**64 - 1)]
    assert data.catalog.ids.series().to_list() == [str(-(2**63))]


def test_whole_numbers_that_pandas_made_floats_are_ids_again():
    log = pd.DataFrame({"user": [1.0, 2.0], "item": ["a", "b"]})
    assert read(log).people.ids.series().to_list() == ["1", "2"]


def test_kinds_become_signed_weights(file):
    path = file("log.csv", "user,item,event\nu,a,view\nu,b,dislike\nv,a,view\n")
    data = read(path, kinds={"view": 1.0, "dislike": -2.0, "buy": 5.0})
    assert data.events["weight"].dtype == pl.Float32
    assert data.events["weight"].to_list() == [1.0, -2.0, 1.0]
    assert data.events["kind"].to_list() == ["view", "dislike", "view"]


def test_an_explicit_mapping_wins(file):
    path = file("log.csv", "user,buyer,item,rating\na,b,i,3\na,c,i,4\n")
    data = read(path, mapping={"user": "buyer", "rating": None})
    assert data.people.ids.series().to_list() == ["b", "c"]
    assert data.events["rating"].null_count() == 2
    told = guess(path, mapping={"user": "buyer"})
    assert "user <- buyer (as told)" in str(told)
    assert told.unused == ("user",)


def test_a_column_named_like_a_role_that_is_said_to_be_none_keeps_out_of_it(file):
    log, items = file("log.csv", "user,item\nu,a\n"), file("i.csv", "item,title,price\na,A,dear\n")
    table = read(log, items=items, mapping={"price": None}).catalog.table
    assert table.columns == ["id", "title", "price_"]
    assert table["price_"].to_list() == ["dear"]


def test_a_guess_can_be_shown(file):
    assert str(guess(file("log.tsv", FORMS["log.tsv"]))).splitlines()[1:] == [
        "  user <- user",
        "  item <- item",
        "  time <- ts",
        "  rating <- stars",
    ]


def test_misspelt_columns_and_roles_come_with_a_suggestion(file):
    path = file("log.csv", FORMS["log.csv"])
    with pytest.raises(DataError, match="did you mean 'userId'"):
        read(path, mapping={"user": "usrId"})
    with pytest.raises(UsageError, match="did you mean 'user'"):
        read(path, mapping={"usr": "userId"})
    with pytest.raises(DataError, match=r"did you mean 'log\.csv'"):
        read(path.with_name("lgo.csv"))


def test_a_layout_says_what_cannot_be_guessed(file):
    path = file("log.txt", "u1#i1#3\nu2#i2#4\n".encode("utf-16"))
    layout = Layout(separator="#", header=False, encoding="utf-16")
    data = read(path, layout=layout, mapping={"user": "column_1", "item": "column_2"})
    assert triples(data) == {("u1", "i1", None), ("u2", "i2", None)}
    for wrong in ({"separator": "ab"}, {"time_unit": "h"}, {"separator": "\n"}):
        with pytest.raises(UsageError):
            Layout(**wrong)


def test_quoted_fields_hold_separators_line_ends_and_quotes(file):
    text = 'user,item,review\n"u,1",i1,"so ""good""\nreally"\nu2,"i2",\n'
    data = read(file("log.csv", text))
    assert data.people.ids.series().to_list() == ["u,1", "u2"]
    assert data.events["review"].to_list() == ['so "good"\nreally', None]


def test_quotes_are_characters_where_tabs_separate(file):
    data = read(file("log.tsv", 'user\titem\nu1\t12" single\nu2\t7" single\n'))
    assert data.catalog.ids.series().to_list() == ['12" single', '7" single']


def test_a_catalogue_keeps_its_order_and_its_columns(file):
    items = (
        "movieId,title,genres,price,year,shelf\n"
        "b,Beta,Action|Drama,$3.50,1999,007\na,Alpha,,n/a,unknown,1\n"
    )
    data = read(
        file("log.csv", "user,item\nu,a\nu,z\n"),
        items=file("items.csv", items),
        people=file("people.csv", "user,age\nidle,30\nu,40\n"),
    )
    table = data.catalog.table
    assert table["id"].to_list() == ["b", "a", "z"]
    assert table["title"].to_list() == ["Beta", "Alpha", None]
    assert table["categories"].to_list() == [["Action", "Drama"], None, None]
    assert table["price"].to_list() == [3.5, None, None]
    assert table["year"].to_list() == [1999, None, None]
    assert table["shelf"].to_list() == ["007", "1", None]
    assert data.people.table["age"].to_list() == [30, 40]
    assert data.histories().items.lengths.tolist() == [0, 2]


def test_the_same_item_twice_is_one_item(file):
    log, items = file("log.csv", "user,item\nu,a\n"), file("i.csv", "item,title\na,A\nb,B\na,A\n")
    assert read(log, items=items).catalog.ids.series().to_list() == ["a", "b"]


def test_item_tables_without_a_header(file):
    log = file("ratings.dat", "1::2::5::978300760\n2::1::3::978300761\n")
    items = file("movies.dat", "1::Toy Story (1995)::Animation|Comedy\n2::Jumanji (1995)::Drama\n")
    table = read(log, items=items).catalog.table
    assert table["title"].to_list() == ["Toy Story (1995)", "Jumanji (1995)"]
    assert table["categories"].to_list() == [["Animation", "Comedy"], ["Drama"]]


def test_a_list_of_people_is_a_table_of_people(file):
    log, people = file("log.csv", "user,item\nu,a\n"), file("people.csv", "user\nv\nu\n")
    assert read(log, people=people).people.ids.series().to_list() == ["v", "u"]


def test_a_frame_with_nothing_that_narwhals_knows_is_refused():
    with pytest.raises(UsageError, match="need a path"):
        read({"user": ["u"], "item": ["i"]})


def test_a_file_that_changes_nothing_reads_to_equal_data(file):
    path = file("log.csv", FORMS["log.csv"])
    first, second = read(path), read(path)
    assert first.events.equals(second.events)
    assert first.catalog.table.equals(second.catalog.table)


@pytest.mark.parametrize(
    ("log", "items", "people", "n_events"),
    [
        ("ml-100k/ml-100k.inter.gz", "ml-100k/ml-100k.item.gz", "ml-100k/ml-100k.user", 100_000),
        ("ml-latest-small/ratings.csv.gz", "ml-latest-small/movies.csv.gz", None, None),
        ("amazon-all-beauty-2018-reviews/All_Beauty_5.json.gz", None, None, None),
    ],
)
def test_published_files_are_read_as_they_are(log, items, people, n_events):
    if not (DATA / log).exists():
        pytest.skip(f"{DATA / log} is not there")
    data = read(DATA / log, items=items and DATA / items, people=people and DATA / people)
    assert data.has_times
    assert n_events is None or len(data.events) == n_events
    assert data.events["rating"].null_count() == 0
