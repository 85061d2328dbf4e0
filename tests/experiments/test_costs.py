import json

import numpy as np

from penchant.experiments import run_spec


def test_the_memory_of_the_parent_is_not_a_cost_of_the_method(tmp_path):
    held = np.ones(120_000_000)  # 960 MB
    run_spec('data = "mini-world"\nmethods = ["popular"]\n', tmp_path / "run")
    costs = json.loads((tmp_path / "run" / "costs.json").read_text())
    assert held[0] == 1.0
    assert 50 < costs["popular"]["peak_memory_mb"] < 800
