"""What an untrained language model is worth as a ranker, and what corrections of it buy.

200 people of MovieLens 100K and of Amazon Video Games (those of LLMRank), leave-last-out. Two sets
of candidates: the held-out item among 19 seeded uniform others (``sampled``), and the first 20 of
CoVisit, with its recall (``covisit``). Cells are measured from the cheapest on, beside Popular,
CoVisit and SASRec on the same candidates; each leaves its figures as soon as it has them, and every
call stands in the books, so that a run that is stopped goes on where it was::

    export PENCHANT_DATA=../shared/data
    python benchmarks/quality_llmrank.py
    python benchmarks/quality_llmrank.py --data ml-100k --candidates sampled --only pairwise-2

Leaves ``results/quality_llmrank_DATA_CANDIDATES.json`` with values of all people for each cell, and
in ``gains`` what each correction takes off the bias that it is made for;
``quality_llmrank_page.py`` writes a page of the docs of what there is so far.
"""

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from record import RESULTS, write_record
from scipy.stats import rankdata, spearmanr

import penchant as pn
from penchant.core import Ragged, Run
from penchant.data import Cases, Method, Queries, Rankings, Recommender, Split
from penchant.evaluate import with_sampled_candidates
from penchant.language import Ledger, LocalLM, opened
from penchant.prompting import Asking, Heard, answered, cleaned, prompt, proposed, row_questions
from penchant.recommenders.llmrank import LLMRank, LLMRankRecommender
from penchant.recommenders.lmrecsys import LMRecSys, LMRecSysRecommender

PEOPLE, POOL, DRAWS = 200, 20, 10_000
WORDS = {"ml-100k": ("movie", "watched"), "games": ("game", "played")}
BASELINES: dict[str, Method] = {"popular": pn.Popular(), "covisit": pn.CoVisit()}
TRAINED: dict[str, Method] = {"sasrec": pn.SASRec()}


def methods(lm: LocalLM, noun: str, chosen: str) -> dict[str, Method]:
    """Name -> method, the cheapest first; later ones find calls of earlier ones in the books."""
    said = LLMRank(lm=lm, noun=noun, chosen=chosen, answer="likelihood")
    wrote = replace(said, answer="numbers")
    title = LMRecSys(lm=lm, noun=noun, chosen=chosen)
    alone = replace(said, how="pointwise", answer="numbers")
    pairs = replace(alone, how="pairwise")
    return {
        "title-sum": replace(title, length="sum", prior=0.0),
        "title-mean": replace(title, length="mean", prior=0.0),
        "title-sum-prior": replace(title, length="sum", prior=1.0),
        "title-mean-prior": replace(title, length="mean", prior=1.0),
        "title-sum-half": replace(title, length="sum", prior=0.5),
        "title-mean-half": replace(title, length="mean", prior=0.5),
        "list-1": said,
        "list-1-calibrated": replace(said, calibrated=True),
        "pointwise": alone,
        "pointwise-calibrated": replace(alone, calibrated=True),
        "pointwise-prior": replace(alone, prior=1.0),
        "pairwise-2": replace(pairs, copies=2),
        "pairwise-2-calibrated": replace(pairs, copies=2, calibrated=True),
        "list-4": replace(said, copies=4),
        "list-4-rrf": replace(said, copies=4, merge="rrf"),
        "list-4-mean-rank": replace(said, copies=4, merge="mean-rank"),
        "list-4-calibrated": replace(said, copies=4, calibrated=True),
        "list-1-recency": replace(said, style="recency"),
        "list-1-in-context": replace(said, style="in-context"),
        "written-1": wrote,
        "list-8": replace(said, copies=8),
        "list-8-rrf": replace(said, copies=8, merge="rrf"),
        "list-8-mean-rank": replace(said, copies=8, merge="mean-rank"),
        "windows-1": replace(said, how="windows"),
        "written-1-recency": replace(wrote, style="recency"),
        "written-1-in-context": replace(wrote, style="in-context"),
        "written-3": replace(wrote, copies=3),
        "written-3-mean-rank": replace(wrote, copies=3, merge="mean-rank"),
        "written-3-rrf": replace(wrote, copies=3, merge="rrf"),
        "titles-1": replace(wrote, answer="titles"),
    }


GAINS = {
    "position: 4 copies for 1": ("list-1", "list-4", "position"),
    "position: 8 copies for 1": ("list-1", "list-8", "position"),
    "position: 3 written copies for 1": ("written-1", "written-3", "position"),
    "position: calibrated": ("list-1", "list-1-calibrated", "position"),
    "language: prior of titles": ("title-sum", "title-sum-prior", "language"),
    "language: half the prior of titles": ("title-sum", "title-sum-half", "language"),
    "language: mean token": ("title-sum", "title-mean", "language"),
    "language: both": ("title-sum", "title-mean-prior", "language"),
    "popularity: prior of titles": ("title-sum", "title-sum-prior", "popularity"),
    "popularity: prior of yes": ("pointwise", "pointwise-prior", "popularity"),
}
"""Correction -> the cell before, the cell after, the bias that it is made for."""


@dataclass(frozen=True)
class Scene:
    """People, their candidates, and what is known of items from training."""

    data: str
    split: Split
    cases: Cases
    """With candidates"""
    valid: Cases
    """As a second stage meets it: with what was proposed, if anything was"""
    pools: Ragged
    fluency: NDArray[np.float64]
    """(n_items,) log-probability of each title without a past; nan where nobody asked"""
    run: Run
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> NDArray[np.int64]:
        """(n_items,) events of training."""
        items = self.split.train.events["item"].to_numpy()
        return np.bincount(items, minlength=len(self.split.train.catalog))


@dataclass(frozen=True)
class Fixed:
    """Answers that are known already."""

    rankings: Rankings

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The first k of them."""
        return Rankings(self.rankings.items[:, :k], self.rankings.scores[:, :k])


def scene(data: str, candidates: str, lm: LocalLM, run: Run) -> Scene:
    """200 people with 20 candidates each."""
    known = pn.data.published_split(data) if data == "games" else None
    split = known or pn.data.leave_last_out(pn.data.load(data))
    drawn = run.rng("quality.people").choice(len(split.test), PEOPLE, replace=False)
    cases = split.test.take(np.sort(drawn))
    n_items, valid = len(split.train.catalog), split.valid
    if candidates == "sampled":
        queries = with_sampled_candidates(cases, POOL - 1, n_items, run)
    else:
        first = pn.CoVisit().fit(split.train, run)
        cases = with_proposals(cases, first, run)
        valid = with_proposals(valid, first, run)
        queries = cases.queries
    assert queries.candidates is not None
    found = [
        bool(np.isin(cases.relevant[row], queries.candidates[row]).any()) for row in range(PEOPLE)
    ]
    held = replace(cases, queries=queries)
    pools = proposed(queries, np.zeros(n_items, np.float32), POOL, run)
    notes = {"recall": float(np.mean(found)), "claim": split.claim}
    return Scene(data, split, held, valid, pools, _fluency(data, split, pools, lm, run), run, notes)


def with_proposals(cases: Cases, first: Recommender, run: Run) -> Cases:
    """What the first stage proposes to everybody."""
    proposed = first.recommend(cases.queries, POOL, run).as_ragged()
    return replace(cases, queries=replace(cases.queries, candidates=proposed))


def _fluency(data: str, split: Split, pools: Ragged, lm: LocalLM, run: Run) -> NDArray[np.float64]:
    """Asked in the words of LMRecSys, so that the books answer its prior, too."""
    noun, chosen = WORDS[data]
    alone = prompt("next-title@1").fill(history=[], noun=noun, chosen=chosen)
    titles, items = split.train.catalog.titles(), np.unique(pools.values)
    answers = [[f" {cleaned(titles[item])}."] for item in items]
    told = opened(lm, run).score([alone] * len(items), answers, run=run)
    fluency = np.full(len(titles), np.nan)
    fluency[items] = told.log_probs
    return fluency


def measured(name: str, method: Method, at: Scene) -> dict[str, Any]:
    """One cell."""
    started = time.perf_counter()
    curious = isinstance(method, LLMRank) and method.proposals
    ranker = method.fit(at.split.train, at.run, valid=at.valid if curious else at.split.valid)
    fit_s = time.perf_counter() - started
    assert isinstance(ranker, LLMRankRecommender | LMRecSysRecommender)
    heard = ranker.heard(at.cases.queries, at.pools, at.run)
    rankings = answered(at.pools, heard.values, POOL)
    figures = {
        **quality(rankings, at),
        "method": str(method),
        "calls": heard.calls,
        "prompt_tokens": heard.usage.prompt_tokens,
        "reused_tokens": heard.usage.reused_tokens,
        "written_tokens": heard.usage.completion_tokens,
        "model_s": heard.usage.seconds,
        "fit_s": fit_s,
        "failures": dict(heard.failures),
        "unreadable_rows": float(np.mean([not np.isfinite(v).any() for v in heard.values])),
        "position": position_bias(method, heard, at),
    }
    if isinstance(method, LLMRank) and method.how == "pointwise":
        figures["calibration_error"] = calibration_error(heard, at, chances=method.calibrated)
    print(name, figures["ndcg@10"], f"{heard.usage.seconds:.0f} s", flush=True)
    return figures


def quality(rankings: Rankings, at: Scene) -> dict[str, Any]:
    """Figures with intervals by person, and biases that any order can have."""
    names = ["ndcg@10", "hr@1", "mrr@20"]
    report = pn.evaluate({"it": Fixed(rankings)}, at.cases, metrics=names, run=at.run)
    told = {
        row["metric"]: [row["value"], row["low"], row["high"]]
        for row in report.summary().to_dicts()
    }
    places = [places_of(rankings.items[row], at.pools[row]) for row in range(PEOPLE)]
    known = [np.log1p(at.counts[at.pools[row]]) for row in range(PEOPLE)]
    fluent = [at.fluency[at.pools[row]] for row in range(PEOPLE)]
    return {
        **told,
        "people": [round(value, 4) for value in report.values("it", "ndcg@10").tolist()],
        "popularity": likeness([-place for place in places], known),
        "language": likeness([-place for place in places], fluent),
    }


def places_of(answer: NDArray[np.int32], pool: NDArray[np.int32]) -> NDArray[np.float64]:
    """(n,) where each candidate of the pool stands in the answer."""
    order = {item: place for place, item in enumerate(answer.tolist())}
    return np.array([order[item] for item in pool.tolist()], np.float64)


def likeness(
    ones: list[NDArray[np.float64]], others: list[NDArray[np.float64]]
) -> list[float | None]:
    """Spearman's correlation of each person's candidates; none where one side is constant."""
    told = []
    for one, other in zip(ones, others, strict=True):
        same = len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0
        told.append(None if same else round(float(spearmanr(one, other).statistic), 4))
    return told


def position_bias(method: Method, heard: Heard, at: Scene) -> list[float | None] | None:
    """How far the place at which candidates were shown decides where they end, mean over copies.

    1: what is shown first ends first. Only of lists.
    """
    if not isinstance(method, LLMRank) or method.how not in ("listwise", "windows"):
        return None
    asking = Asking(method.answer, method.copies, method.shuffled)
    questions = row_questions(at.cases.queries, at.pools, history=method.history, most=POOL)
    told: list[float | None] = []
    for question, values in zip(questions, heard.values, strict=True):
        if not np.isfinite(values).all():
            told.append(None)
            continue
        ends = rankdata(-values)
        each = []
        for order in asking.orders(question, at.run):
            shown = np.empty(len(order))
            shown[order] = np.arange(len(order))
            each.append(spearmanr(shown, ends).statistic if np.ptp(ends) else 0.0)
        told.append(round(float(np.mean(each)), 4))
    return told


def calibration_error(heard: Heard, at: Scene, *, chances: bool) -> list[list[float]]:
    """The held-out item and one other of each person: what was foretold, and what was true."""
    pairs = []
    for row, values in enumerate(heard.values):
        right = np.isin(at.pools[row], at.cases.relevant[row])
        for place in (np.flatnonzero(right)[:1], np.flatnonzero(~right)[:1]):
            told = values[place] if chances else 1 / (1 + np.exp(-values[place]))
            pairs += [
                [round(float(chance), 5), float(right[one])]
                for chance, one in zip(told, place, strict=True)
            ]
    return pairs


def expected_error(pairs: NDArray[np.float64], bins: int = 10) -> float:
    """Mean distance between what was foretold and how often it was true, in ten equal widths."""
    read = pairs[np.isfinite(pairs[:, 0])]
    at = np.minimum((read[:, 0] * bins).astype(int), bins - 1)
    sums = [np.bincount(at, column, minlength=bins) for column in read.T]
    return float(np.abs(sums[0] - sums[1]).sum() / len(read))


def gains(figures: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """What each correction takes off its bias: differences of sizes, with intervals by person."""
    told: dict[str, Any] = {}
    weights = run.rng("quality.gains").multinomial(PEOPLE, np.full(PEOPLE, 1 / PEOPLE), DRAWS)
    for name, (before, after, bias) in GAINS.items():
        if before in figures and after in figures:
            sides = [np.array(figures[cell][bias], np.float64) for cell in (before, after)]
            both = np.isfinite(sides[0]) & np.isfinite(sides[1])
            drawn = weights[:, both] / np.maximum(weights[:, both].sum(1, keepdims=True), 1)
            sizes = [np.abs(drawn @ side[both]) for side in sides]
            low, high = np.quantile(sizes[0] - sizes[1], [0.025, 0.975])
            means = [float(side[both].mean()) for side in sides]
            told[name] = {"before": means[0], "after": means[1], "less": [low, high]}
    cells = ("pointwise", "pointwise-calibrated")
    if all(cell in figures for cell in cells):
        pairs = [np.array(figures[cell]["calibration_error"]) for cell in cells]
        errors = [expected_error(each) for each in pairs]
        n = len(pairs[0])
        draws = run.rng("quality.errors").integers(0, n, (1_000, n))
        less = [expected_error(pairs[0][d]) - expected_error(pairs[1][d]) for d in draws]
        low, high = np.quantile(less, [0.025, 0.975])
        told["calibration error: Platt"] = {
            "before": errors[0],
            "after": errors[1],
            "less": [low, high],
        }
    return told


def baseline(name: str, method: Method, at: Scene, folder: Path) -> dict[str, Any]:
    """A recommender that was trained, on the same candidates."""
    run = replace(at.run, folder=folder / f"{at.data}-{name}") if name in TRAINED else at.run
    started = time.perf_counter()
    fitted: Recommender = method.fit(at.split.train, run, valid=at.split.valid)
    fit_s = time.perf_counter() - started
    rankings = fitted.recommend(at.cases.queries, POOL, run)
    print(name, at.data, f"{fit_s:.0f} s", flush=True)
    return {**quality(rankings, at), "method": str(method), "fit_s": fit_s}


def known(name: str) -> dict[str, Any]:
    """Figures of an earlier call."""
    path = RESULTS / f"{name}.json"
    figures: dict[str, Any] = json.loads(path.read_text())["figures"] if path.exists() else {}
    return figures


def main() -> None:
    """Measures cell after cell, the cheapest of all data first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", choices=[*WORDS], default=[*WORDS])
    parser.add_argument("--candidates", nargs="+", default=["sampled", "covisit"])
    parser.add_argument("--only", nargs="+", default=None, help="names of cells")
    parser.add_argument("--again", action="store_true", help="also cells that have figures")
    parser.add_argument("--books", type=Path, default=Path("runs/quality_llmrank/books.sqlite"))
    asked = parser.parse_args()
    asked.books.parent.mkdir(parents=True, exist_ok=True)
    lm = LocalLM(precision="bfloat16")
    run = Run(seed=0, books=Ledger.open(asked.books))
    names = [*BASELINES, *methods(lm, "", ""), *TRAINED]
    cheap = names.index("list-1-in-context") + 1
    order = [*names[:cheap], *TRAINED, *names[cheap : -len(TRAINED)]]
    scenes: dict[tuple[str, str], Scene] = {}
    for name in order:
        for candidates in asked.candidates:
            for data in asked.data:
                record = f"quality_llmrank_{data}_{candidates}"
                figures = known(record)
                chosen = asked.only is None or name in asked.only
                if not chosen or (name in figures and not asked.again):
                    continue
                if (data, candidates) not in scenes:
                    scenes[data, candidates] = scene(data, candidates, lm, run)
                at = scenes[data, candidates]
                if name in BASELINES or name in TRAINED:
                    method = {**BASELINES, **TRAINED}[name]
                    figures[name] = baseline(name, method, at, asked.books.parent)
                else:
                    figures[name] = measured(name, methods(lm, *WORDS[data])[name], at)
                figures["gains"] = gains(figures, run)
                figures["scene"] = {**at.notes, "people": PEOPLE, "candidates": POOL}
                write_record(record, figures, note=at.notes["claim"])


if __name__ == "__main__":
    main()
