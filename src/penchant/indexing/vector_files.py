"""Vectors of items in files, by item id."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from penchant.core import DataError, write_file
from penchant.data import Ids
from penchant.indexing.vectors import unit_rows

WANTED = (
    "a .parquet with columns id and vector, an .npz with arrays ids and vectors, or a .safetensors "
    "with one tensor for each item id"
)


def write_vectors(path: Path, ids: Sequence[str], vectors: NDArray[np.floating]) -> None:
    """Vectors by item id, as :class:`GivenVectors` reads them.

    Args:
        path: Ends in ``.parquet`` or ``.safetensors``.
        ids: (n,) of items.
        vectors: (n, dimension)

    Raises:
        DataError: The name has another end.
    """
    values = np.ascontiguousarray(vectors, np.float32)
    with write_file(path) as temporary:
        if path.suffix == ".parquet":
            column = pl.Series("vector", values, pl.Array(pl.Float32, values.shape[1]))
            pl.DataFrame({"id": pl.Series(list(ids), dtype=pl.String)}).with_columns(
                column
            ).write_parquet(temporary)
        elif path.suffix == ".safetensors":
            save_file({name: values[row] for row, name in enumerate(ids)}, temporary)
        else:
            raise DataError("not a file of vectors", file=path, wanted=".parquet or .safetensors")


def read_vectors(path: Path, ids: Ids) -> NDArray[np.float32]:
    """(n_items, dimension) unit rows in the order of ``ids``; zeros for those not in the file.

    Raises:
        DataError: The file is missing or malformed, or knows none of the items.
    """
    try:
        names, values = _read(path)
        values = np.asarray(values, np.float32)
    except (OSError, ValueError, KeyError, SafetensorError, pl.exceptions.PolarsError) as error:
        raise DataError(f"no vectors to be read ({error})", file=path, wanted=WANTED) from error
    if values.ndim != 2 or len(names) != len(values) or not np.isfinite(values).all():
        raise DataError("vectors of several lengths, or not finite", file=path, wanted=WANTED)
    rows = ids.rows(names)
    if not (rows >= 0).any():
        raise DataError(
            f"knows none of the {len(ids):,} items",
            file=path,
            hint="the ids in the file must be those of the catalogue",
        )
    out = np.zeros((len(ids), values.shape[1]), np.float32)
    out[rows[rows >= 0]] = values[rows >= 0]
    return unit_rows(out)


def _read(path: Path) -> tuple[list[str], NDArray[np.floating]]:
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path, columns=["id", "vector"])
        column = frame["vector"]
        if column.dtype == pl.List:
            lengths = column.list.len().to_numpy()
            column = column.list.to_array(int(lengths.max(initial=0)))
        return frame["id"].cast(pl.String).to_list(), column.to_numpy()
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            return [str(name) for name in arrays["ids"]], arrays["vectors"]
    if path.suffix == ".safetensors":
        tensors = load_file(path)
        return list(tensors), np.stack(list(tensors.values()))
    raise ValueError(f"its name ends in {path.suffix!r}")
