"""Answers of a fallback are counted, and told."""

import json
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from penchant.cli.report import report_json
from penchant.core import Overheard, Ragged, Run, Silent
from penchant.data import Cases, Flag, History, Queries, Rankings
from penchant.evaluate import evaluate

QUERIES = Queries(History(Ragged.of([[0]] * 6)))
CASES = Cases(QUERIES, Ragged.of([[1]] * 6), pl.DataFrame({"user": range(6)}))


@dataclass(frozen=True)
class Failing:
    """Answers of whose first rows a fallback gives."""

    failed: int
    says: bool = True

    def recommend(self, queries, k, run):
        flags = (np.arange(len(queries)) < self.failed) * np.uint8(Flag.DEGRADED)
        if self.failed and self.says:
            run.watch.note("asker, 6 questions: 4 denied; left out\n  hint: check the key")
        rows = np.tile(np.arange(1, k + 1), (len(queries), 1))
        scores = -rows.astype(np.float32)
        return Rankings(rows.astype(np.int32), scores, flags.astype(np.uint8))


def test_a_report_tells_how_much_of_a_model_is_its_fallback(tmp_path):
    watch = Overheard(Silent())
    models = {"asking": Failing(4), "well": Failing(0)}
    report = evaluate(models, CASES, metrics="ndcg@3", run=Run(watch=watch))
    assert report.degraded == {"asking": pytest.approx(4 / 6), "well": 0.0}
    told = "asking: 4 of 6 lists are of its fallback (asker, 6 questions: 4 denied; left out; "
    assert report.notes == (told + "hint: check the key)",)
    assert len(watch.notes) == 1
    kept = json.loads(report.to_json(tmp_path / "report.json").read_text())
    assert kept["degraded"] == report_json(report)["degraded"] == report.degraded


def test_a_python_warning_tells_it_where_nobody_watches():
    with pytest.warns(UserWarning, match="asking: 6 of 6 lists .*check the key"):
        evaluate({"asking": Failing(6)}, CASES, metrics="ndcg@3")


def test_a_method_that_falls_back_by_design_warns_of_nothing():
    report = evaluate({"short": Failing(1, says=False)}, CASES, metrics="ndcg@3")
    assert report.notes == ("short: 1 of 6 lists is of its fallback",)
