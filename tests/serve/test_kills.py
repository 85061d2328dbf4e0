import runpy
import signal
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    yield runpy.run_path(str(BENCHMARKS / "service_kills.py"))
    sys.modules.pop("record", None)


@pytest.mark.parametrize("trials", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_a_killed_service_has_what_it_acknowledged_once(script, tmp_path, trials):
    """64 clients write to ``penchant serve``; what they heard nothing of they send again."""
    found = script["kills"](tmp_path, trials, {})
    assert found["kills"] == trials
    assert found["acknowledged"] > 0
    assert found["lost"] == found["written_twice"] == found["findings_of_fsck"] == 0


def test_a_service_that_is_told_to_end_closes_what_it_holds(script, tmp_path):
    model = script["saved_model"](tmp_path)
    with script["service"](model, tmp_path / "events") as (process, _, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not list((tmp_path / "events").glob("*-wal"))
