import numpy as np
import pytest

import penchant as pn
from penchant.core import UsageError
from penchant.experiments import choose


def test_the_best_on_validation_is_fitted_on_everything(tmp_path):
    data = pn.data.mini_world()
    methods = {"popular": pn.Popular(), "covisit": pn.CoVisit()}
    chosen = choose(methods, data, tmp_path)
    valid = {name: chosen.valid.values(name, "ndcg@10").mean() for name in methods}
    assert chosen.name == max(valid, key=valid.get) == "covisit"
    assert chosen.model.record.events == len(data.events)
    assert chosen.test.models == ("popular", "covisit")
    assert pn.load(tmp_path / "model").name == "CoVisit"
    again = choose(methods, data, tmp_path)
    values = [found.test.values("covisit", "ndcg@10") for found in (chosen, again)]
    assert np.array_equal(*values)


def test_there_must_be_methods(tmp_path):
    with pytest.raises(UsageError, match="no methods"):
        choose({}, pn.data.mini_world(), tmp_path)
