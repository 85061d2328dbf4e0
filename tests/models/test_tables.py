import polars as pl
import pytest

from penchant.core import DataError, UsageError
from penchant.models import read_table, write_table


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("-5", "-5"),
        ("+1.5e3", "+1.5e3"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(text, cell, tmp_path):
    write_table(pl.DataFrame({"title": [text, "plain"]}), tmp_path / "a.csv")
    assert read_table(tmp_path / "a.csv")["title"].fill_null("").to_list() == [cell, "plain"]


def test_lists_and_tables_come_back(tmp_path):
    frame = pl.DataFrame({"user": ["a", "b"], "history": [["x", "=y"], []]})
    for name in ("a.parquet", "a.jsonl"):
        write_table(frame, tmp_path / name)
        assert read_table(tmp_path / name).to_dicts() == frame.to_dicts()
    write_table(frame, tmp_path / "a.csv")
    assert read_table(tmp_path / "a.csv")["history"][0] == "x|=y"


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"\.parquet"):
        write_table(pl.DataFrame(), tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="no such file"):
        read_table(tmp_path / "a.csv")
    (tmp_path / "a.parquet").write_text("no")
    with pytest.raises(DataError, match="really parquet"):
        read_table(tmp_path / "a.parquet")
