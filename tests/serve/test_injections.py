"""Injected orders achieve nothing; benchmarks/injection_service.py has all 600 cases."""

import runpy
import sys
from pathlib import Path

import pytest

from penchant.trust import CARRIERS, injection_cases

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
EVERY = 43


pytest.importorskip("mcp", reason="needs mcp: pip install 'penchant[mcp]'")


def test_injected_orders_achieve_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    script = runpy.run_path(str(BENCHMARKS / "injection_service.py"))
    cases = injection_cases()[::EVERY]
    assert {case.carrier for case in cases} == {*CARRIERS}
    found = script["figures"](cases, tmp_path / "events")
    assert {name: found[name] for name in script["NAMES"]} == dict.fromkeys(script["NAMES"], 0)
    # Every answer was asked for, and the model was heard.
    assert found["items"] > 10 * len(cases)
    assert found["prompts"] == 4 * len(cases)
