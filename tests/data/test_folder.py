import json

import pytest

from penchant.core import DataError, StorageError
from penchant.data import mini_world, read_dataset, write_dataset


@pytest.fixture
def written(tmp_path):
    folder = tmp_path / "shop"
    return write_dataset(mini_world(), folder, licence="CC0", about="a shop", source="drawn")


def test_what_is_written_is_read_back(written):
    data, again = mini_world(), read_dataset(written)
    assert again.events.equals(data.events)
    assert again.catalog.table.equals(data.catalog.table)
    assert again.people.table.equals(data.people.table)
    assert again.name == data.name
    assert {name: table.rows() for name, table in again.tables.items()} == {
        name: table.rows() for name, table in data.tables.items()
    }


def test_the_head_says_what_croissant_wants(written):
    head = json.loads((written / "dataset.json").read_text())
    assert head["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert (head["@type"], head["license"], head["name"]) == ("sc:Dataset", "CC0", "mini-world")
    files = {file["@id"]: file for file in head["distribution"]}
    assert set(files) == {"events", "items", "people"} | {
        f"tables/{name}" for name in ("triples", "entities", "ties")
    }
    assert all(len(file["sha256"]) == 64 for file in files.values())
    records = {record["name"]: record for record in head["recordSet"]}
    fields = {field["name"]: field for field in records["items"]["field"]}
    assert fields["price"]["dataType"] == "sc:Float"
    assert fields["categories"]["repeated"]
    assert all(
        field["source"]["fileObject"]["@id"] in files
        for record in head["recordSet"]
        for field in record["field"]
    )
    assert head["penchant:counts"]["people"] == 200


def test_the_same_data_gives_the_same_files(tmp_path, written):
    again = write_dataset(mini_world(), tmp_path / "twin")
    for name in ("events", "items", "people"):
        twin = again / f"{name}.parquet"
        assert twin.read_bytes() == (written / f"{name}.parquet").read_bytes()


def test_writing_again_replaces_and_leaves_nothing_beside(written):
    write_dataset(mini_world(n_users=5), written)
    assert len(read_dataset(written).people) == 5
    assert [path.name for path in written.parent.iterdir()] == ["shop"]


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(StorageError, match="something else"):
        write_dataset(mini_world(), tmp_path)
    assert (tmp_path / "thesis.tex").exists()


def test_altered_torn_and_missing_files_are_refused(written):
    events = written / "events.parquet"
    good = events.read_bytes()
    events.write_bytes(good[:-1] + b"x")
    with pytest.raises(StorageError, match=r"events\.parquet is torn or altered"):
        read_dataset(written)
    events.unlink()
    with pytest.raises(StorageError, match=r"events\.parquet is missing"):
        read_dataset(written)


def test_a_folder_that_is_none_or_of_another_time_is_refused(written, tmp_path):
    with pytest.raises(StorageError, match="no data set"):
        read_dataset(tmp_path)
    head = written / "dataset.json"
    good = json.loads(head.read_text())
    head.write_text(json.dumps({**good, "penchant:format": 99}))
    with pytest.raises(StorageError, match="format 99"):
        read_dataset(written)
    head.write_text("{")
    with pytest.raises(StorageError, match="not the head"):
        read_dataset(written)


def test_events_about_rows_that_are_not_there_are_refused(written):
    items = mini_world().catalog.table[:10]
    items.write_parquet(written / "items.parquet")
    with pytest.raises(DataError, match="of 10"):
        read_dataset(written, check=False)
