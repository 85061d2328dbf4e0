"""Chances of yes before and after calibration, on TALLRec's validation and test files.

Run: ``PENCHANT_DATA=... python benchmarks/calibration_tallrec.py [movie|book] [ROWS]``. The
packaged model is asked preset PR13; its chance of yes is exp(yes) / (exp(yes) + exp(no)). Platt's
slope and offset are fitted on the validation file and applied to the test file. Replies are kept
in ``/tmp/penchant-tallrec.sqlite``, so a run that was stopped goes on where it was. Draws
``docs/guides/calibration-NAME.svg``.
"""

import gzip
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from record import seconds_of, write_record

from penchant.core import Run
from penchant.language import Ledger, LocalLM, Prompt, opened
from penchant.prompting import platt, prompt
from penchant.trust import Chances, chance_metrics
from penchant.trust.plots import reliability_plot

GUIDES = Path(__file__).parents[1] / "docs" / "guides"
TITLE = re.compile(r'"([^"]+)"(?: written by ([^,"\n]+))?')


@dataclass(frozen=True)
class Part:
    """One file."""

    prompts: list[Prompt]
    truths: NDArray[np.bool_]


def read_part(name: str, part: str, rows: int | None) -> Part:
    """The questions of one file, in our own words, and their answers."""
    folder = Path(os.environ["PENCHANT_DATA"]) / "tallrec" / name
    with gzip.open(folder / f"{part}.json.gz", "rt", encoding="utf-8") as file:
        told = json.load(file)[:rows]
    prompts = []
    for one in told:
        liked, disliked, asked = one["input"].split("\n")[:3]
        target = asked.split(f"target {name} ", 1)[1].rstrip("?")
        prompts.append(
            prompt("like-yes-no@1").fill(
                liked=titles(liked), disliked=titles(disliked), title=titles(target)[0], noun=name
            )
        )
    return Part(prompts, np.array([one["output"] == "Yes." for one in told]))


def titles(text: str) -> list[str]:
    """``"Emma" written by Jane Austen`` as ``Emma by Jane Austen``."""
    return [f"{title} by {author}" if author else title for title, author in TITLE.findall(text)]


def log_odds(part: Part, run: Run) -> NDArray[np.float32]:
    """(n,) of yes against no, natural log."""
    model = opened(LocalLM(), run)
    told = model.score(part.prompts, [("Yes", "No")] * len(part.prompts), run=run)
    yes, no = told.log_probs.reshape(-1, 2).T
    return yes - no


def chances(odds: NDArray[np.float32], truths: NDArray[np.bool_]) -> Chances:
    """As chances."""
    return Chances(1 / (1 + np.exp(-odds.astype(np.float64))), truths)


def crossed(odds: NDArray[np.float32], truths: NDArray[np.bool_]) -> Chances:
    """Each half of a file calibrated on the other: what calibration does where nothing moves."""
    even = np.arange(len(odds)) % 2 == 0
    found = np.empty_like(odds)
    for half in (even, ~even):
        slope, offset = platt(odds[~half], truths[~half])
        found[half] = slope * odds[half] + offset
    return chances(found, truths)


def main() -> None:
    """Measures one data set."""
    name = sys.argv[1] if len(sys.argv) > 1 else "movie"
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else None
    run = Run(books=Ledger.open(Path("/tmp/penchant-tallrec.sqlite"), mode="cache"))
    valid, test = (read_part(name, part, rows) for part in ("valid", "test"))
    odds: list[NDArray[np.float32]] = []
    seconds = seconds_of(lambda: odds.extend([log_odds(valid, run), log_odds(test, run)]))
    slope, offset = platt(odds[0], valid.truths)
    before = chances(odds[1], test.truths)
    after = chances((slope * odds[1] + offset).astype(np.float32), test.truths)
    constant = Chances(np.full(len(test.truths), valid.truths.mean()), test.truths)
    drawing = reliability_plot({"as said": before, "calibrated": after})
    (GUIDES / f"calibration-{name}.svg").write_text(drawing, encoding="utf-8")
    figures = {
        "valid_rows": len(valid.truths),
        "test_rows": len(test.truths),
        "seconds": seconds,
        "slope": slope,
        "offset": offset,
        "test_before": chance_metrics(before, run),
        "test_after": chance_metrics(after, run),
        "test_after_on_its_other_half": chance_metrics(crossed(odds[1], test.truths), run),
        "test_constant_of_validation": chance_metrics(constant, run),
        "valid_before": chance_metrics(chances(odds[0], valid.truths), run),
    }
    note = "SmolLM2-135M-Instruct; replies may come from the books"
    write_record(f"calibration_tallrec_{name}", figures, note=note)


if __name__ == "__main__":
    main()
