"""What every scheme of the table must keep to, as one function."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from penchant.core import (
    DataError,
    Kind,
    Run,
    UsageError,
    read_options,
    read_state,
    write_options,
    write_state,
)
from penchant.data import Catalog, Dataset, Ids, leave_last_out, mini_world
from penchant.indexing import KINDS, SCHEME, Coded, Scheme

N_NEW = 5


def check_scheme(
    scheme: Scheme, *, kinds: Sequence[Kind] = KINDS, run: Run | None = None, drawn: bool = True
) -> None:
    """Codes the mini world and checks what every scheme promises.

    >>> from penchant.indexing import Sequential
    >>> check_scheme(Sequential(), drawn=False)

    Args:
        scheme: With options that are fast.
        kinds: Tables of the values that its options may name; the first has the scheme.
        run: Its seed.
        drawn: Whether another seed gives other codes.

    Raises:
        AssertionError: It does not; the message says what.
    """
    run = run or Run()
    split = leave_last_out(mini_world())
    train = split.train
    written = write_options(scheme, kinds)
    assert read_options(written, kinds[0], kinds) == scheme, "options do not go through JSON"
    coded = scheme.code(train, run)
    _check_codes(coded, train)
    _check_seeds(scheme, coded, train, run, drawn)
    other = leave_last_out(_other_ends(mini_world())).train
    assert _codes(scheme.code(other, run)) == _codes(coded), "codes hang on held-out events"
    again = _through_disk(coded)
    assert _codes(again) == _codes(coded), "the state gives other codes"
    _check_growing(coded, again, train.catalog, run)
    bare = replace(train, catalog=_bare(train.catalog), events=train.events.clear())
    _check_bare(scheme, bare, run)


def _check_codes(coded: Coded, data: Dataset) -> None:
    index = coded.index
    index.check_catalogue(data.catalog.ids.series())
    assert index.trie().n_leaves == len(data.catalog), "an item has no codes"
    assert index.codes.values.min() >= 0, "a code is negative"
    assert index.codes.values.max() < index.vocabulary, "a code is outside of the vocabulary"
    assert SCHEME.find(coded.scheme) in {index.scheme, None}, "the index names another scheme"


def _check_seeds(scheme: Scheme, coded: Coded, data: Dataset, run: Run, drawn: bool) -> None:
    assert _codes(scheme.code(data, run)) == _codes(coded), "the same seed gives other codes"
    if drawn:
        other = scheme.code(data, replace(run, seed=run.seed + 1))
        assert _codes(other) != _codes(coded), "the seed changes nothing"


def _check_growing(coded: Coded, again: Coded, catalog: Catalog, run: Run) -> None:
    n = len(catalog)
    more = _with_new(catalog, N_NEW)
    grown = coded.appended(more, run)
    assert _codes(grown)[:n] == _codes(coded), "appending moved the codes of present items"
    assert grown.index.trie().n_leaves == n + N_NEW, "a new item has no codes"
    grown.index.check_catalogue(more.ids.series())
    assert _codes(again.appended(more, run)) == _codes(grown), "the state appends otherwise"
    twice = _through_disk(grown).appended(_with_new(catalog, 2 * N_NEW), run)
    assert _codes(twice)[: n + N_NEW] == _codes(grown), "a second appending moved codes"
    assert twice.index.trie().n_leaves == n + 2 * N_NEW, "a second appending lost items"
    gone = coded.without([1, 3]).appended(more, run)
    assert gone.index.trie().n_leaves == n + N_NEW - 2, "a tombstone has codes"
    _refuses(coded, Catalog(Ids(catalog.ids.series().reverse()), catalog.table.reverse()), run)
    _refuses(coded, Catalog(Ids(catalog.ids.series()[: n - 1]), catalog.table[: n - 1]), run)


def _refuses(coded: Coded, foreign: Catalog, run: Run) -> None:
    try:
        coded.appended(foreign, run)
    except UsageError:
        return
    raise AssertionError("a foreign catalogue is not refused")


def _check_bare(scheme: Scheme, bare: Dataset, run: Run) -> None:
    """Items of which nothing is known are coded, or refused in words."""
    for data in (bare, replace(bare, catalog=_with_new(_no_items(bare.catalog), 1))):
        try:
            coded = scheme.code(data, run)
        except (DataError, UsageError):
            continue
        assert coded.index.trie().n_leaves == len(data.catalog), "an unknown item has no codes"


def _codes(coded: Coded) -> list[list[int]]:
    codes = coded.index.codes
    return [codes[item].tolist() for item in range(len(codes))]


def _through_disk(coded: Coded) -> Coded:
    with tempfile.TemporaryDirectory() as folder:
        write_state(coded.state(), Path(folder), "index")
        return Coded.restored(read_state(Path(folder), "index"))


def _other_ends(data: Dataset) -> Dataset:
    """The same, but the last two events of each person, which are held out, are of other items."""
    from_end = pl.int_range(pl.len()).reverse().over("user")
    other = (pl.col("item") + 1) % len(data.catalog)
    item = pl.when(from_end < 2).then(other).otherwise("item").cast(pl.Int32)
    return replace(data, events=data.events.with_columns(item.alias("item")))


def _with_new(catalog: Catalog, count: int) -> Catalog:
    """With copies of the last items after the present ones, under other ids."""
    n = len(catalog)
    rows = [row % max(1, n) for row in range(n - 1, n - 1 + count)] if n else []
    new = catalog.table[rows] if n else pl.DataFrame({"id": [""] * count})
    new = new.with_columns(id=pl.Series([f"new-{n + i}" for i in range(count)]))
    table = pl.concat([catalog.table, new]) if n else new
    return Catalog(Ids(table["id"]), table)


def _bare(catalog: Catalog) -> Catalog:
    return Catalog(catalog.ids, catalog.table.select("id"))


def _no_items(catalog: Catalog) -> Catalog:
    return Catalog(Ids([]), catalog.table[:0].select("id"))
