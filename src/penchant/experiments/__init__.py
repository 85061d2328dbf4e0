"""Experiments: one spec in, one run folder out; run again and compared; the demo."""

from penchant.experiments.choosing import Chosen, choose, usual_spec
from penchant.experiments.curves import Curve, read_curves
from penchant.experiments.demo import Demo, Person, demo, demo_spec
from penchant.experiments.records import RunFolder, find_run, find_runs, join_reports, read_report
from penchant.experiments.reproducing import Reproduction, reproduce
from penchant.experiments.running import Experiment, run_spec
from penchant.experiments.spec import DataSpec, Entry, Spec, SplitSpec, read_spec

__all__ = [
    "Chosen",
    "Curve",
    "DataSpec",
    "Demo",
    "Entry",
    "Experiment",
    "Person",
    "Reproduction",
    "RunFolder",
    "Spec",
    "SplitSpec",
    "choose",
    "demo",
    "demo_spec",
    "find_run",
    "find_runs",
    "join_reports",
    "read_curves",
    "read_report",
    "read_spec",
    "reproduce",
    "run_spec",
    "usual_spec",
]
