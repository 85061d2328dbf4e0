"""Ratings: the baselines that a method which foretells them must beat.

    PENCHANT_DATA=../shared/data python benchmarks/quality_rating.py ml-100k

On two splits: what came later (time), and a random fifth of each person's events, as papers of
rating prediction have it (P5: 80 / 10 / 10 at random).
"""

import argparse

from record import seconds_of, write_record

import penchant as pn
from penchant.data import Split, rated_cases
from penchant.evaluate import Report

METHODS = {
    "mean": pn.RatingBias(items=False, people=False),
    "median": pn.RatingBias(items=False, people=False, answer="median"),
    "mode": pn.RatingBias(items=False, people=False, answer="mode"),
    "item": pn.RatingBias(people=False),
    "item, median": pn.RatingBias(people=False, answer="median"),
    "item and person": pn.RatingBias(),
    "item and person, median": pn.RatingBias(answer="median"),
}


def main() -> None:
    """Fits and measures the baselines on both splits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="ml-100k")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    data = pn.data.load(asked.data)
    splits = {
        "time": pn.data.split_time(data, seed=asked.seed),
        "random": pn.data.split_ratio(data, valid=0.0, shuffled=True, seed=asked.seed),
    }
    figures = {name: _measured(split, data, asked.seed) for name, split in splits.items()}
    write_record(
        f"quality_rating_{asked.data}",
        figures,
        note="A person's deviation is taken from the ratings in the query's history, which on the "
        "time split holds those after the training part, too.",
    )


def _measured(split: Split, data: pn.data.Dataset, seed: int) -> dict[str, object]:
    run = pn.Run(seed=seed)
    fitted = {name: method.fit(split.train, run) for name, method in METHODS.items()}
    rated = rated_cases(split.test, data)
    report = pn.evaluate(fitted, rated, run=run)
    return {
        "ratings": len(rated),
        "fit_s": seconds_of(lambda: METHODS["item and person"].fit(split.train, run), repeats=3),
        "methods": _values(report),
        "mae_of_median_minus_mean": _difference(report, "mae"),
        "rmse_of_median_minus_mean": _difference(report, "rmse"),
    }


def _values(report: Report) -> dict[str, dict[str, list[float]]]:
    """Method -> metric -> value and the ends of its interval."""
    found: dict[str, dict[str, list[float]]] = {}
    for row in report.summary().to_dicts():
        values = [round(row[key], 4) for key in ("value", "low", "high")]
        found.setdefault(row["model"], {})[row["metric"]] = values
    return found


def _difference(report: Report, metric: str) -> dict[str, float]:
    rows = report.compare(metric, against="item and person").to_dicts()
    row = next(row for row in rows if row["a"] == "item and person, median")
    return {key: round(row[key], 5) for key in ("difference", "low", "high", "p_permutation")}


if __name__ == "__main__":
    main()
