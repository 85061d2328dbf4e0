"""Runs whose methods are measured in this process: a new one takes seconds to import everything."""

import io
from pathlib import Path

from penchant.experiments import run_spec
from penchant.experiments.spec import read_spec
from penchant.experiments.worker import Teller, measure
from penchant.language import LedgerOptions

SPEC = """
data = "mini-world"
methods = ["popular", "markov"]
metrics = ["ndcg@10", "coverage@10"]
"""


def quick_run(folder, text=SPEC):
    """What ``run_spec`` leaves, without its processes."""
    spec = read_spec(text)
    folder.mkdir(parents=True)
    (folder / "spec.toml").write_text(text)
    for entry in spec.entries:
        own = folder / "entries" / entry.name
        own.mkdir(parents=True)
        measure(spec, entry, own, Path(), LedgerOptions(), Teller(io.StringIO()))
    return run_spec(text, folder)
