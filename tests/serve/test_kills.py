import runpy
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def kills(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    yield runpy.run_path(str(BENCHMARKS / "service_kills.py"))["kills"]
    sys.modules.pop("record", None)


@pytest.mark.parametrize("trials", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_a_killed_service_has_what_it_acknowledged_once(kills, tmp_path, trials):
    """64 clients write to ``penchant serve``; what they heard nothing of they send again."""
    found = kills(tmp_path, trials, {})
    assert found["kills"] == trials
    assert found["acknowledged"] > 0
    assert found["lost"] == found["written_twice"] == found["findings_of_fsck"] == 0
