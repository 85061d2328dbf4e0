"""Schemathesis on the committed document: nothing breaks, refusals are problem documents."""

import runpy
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

pytest.importorskip("schemathesis", reason="needs schemathesis: pip install schemathesis")


@pytest.fixture
def fuzzing(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(BENCHMARKS)
    script = runpy.run_path(str(BENCHMARKS / "api_fuzz.py"))
    with script["service"](tmp_path) as where:
        yield lambda **bounds: script["fuzz"](where, folder=tmp_path, **bounds)
    sys.modules.pop("record", None)


def test_random_requests_break_nothing(fuzzing):
    found, told = fuzzing(cases=4, seconds=5, phases="fuzzing")
    assert found == 0, told
    assert "generated" in told


@pytest.mark.slow
def test_two_hundred_cases_of_each_operation_and_sequences_break_nothing(fuzzing):
    found, told = fuzzing(cases=200)
    assert found == 0, told
