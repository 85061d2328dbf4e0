"""Reviews and explanations: the baseline that a method which writes them must beat.

    PENCHANT_DATA=../shared/data python benchmarks/quality_texts.py

How many held-out texts stand word for word in the training part is told beside the figures: a
model that learns texts by heart is paid for those.
"""

from record import write_record

import penchant as pn
from penchant.data import Dataset, event_texts, written_cases
from penchant.evaluate import Report

DATA = ("mini-world", "amazon-all-beauty-2018")
COLUMNS = ("review", "explanation")


def main() -> None:
    """Measures each data set and column."""
    figures = {name: _measured(pn.data.load(name)) for name in DATA}
    write_record("quality_texts", figures)


def _measured(data: Dataset) -> dict[str, object]:
    run = pn.Run(seed=0)
    split = pn.data.split_time(data)
    found: dict[str, object] = {}
    for column in COLUMNS:
        written = written_cases(split.test, data, column)
        fitted = {
            "item": pn.Quote(column=column).fit(split.train, run),
            "same for all": pn.Quote(column=column, items=False).fit(split.train, run),
        }
        known = event_texts(split.train, column)
        learned = set() if known is None else set(known.drop_nulls())
        report = pn.evaluate(fitted, written, run=run)
        against = report.compare("rouge_l").row(0, named=True)
        found[column] = {
            "texts": len(written),
            "share_in_training": sum(t in learned for t in written.references) / len(written),
            "quotes": _values(report),
            "rouge_l_of_item_minus_same": {
                key: round(against[key], 5)
                for key in ("difference", "low", "high", "p_permutation")
            },
        }
    return found


def _values(report: Report) -> dict[str, dict[str, list[float]]]:
    """Quotes -> metric -> value and the ends of its interval, where it has one."""
    found: dict[str, dict[str, list[float]]] = {}
    for row in report.summary().to_dicts():
        values = [round(row[key], 4) for key in ("value", "low", "high") if row[key] == row[key]]
        found.setdefault(row["model"], {})[row["metric"]] = values
    return found


if __name__ == "__main__":
    main()
