"""MovieLens 1M as gSASRec published it: sequences without times or ratings, and its split.

gSASRec (Petrov and Macdonald, RecSys 2023) holds out each person's last movie; 512 people also give
a validation query. What is had of it lacks the last but one movie of the other 5,528 people.
"""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged
from penchant.data.assemble import assemble
from penchant.data.holdout import cases_of, columns_of, hold_rows, split_of
from penchant.data.text_files import lines_of_numbers, plain_table, year_in_title
from penchant.data.words import Dataset, Split

AGES = {
    "1": "under 18", "18": "18-24", "25": "25-34", "35": "35-44", "45": "45-49", "50": "50-55",
    "56": "56+",
}  # fmt: skip
OCCUPATIONS = (
    "other", "academic or educator", "artist", "clerical or admin", "college or grad student",
    "customer service", "doctor or health care", "executive or managerial", "farmer", "homemaker",
    "K-12 student", "lawyer", "programmer", "retired", "sales or marketing", "scientist",
    "self-employed", "technician or engineer", "tradesman or craftsman", "unemployed", "writer",
)  # fmt: skip


def movielens_1m(folder: Path, name: str) -> Dataset:
    """Everything known of each sequence, in MovieLens' own ids; descriptions by a language model.

    The last but one movie of 5,528 people is missing, so leave-last-out of this is not gSASRec's
    split: that is :func:`published_ml1m`.
    """
    train, between, test = _parts(folder)
    whole = train.joined(between).joined(test)
    movies, people = _movies(folder), _people(folder)
    events = pl.DataFrame(
        {
            "user": people["id"].gather(whole.rows()),
            # Their numbers begin at 1, and the movies stand in their order.
            "item": movies["id"].gather(whole.values - 1),
        }
    )
    triples = plain_table(folder / "kg_mkr/kg.txt", ["head", "relation", "tail"])
    entities = plain_table(folder / "kg_mkr/item_index2entity_id.txt", ["item", "entity"])
    tables = {"triples": triples, "entities": entities}
    return assemble(events, items=movies, people=people, name=name, tables=tables)


def published_ml1m(data: Dataset, folder: Path) -> Split:
    """GSASRec's split: its training sequences, its 512 validation and 6,040 test targets."""
    train, between, _ = _parts(folder)
    events = columns_of(data)
    lengths = np.diff(events.offsets)
    place = np.arange(len(events)) - np.repeat(events.offsets[:-1], lengths)
    learned = place < np.repeat(train.lengths, lengths)
    last = events.offsets[1:] - 1
    before_test = np.ones(len(events), np.bool_)
    before_test[last] = False
    validated = between.lengths > 0
    valid = cases_of(data, events, hold_rows(events, last[validated] - 1), learned, name="valid")
    test = cases_of(data, events, hold_rows(events, last), learned, name="test")
    claim = (
        "gSASRec's leave-last-out of MovieLens 1M, with its training sequences and its targets "
        f"({len(valid):,} valid, {len(test):,} test). The test history of "
        f"{int((~validated).sum()):,} people lacks their last but one movie, which is not to be "
        "had: figures are a little below what whole histories give. Leaks, to an unknown extent "
        "since there are no times, what others did later."
    )
    return split_of(data, learned, before_test, valid, test, claim)


def _parts(folder: Path) -> tuple[Ragged, Ragged, Ragged]:
    """For each person: what is learned from, what comes between (512 people), the last movie."""
    files = folder / "sequences"
    train = lines_of_numbers(files / "train_input.txt")
    shown = lines_of_numbers(files / "val_input.txt")
    target = lines_of_numbers(files / "val_output.txt")
    test = lines_of_numbers(files / "test_output.txt")
    row_of = {train[row].tobytes(): row for row in range(len(train))}
    # A validation line is a training line and one movie more; which person's is not said.
    rows = np.array([row_of[shown[line][:-1].tobytes()] for line in range(len(shown))], np.int32)
    ends = shown.values[shown.offsets[1:] - 1]
    pairs: NDArray[np.int32] = np.column_stack([ends, target.values]).reshape(-1)
    return train, Ragged.from_rows(np.repeat(rows, 2), pairs, len(train)), test


def _movies(folder: Path) -> pl.DataFrame:
    ids = _mapping(folder / "sequences/sas_to_original_items.txt")
    movies = plain_table(folder / "movies.tsv", ["id", "title", "genres"])
    written = pl.read_csv(folder / "movie_summaries_agent4rec.csv", infer_schema=False)
    return (
        ids.join(movies, on="id", how="left", maintain_order="left")
        .join(
            written.select(id="movie_id", description="summary"),
            on="id",
            how="left",
            maintain_order="left",
        )
        .select(
            "id", "title", "description", categories=pl.col("genres").str.split("|"),
            year=year_in_title(),
        )
    )  # fmt: skip


def _people(folder: Path) -> pl.DataFrame:
    ids = _mapping(folder / "sequences/sas_to_original_users.txt")
    users = plain_table(folder / "users.tsv", ["id", "gender", "age", "occupation", "zip_code"])
    named = {str(code): occupation for code, occupation in enumerate(OCCUPATIONS)}
    return ids.join(users, on="id", how="left", maintain_order="left").with_columns(
        pl.col("age").replace_strict(AGES), pl.col("occupation").replace_strict(named)
    )


def _mapping(path: Path) -> pl.DataFrame:
    pairs = lines_of_numbers(path).values.reshape(-1, 2)
    ordered = pairs[np.argsort(pairs[:, 0])]
    return pl.DataFrame({"id": pl.Series(ordered[:, 1]).cast(pl.String)})
