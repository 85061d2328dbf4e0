import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import UsageError
from penchant.evaluate import Report
from penchant.experiments import choose, usual_spec
from penchant.experiments.choosing import best


def test_the_best_on_validation_is_fitted_on_everything(tmp_path):
    data = pn.data.mini_world()
    pn.data.write_dataset(data, tmp_path / "data")
    spec = usual_spec(["popular", "covisit"], data, "data")
    first, again = (choose(spec, tmp_path / "run", base=tmp_path) for _ in range(2))
    valid = {name: first.valid.values(name, "ndcg@10").mean() for name in first.valid.models}
    assert first.name == max(valid, key=valid.get) == "covisit"
    assert first.model.record.events == len(data.events)
    assert first.experiment.report.models == ("popular", "covisit")
    assert not first.experiment.audit.failed
    values = [found.experiment.report.values("covisit", "ndcg@10") for found in (first, again)]
    assert np.array_equal(*values)


def test_the_best_has_the_least_error():
    errors = {"near": pl.DataFrame({"mae": [0.5, 0.7]}), "far": pl.DataFrame({"mae": [2.0, 0.6]})}
    report = Report(errors, {}, pl.DataFrame(), {}, ("mae",))
    assert best(report, "mae") == "near"


def test_there_must_be_methods():
    with pytest.raises(UsageError, match="no methods"):
        usual_spec([], pn.data.mini_world(), "data")
