"""Are the metrics those of ir-measures and RecTools, to 1e-9, on 10,000 tie-free cases?

python benchmarks/parity_metrics.py [cases]
"""

import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from peers import ask, interpreter, versions
from record import write_record

N_ITEMS = 300
CUTOFFS = (1, 5, 10, 20)


def main() -> None:
    """Draws cases, asks every contender, compares value by value."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    peers = {
        "ir_measures": interpreter("irm", ["ir-measures", "pytrec_eval-terrier"]),
        "rectools": interpreter("rectools", ["rectools"]),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "cases.npz", **draw(n, np.random.default_rng(0)))
        answers = {"penchant": ask(sys.executable, "penchant", folder)}
        answers |= {peer: ask(python, peer, folder) for peer, python in peers.items()}
        ours = np.load(folder / "penchant.npz")
        worst = {
            peer: {
                metric: float(
                    np.nan_to_num(np.abs(theirs[metric] - ours[metric]), nan=np.inf).max()
                )
                for theirs in [np.load(folder / f"{peer}.npz")]
                for metric in theirs.files
            }
            for peer in peers
        }
    largest = max(value for by in worst.values() for value in by.values())
    figures = {
        "cases": n,
        "largest_difference": largest,
        "within_1e_9": largest <= 1e-9,
        "options": {p: a["options"] for p, a in answers.items() if "options" in a},
        "largest_difference_by_metric": worst,
        "versions": versions(answers),
    }
    write_record("parity_metrics", figures, note="largest absolute difference of any one query")


def apart(theirs: np.ndarray, ours: np.ndarray) -> float:
    """The largest difference; a value that only one of them has is infinitely far off."""
    return float(np.nan_to_num(np.abs(theirs - ours), nan=np.inf).max())


def draw(n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Lists of 1 to 60 items without ties, 1 to 12 relevant items, and who knows which item."""
    lengths = rng.integers(1, 61, n)
    lists = np.argsort(rng.random((n, N_ITEMS)), axis=1)[:, :60]
    lists = np.where(np.arange(60) < lengths[:, None], lists, -1)
    relevant = np.argsort(rng.random((n, N_ITEMS)), axis=1)[:, :12]
    relevant = np.where(np.arange(12) < rng.integers(1, 13, n)[:, None], relevant, -1)
    known = rng.random((500, N_ITEMS)) < rng.random(N_ITEMS) * 0.2
    known[:, 0] = False
    return {"lists": lists, "relevant": relevant, "known": known}


def penchant(folder: Path) -> dict[str, object]:
    """Every metric that a peer has."""
    from penchant.core import Ragged
    from penchant.data import Rankings
    from penchant.evaluate import Background, list_metrics, parse_metrics, rank_metrics, ranks_in
    from penchant.evaluate.listed import coverage, shown_counts

    cases = np.load(folder / "cases.npz")
    lists, known = cases["lists"].astype(np.int32), cases["known"]
    relevant = Ragged.of([row[row >= 0] for row in cases["relevant"]])
    rankings = Rankings(lists, np.zeros(lists.shape, np.float32))
    cut = [f"{m}@{k}" for m in ("ndcg", "recall", "precision", "hr", "map", "mrr") for k in CUTOFFS]
    wanted = parse_metrics([*cut, "ndcg", "map", "mrr"])
    values = dict(rank_metrics(ranks_in(rankings, relevant), relevant, wanted))
    background = Background(known.sum(0), int(known.any(1).sum()))
    listed = parse_metrics([f"novelty@{k}" for k in CUTOFFS])
    values |= list_metrics(rankings, Ragged.empty(len(lists)), listed, background)
    shown = {
        f"coverage@{k}": np.array([coverage(shown_counts(rankings, k, N_ITEMS))]) for k in CUTOFFS
    }
    np.savez(folder / "penchant.npz", **{str(m): v for m, v in values.items()}, **shown)
    return {"versions": {"penchant": version("penchant"), "numpy": version("numpy")}}


def ir_measures(folder: Path) -> dict[str, object]:
    """trec_eval's figures; its RR and Success at a cutoff are named so."""
    import ir_measures as ir
    from ir_measures import AP, RR, P, R, Success, nDCG

    cases = np.load(folder / "cases.npz")
    measures = {"ndcg": nDCG, "map": AP, "mrr": RR}
    kinds = {"ndcg": nDCG, "recall": R, "precision": P, "hr": Success, "map": AP, "mrr": RR}
    measures |= {f"{name}@{k}": kind @ k for name, kind in kinds.items() for k in CUTOFFS}
    run = {
        str(q): {f"d{item}": float(1000 - rank) for rank, item in enumerate(row) if item >= 0}
        for q, row in enumerate(cases["lists"].tolist())
    }
    qrels = {
        str(q): {f"d{item}": 1 for item in row if item >= 0}
        for q, row in enumerate(cases["relevant"].tolist())
    }
    values = {name: np.zeros(len(run)) for name in measures}
    names = {str(measure): name for name, measure in measures.items()}
    for found in ir.iter_calc(list(measures.values()), qrels, run):
        values[names[str(found.measure)]][int(found.query_id)] = found.value
    np.savez(folder / "ir_measures.npz", **values)
    packages = ("ir_measures", "pytrec_eval-terrier")
    return {"options": names, "versions": {name: version(name) for name in packages}}


def rectools(folder: Path) -> dict[str, object]:
    """RecTools' figures for each user."""
    import pandas as pd
    from rectools import metrics as rt

    cases = np.load(folder / "cases.npz")
    users, ranks = np.nonzero(cases["lists"] >= 0)
    reco = pd.DataFrame(
        {"user_id": users, "item_id": cases["lists"][users, ranks], "rank": ranks + 1}
    )
    rows, places = np.nonzero(cases["relevant"] >= 0)
    wanted = pd.DataFrame({"user_id": rows, "item_id": cases["relevant"][rows, places]})
    people, items = np.nonzero(cases["known"])
    previous = pd.DataFrame({"user_id": people, "item_id": items})
    values, options = {}, {}
    for k in CUTOFFS:
        metrics = {
            "ndcg": rt.NDCG(k, divide_by_achievable=True),
            "recall": rt.Recall(k),
            "precision": rt.Precision(k),
            "hr": rt.HitRate(k),
            "map": rt.MAP(k, divide_by_k=False),
            "mrr": rt.MRR(k),
        }
        for name, metric in metrics.items():
            found = metric.calc_per_user(reco, wanted)
            values[f"{name}@{k}"] = found.reindex(range(len(cases["lists"]))).to_numpy()
            options[repr(metric)] = f"{name}@{k}"
        novelty = rt.MeanInvUserFreq(k).calc_per_user(reco, previous)
        values[f"novelty@{k}"] = novelty.reindex(range(len(cases["lists"]))).to_numpy()
        covered = rt.CatalogCoverage(k, normalize=True).calc(reco, list(range(N_ITEMS)))
        values[f"coverage@{k}"] = np.array([covered])
    np.savez(folder / "rectools.npz", **values)
    return {"options": options, "versions": {n: version(n) for n in ("rectools", "numpy")}}


ROLES = {"penchant": penchant, "ir_measures": ir_measures, "rectools": rectools}

if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(ROLES[sys.argv[1]](Path(sys.argv[2]))))
    else:
        main()
