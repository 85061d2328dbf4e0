"""What check finds and describe tells."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from penchant.core import UsageError
from penchant.data import check, describe, read


def log(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame(columns)


def test_all_faults_of_a_file_are_listed_not_only_the_first(tmp_path: Path):
    path = tmp_path / "log.csv"
    path.write_bytes(b"user,item,rating\nu1,i1,3\n,i2,4\nu3,i3,good\nu4,i4\nu\xff,i5,1\n")
    found = check(path)
    assert [(f.row, f.column) for f in found.findings] == [
        (3, "user"),
        (4, "rating"),
        (5, "rating"),
        (6, "user"),
    ]
    assert found.summary["errors"] == 4
    assert not found.ok
    assert f"{path}:4:rating: error: 'good' is not a number" in str(found)


def test_the_list_is_bounded(tmp_path: Path):
    path = tmp_path / "log.csv"
    path.write_bytes(b"user,item\n" + b",i\n" * 1_000)
    assert len(check(path, limit=7).findings) == 7
    with pytest.raises(UsageError):
        check(path, limit=0)


def test_faults_of_several_files_are_listed_together(tmp_path: Path):
    (tmp_path / "log.csv").write_bytes(b"user,item\nu1\n")
    (tmp_path / "items.csv").write_bytes(b"")
    found = check(tmp_path / "log.csv", items=tmp_path / "items.csv")
    assert {Path(f.file).name for f in found.findings} == {"log.csv", "items.csv"}


def test_good_data_come_back_with_a_summary():
    found = check(log(user=["a", "b"], item=["x", "y"], time=[1, 2]))
    assert found.ok
    assert found.findings == ()
    assert found.dataset is not None
    assert found.summary["events"] == 2


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        (log(user=["nan", "b"], item=["x", "y"]), "looks like a missing value"),
        (log(user=["a ", "a"], item=["x", "y"]), "spaces around them"),
        (log(user=["a", "a"], item=["x", "x"]), "same person, item and time"),
        (log(user=["a", "b"], item=["x", "y"], time=[0, 1_500_000_000]), "1970-01-01"),
        (log(user=["a", "a"], item=["x", "y"], time=[5, 5]), "share their time"),
    ],
)
def test_oddities_are_warnings(events: pl.DataFrame, problem: str):
    found = check(events)
    assert found.ok
    assert any(problem in f.problem and f.level == "warning" for f in found.findings)


def test_oddities_of_catalogues_and_people(tmp_path: Path):
    items = tmp_path / "items.csv"
    items.write_bytes(b"item,title,year\nx,X,1999\nw,W,unknown\nx,X,1999\n")
    people = log(user=["a", "idle"], age=[1, 2])
    found = check(log(user=["a", "a"], item=["x", "z"]), items=items, people=people)
    told = "\n".join(str(finding) for finding in found.findings)
    assert "1 items are not in the catalogue, such as 'z'" in told
    assert "1 rows repeat an item" in told
    assert f"{items}:3:year: warning: 'unknown' is no year" in told
    assert "1 people have no events" in told


def test_describe_counts():
    data = read(
        log(
            user=["a", "a", "a", "b"],
            item=["x", "x", "y", "x"],
            rating=[1.0, 2.0, 2.0, None],
            time=[0, 86_400, 86_400, 172_800],
        ),
        people=log(user=["a", "b", "idle"]),
        items=log(item=["x", "y", "z"], title=["X", None, "Z"]),
    )
    told = describe(data)
    counts = told.counts
    assert (counts["events"], counts["people"], counts["items"]) == (4, 3, 3)
    assert counts["density"] == pytest.approx(3 / 9)
    assert (counts["people_without_events"], counts["items_without_events"]) == (1, 1)
    assert counts["repeated_pairs"] == 1
    assert (counts["first"], counts["last"]) == ("1970-01-01T00:00:00Z", "1970-01-03T00:00:00Z")
    assert counts["days"] == 2
    assert counts["same_time_events"] == 2
    assert told.ratings.rows() == [(1.0, 1), (2.0, 2)]
    assert told.spread.row(-1) == (1.0, 3.0, 3.0)
    assert told.columns.filter(column="title")["known"].to_list() == [pytest.approx(2 / 3)]
    assert told.as_dict()["tail"][-1] == {"share_of_items": 1.0, "share_of_events": 1.0}
    assert "density: 0.3333" in str(told)


@pytest.mark.parametrize(
    ("counts", "expected"), [([1, 1, 1], 0.0), ([0, 0, 6], 2 / 3), ([1, 3], 0.25)]
)
def test_gini_by_hand(counts: list[int], expected: float):
    users = [f"u{k}" for k in range(sum(counts))]
    items = [f"i{k}" for k, count in enumerate(counts) for _ in range(count)]
    catalogue = log(item=[f"i{k}" for k in range(len(counts))])
    told = describe(read(log(user=users, item=items), items=catalogue))
    assert told.counts["gini_of_items"] == pytest.approx(expected)
    assert np.isfinite(told.counts["head_share_of_events"])
