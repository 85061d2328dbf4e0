"""Whether chances are what they say: of all answers given with 70 %, 7 in 10 should come true.

Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning",
AAAI 2015; Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Run, UsageError

Floats = NDArray[np.floating]
Truths = NDArray[np.bool_]
Bins = Literal["width", "count"]
"""Bins of equal width, or with equally many answers each."""
RESAMPLES = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """Chances that something is so, and whether it was."""

    chance: Floats
    """(n,) from 0 to 1; nan: not known, left out"""
    truth: Truths
    """(n,)"""

    def __post_init__(self) -> None:
        if self.chance.shape != self.truth.shape or self.chance.ndim != 1:
            raise UsageError(
                f"{self.chance.shape} chances and {self.truth.shape} truths: need one each"
            )
        known = self.chance[np.isfinite(self.chance)]
        if len(known) and not 0 <= known.min() <= known.max() <= 1:
            raise UsageError(f"chances from {known.min():g} to {known.max():g}: need 0 to 1")

    def read(self) -> "Chances":
        """Those that are known."""
        known = np.isfinite(self.chance)
        return Chances(self.chance[known], self.truth[known])


def reliability(chances: Chances, *, bins: int = 10, by: Bins = "width") -> pl.DataFrame:
    """What was said and what came true, bin by bin.

    Returns:
        For each bin with answers: low, high (its ends), n, said (mean chance), true (share).
    """
    if bins < 1:
        raise UsageError(f"bins={bins}: need at least 1")
    chance, truth = _float(chances)
    inner = np.arange(1, bins) / bins
    edges = inner if by == "width" else np.quantile(chance, inner) if len(chance) else inner
    place = np.searchsorted(edges, chance, side="right")
    ends = np.concatenate([[0.0], edges, [1.0]])
    n = np.bincount(place, minlength=bins)
    filled = np.flatnonzero(n)
    said = np.bincount(place, chance, bins)[filled] / n[filled]
    true = np.bincount(place, truth, bins)[filled] / n[filled]
    return pl.DataFrame(
        {
            "low": ends[filled],
            "high": ends[filled + 1],
            "n": n[filled],
            "said": said,
            "true": true,
        }
    )


def calibration_error(chances: Chances, *, bins: int = 10, by: Bins = "width") -> float:
    """Expected calibration error: |said - true| of each bin, weighted by its answers; nan of none.

    >>> said = Chances(np.array([0.9, 0.9, 0.1, 0.1]), np.array([True, False, False, False]))
    >>> round(calibration_error(said), 3)
    0.25
    """
    table = reliability(chances, bins=bins, by=by)
    n = table["n"].to_numpy()
    gaps = np.abs(table["said"].to_numpy() - table["true"].to_numpy())
    return float((gaps * n).sum() / n.sum()) if n.sum() else float("nan")


def chance_metrics(chances: Chances, run: Run, *, bins: int = 10) -> dict[str, float]:
    """How good chances are, with 95 % bootstrap intervals of the calibration error.

    Returns:
        n, unread; ece (equal width), ece_low, ece_high, ece_count (equally many); brier; log_loss
        (natural log); auc (0.5: says nothing; not changed by calibration); said (mean chance),
        true (share).
    """
    chance, truth = _float(chances)
    low, high = _interval(chances.read(), run, bins)
    bounded = np.clip(chance, 1e-6, 1 - 1e-6)
    loss = -np.log(np.where(truth > 0, bounded, 1 - bounded))
    return {
        "n": len(chance),
        "unread": len(chances.chance) - len(chance),
        "ece": calibration_error(chances, bins=bins),
        "ece_low": low,
        "ece_high": high,
        "ece_count": calibration_error(chances, bins=bins, by="count"),
        "brier": _mean((chance - truth) ** 2),
        "log_loss": _mean(loss),
        "auc": auc(chances),
        "said": _mean(chance),
        "true": _mean(truth),
    }


def auc(chances: Chances) -> float:
    """The chance that a true one was given more than a false one, ties half; nan without both."""
    from scipy.stats import rankdata

    chance, truth = _float(chances)
    yes = truth > 0
    n_yes, n_no = int(yes.sum()), int((~yes).sum())
    if not n_yes or not n_no:
        return float("nan")
    total = float(rankdata(chance)[yes].sum())
    return (total - n_yes * (n_yes + 1) / 2) / (n_yes * n_no)


def _float(chances: Chances) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    read = chances.read()
    return read.chance.astype(np.float64), read.truth.astype(np.float64)


def _interval(chances: Chances, run: Run, bins: int) -> tuple[float, float]:
    n = len(chances.chance)
    if not n:
        return float("nan"), float("nan")
    rng = run.rng("trust.calibration")
    drawn = [
        calibration_error(Chances(chances.chance[rows], chances.truth[rows]), bins=bins)
        for rows in (rng.integers(0, n, n) for _ in range(RESAMPLES))
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")
