"""Every malformed file is loaded or refused with its place, the value, the wish and a hint."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from malformed import Bad, corpus, good_files, mutated

from penchant.core import DataError, UsageError
from penchant.data import check, read
from penchant.data.read_parquet import TRIAL

CORPUS = corpus()
FILES = good_files()


def test_the_corpus_is_large_and_its_names_are_unique():
    assert len(CORPUS) >= 300
    assert len({bad.name for bad in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: bad.name.replace(" ", "_"))
def test_malformed_input_is_refused_at_its_place(bad: Bad, tmp_path: Path):
    arguments = bad.write(tmp_path)
    if bad.usage:
        with pytest.raises(UsageError):
            read(**arguments)
        return
    with pytest.raises(DataError) as refused:
        read(**arguments)
    error = refused.value
    assert Path(str(error.file)).parent == tmp_path
    assert error.row is not None or error.column is not None or "gzip" in bad.name
    assert error.hint
    assert error.wanted
    if bad.row is not None:
        assert error.row == bad.row, str(error)
    if bad.column is not None:
        assert error.column == bad.column, str(error)


@pytest.mark.parametrize(
    "bad",
    [bad for bad in CORPUS if not bad.usage and "parquet" not in bad.name][::5],
    ids=lambda bad: bad.name.replace(" ", "_"),
)
def test_check_lists_what_read_refuses(bad: Bad, tmp_path: Path):
    arguments = bad.write(tmp_path)
    with pytest.raises(DataError) as refused:
        read(**arguments)
    found = check(**arguments)
    assert not found.ok
    assert found.dataset is None
    error = refused.value
    places = {(finding.row, finding.column) for finding in found.findings}
    assert (error.row, error.column) in places
    assert all(finding.hint for finding in found.findings)


@pytest.mark.parametrize("name", FILES)
def test_the_files_to_mutate_are_good(name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(FILES[name])
    data = read(tmp_path / name)
    assert len(data.events) > 1


def survives(name: str, seed: int, folder: Path) -> None:
    path = folder / name
    path.write_bytes(mutated(FILES[name], random.Random(seed)))
    data = refused = None
    try:
        data = read(path)
    except DataError as error:
        refused = error
    if refused is not None:
        assert str(refused).startswith(f"{path}:")
        assert refused.row is not None or refused.column is not None
        assert refused.hint
        assert refused.wanted
    if data is not None:
        events = data.events
        assert len(events)
        assert events["user"].is_between(0, len(data.people) - 1).all()
        assert events["item"].is_between(0, len(data.catalog) - 1).all()
        assert events["rating"].drop_nulls().is_finite().all()
        assert data.histories().items.lengths.sum() == len(events)


TEXTS = [name for name in FILES if "parquet" not in name]


@pytest.mark.parametrize("block", range(3))
def test_mutated_files_are_loaded_or_refused(block: int, tmp_path: Path):
    for seed in range(block * 100, block * 100 + 100):
        survives(TEXTS[seed % len(TEXTS)], seed, tmp_path)


def test_mutated_parquet_is_loaded_or_refused(tmp_path: Path):
    for seed in range(8):
        survives("table.parquet", seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_ten_thousand_mutations(block: int, tmp_path: Path):
    for seed in range(10_000 + block * 1_000, 11_000 + block * 1_000):
        name = "table.parquet" if seed % 20 == 0 else TEXTS[seed % len(TEXTS)]
        survives(name, seed, tmp_path)


def test_a_decoder_that_stands_still_is_given_up(tmp_path: Path):
    nobody_writes = tmp_path / "table.parquet"
    os.mkfifo(nobody_writes)
    still = [sys.executable, "-c", TRIAL % 1, str(1 << 40), str(nobody_writes), ""]
    assert subprocess.run(still, timeout=60, check=False).returncode == 1
