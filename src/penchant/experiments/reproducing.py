"""Does it come out the same: a run again, and what differs."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from penchant.core import Json, StorageError, Watcher
from penchant.experiments.running import run_spec
from penchant.language import LedgerOptions
from penchant.models import environment


@dataclass(frozen=True, slots=True, eq=False)
class Reproduction:
    """A run beside its repetition."""

    differences: pl.DataFrame
    """model, metric, before, after, queries_that_differ, largest_difference"""
    environment: dict[str, tuple[Json, Json]]
    """What is not as it was: name -> (before, now)"""
    data_is_same: bool
    folder: Path
    """The repetition"""

    @property
    def is_identical(self) -> bool:
        """Whether every query of every model has the same metrics, to the last bit."""
        return int(self.differences["queries_that_differ"].sum()) == 0


def reproduce(
    folder: Path | str,
    into: Path | str,
    *,
    watch: Watcher | None = None,
    calls: LedgerOptions | None = None,
) -> Reproduction:
    """Runs the spec of a run folder again, and compares query by query.

    Args:
        folder: A finished run.
        into: Where the repetition goes.
        watch: Is told how it goes.
        calls: How those of language models are booked; with the books of the first run and the
            mode ``replay`` nothing is asked.

    Raises:
        StorageError: ``folder`` holds no finished run.
    """
    old = Path(folder)
    for name in ("spec.toml", "record.json", "metrics.parquet"):
        if not (old / name).is_file():
            raise StorageError(f"{old} is no finished run: it has no {name}")
    before = json.loads((old / "record.json").read_text(encoding="utf-8"))
    text = (old / "spec.toml").read_text(encoding="utf-8")
    again = run_spec(text, into, base=Path(before["base"]), watch=watch, calls=calls)
    after = json.loads((again.folder / "record.json").read_text(encoding="utf-8"))
    now = environment()
    then = before["environment"]
    changed = {
        name: (then.get(name), now.get(name))
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    }
    frames = [pl.read_parquet(path / "metrics.parquet") for path in (old, again.folder)]
    same = before["data"]["fingerprint"] == after["data"]["fingerprint"]
    return Reproduction(_differences(*frames), changed, same, again.folder)


def _differences(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    rows = []
    metrics = [name for name in before.columns if name not in ("query", "model")]
    for model in before["model"].unique(maintain_order=True):
        mine = before.filter(pl.col("model") == model)
        theirs = after.filter(pl.col("model") == model)
        for metric in metrics:
            x, y = mine[metric].to_numpy(), theirs[metric].to_numpy()
            gap = np.abs(x - y)[~(np.isnan(x) & np.isnan(y))]
            differ = int((gap != 0).sum())
            largest = float(gap.max(initial=0.0))
            rows.append((model, metric, np.nanmean(x), np.nanmean(y), differ, largest))
    names = ("model", "metric", "before", "after", "queries_that_differ", "largest_difference")
    return pl.DataFrame(rows, schema=names, orient="row")
