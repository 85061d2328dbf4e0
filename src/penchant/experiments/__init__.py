"""Experiments: one spec in, one run folder out; run again and compared; the demo."""

from penchant.experiments.choosing import Chosen, choose
from penchant.experiments.demo import Demo, Person, demo, demo_spec
from penchant.experiments.reproducing import Reproduction, reproduce
from penchant.experiments.running import Experiment, run_spec
from penchant.experiments.spec import DataSpec, Entry, Spec, SplitSpec, read_spec

__all__ = [
    "Chosen",
    "DataSpec",
    "Demo",
    "Entry",
    "Experiment",
    "Person",
    "Reproduction",
    "Spec",
    "SplitSpec",
    "choose",
    "demo",
    "demo_spec",
    "read_spec",
    "reproduce",
    "run_spec",
]
