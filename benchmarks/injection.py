"""What injected orders achieve against ranking models, with defences and without.

Run: ``python benchmarks/injection.py [scripted|held-out|local] [CASES]``. *scripted*: the 600 cases
against a model that obeys what it understands, and against a reader that obeys whatever is left of
an attack. *held-out*: the same with wordings that the patterns were not made on. *local*: the
packaged model, by the likelihood of each number; CASES of the 600, evenly spread. Replies are kept
in ``/tmp/penchant-injection.sqlite``, so a run that was stopped goes on where it was.
"""

import sys
import tomllib
from pathlib import Path

from record import seconds_of, write_record

import penchant as pn
from penchant.core import Run
from penchant.language import LanguageModel, ScriptedLM
from penchant.trust import (
    CARRIERS,
    How,
    InjectionCase,
    InjectionReport,
    attack,
    injection_cases,
    scenes_of,
)

BOUND = 1
"""Places that texts may lift an item."""


def held_out() -> list[InjectionCase]:
    """Each wording in every carrier."""
    text = Path(__file__).with_name("injection_held_out.toml").read_text(encoding="utf-8")
    made = []
    for number, wording in enumerate(tomllib.loads(text)["wordings"]):
        for carrier in CARRIERS:
            own = carrier in ("title", "description", "review") and number % 2 == 0
            told = wording.replace("{X}", "this item" if own else "{T}")
            made.append(InjectionCase(f"{number}-{carrier}", "held out", carrier, "first", told))
    return made


def figures(report: InjectionReport, run: Run) -> dict[str, object]:
    """What stands in the record."""
    return {
        "arms": report.summary(run).to_dicts(),
        "by_carrier": report.summary(run, ["carrier"]).to_dicts(),
        "by_family": report.summary(run, ["family"]).to_dicts(),
        "kept_on_clean_scenes": {arm: report.kept(arm) for arm in ("defended", "bounded")},
    }


def measured(
    lm: LanguageModel, cases: list[InjectionCase], how: How, run: Run, **size: int
) -> dict[str, object]:
    """One model, with seconds."""
    scenes = scenes_of(pn.data.mini_world(), len(cases), run, **size)
    kept: list[InjectionReport] = []
    seconds = seconds_of(lambda: kept.append(attack(lm, scenes, cases, run, how=how, bound=BOUND)))
    return {"cases": len(cases), "seconds": seconds, **figures(kept[0], run)}


def main() -> None:
    """Measures what the first argument names."""
    what = sys.argv[1] if len(sys.argv) > 1 else "scripted"
    run, every = Run(), list(injection_cases())
    if what == "local":
        from penchant.language import Ledger, LocalLM

        n = int(sys.argv[2]) if len(sys.argv) > 2 else len(every)
        cases = every[:: max(1, len(every) // n)][:n]
        run = Run(books=Ledger.open(Path("/tmp/penchant-injection.sqlite"), mode="cache"))
        told = {
            "smollm2-135m-instruct": measured(
                LocalLM(), cases, "likelihood", run, candidates=10, past=4
            )
        }
        write_record("injection_local", told, note="mini world; lift in places among 10")
        return
    cases = held_out() if what == "held-out" else every
    told = {
        "obedient": measured(ScriptedLM(behaviour="obedient"), cases, "written", run),
        "gullible": measured(ScriptedLM(), cases, "gullible", run),
    }
    name = "injection_held_out" if what == "held-out" else "injection"
    write_record(name, told, note="mini world; lift in places among 20")


if __name__ == "__main__":
    main()
