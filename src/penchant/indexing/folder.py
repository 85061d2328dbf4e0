"""An index on disk, by itself: the codes, what makes more of them, and the catalogue."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.codes import catalogue_fingerprint
from penchant.core import (
    Run,
    StorageError,
    UsageError,
    read_state,
    sweep,
    write_folder,
    write_state,
)
from penchant.data import Catalog, Dataset, Ids
from penchant.indexing.scheme import Coded, events_fingerprint

CATALOG = "catalog.parquet"
NAMES = ("index", "recommender.index")
"""Of the files of an index in a folder of its own, and in that of a model."""


def write_index(coded: Coded, catalog: Catalog, folder: Path) -> None:
    """Writes ``index*.json``, ``index*.safetensors`` and the catalogue, whole or not at all.

    Raises:
        UsageError: The index is of another catalogue.
        StorageError: The folder cannot be written, or holds something else.
    """
    coded.index.check_catalogue(catalog.ids.series())
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "index.json").exists():
        raise StorageError(f"{folder} holds something that is no index; name another folder")
    sweep(folder.parent)
    with write_folder(folder) as temporary:
        write_state(coded.state(), temporary, "index")
        catalog.table.write_parquet(temporary / CATALOG)


def read_index(folder: Path) -> tuple[Coded, Catalog]:
    """What :func:`write_index` wrote; of a saved model that writes codes, its index.

    Raises:
        StorageError: Not an index, or torn.
    """
    if (folder / "model" / CATALOG).exists():
        folder /= "model"
    name = next((n for n in NAMES if (folder / f"{n}.json").exists()), NAMES[0])
    try:
        table = pl.read_parquet(folder / CATALOG)
        catalog = Catalog(Ids(table["id"]), table)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StorageError(f"{folder} is no index: no {CATALOG} to be read ({error})") from error
    coded = Coded.restored(read_state(folder, name))
    try:
        coded.index.check_catalogue(catalog.ids.series())
    except UsageError as error:
        raise StorageError(f"{folder}: {error}") from error
    return coded, catalog


def after_present(present: Catalog, newer: Catalog) -> Catalog:
    """The present items, and after them those of ``newer`` that are not among them."""
    rows = present.ids.rows(newer.ids.series())
    table = pl.concat([present.table, newer.table.filter(rows < 0)], how="diagonal_relaxed")
    return Catalog(Ids(table["id"]), table)


@dataclass(frozen=True, kw_only=True)
class GivenIndex:
    """An index that was made before, read from its folder.

    What it was made of is what it knows: one made on whole histories leaks (see
    :func:`probe_leak`). If it was made of other events than those of these data, the run is told.
    """

    path: str
    """A folder of :func:`write_index` or ``penchant ids build``."""

    def code(self, data: Dataset, run: Run) -> Coded:
        """The index of the folder, for the items of these data in their order.

        Raises:
            UsageError: An item of the data is not in the index.
            StorageError: Not an index, or torn.
        """
        coded, catalog = read_index(Path(self.path))
        ids = data.catalog.ids.series()
        rows = catalog.ids.rows(ids)
        if (rows < 0).any():
            raise UsageError(
                f"{self.path} has no codes for {int((rows < 0).sum()):,} of {len(ids):,} items, "
                f"such as {ids[int((rows < 0).argmax())]!r}: penchant ids append"
            )
        if coded.events != events_fingerprint(data):
            run.watch.note(
                f"{self.path} was made of other events than {data.name}: what it learned of them "
                "may be held out here"
            )
        return _of_rows(coded, rows, catalogue_fingerprint(ids))

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """As the scheme of the folder does."""
        return coded.scheme.more(coded, catalog, run)


def _of_rows(coded: Coded, rows: NDArray[np.int32], fingerprint: str) -> Coded:
    """The same for some of the items in another order, in the parts of a hybrid, too."""
    parts = {
        name: _of_rows(Coded.restored(part), rows, fingerprint).state()
        for name, part in coded.learned.parts.items()
    }
    codes = coded.index.codes.take(rows)
    return replace(
        coded,
        index=replace(coded.index, codes=codes, fingerprint=fingerprint),
        learned=replace(coded.learned, parts=parts),
    )
