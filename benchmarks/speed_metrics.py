"""How quick are metrics of lists (against ranx) and of embeddings (against RecTools)?

python benchmarks/speed_metrics.py [rounds]

Lists: 100,000 users' top 10, one frame of string ids, to six metrics of each user. Embeddings:
Amazon Beauty, 64 numbers for each of 22,363 people and 12,101 items, the training items of each
person left out, to four metrics of the last item. Each contender gets its own kind of frame or
array in memory, is warmed up by a whole pass that is not counted, and takes turns with the other.
"""

import gzip
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from peers import ONE_BLAS_THREAD, ROOT, ask, interpreter, versions
from record import write_record

N_USERS, N_ITEMS, K, DIMENSION = 100_000, 50_000, 10, 64
THREADS = len(os.sched_getaffinity(0))


def main() -> None:
    """Prepares both inputs, takes turns, writes one record."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    ranx = interpreter("ranx", ["ranx"])
    rectools = interpreter("rectools", ["rectools"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare_lists(folder)
        lists = turns({"penchant_lists": Path(sys.executable), "ranx": ranx}, folder, rounds)
        figures = {"lists": compared(lists, "penchant_lists", "ranx")}
        if prepare_vectors(folder):
            here = Path(sys.executable)
            roles = {"penchant_vectors": here, "penchant_whole": here, "rectools": rectools}
            vectors = turns(roles, folder, rounds)
            figures["embeddings"] = compared(vectors, "penchant_vectors", "rectools")
            figures["embeddings_every_rank"] = compared(vectors, "penchant_whole", "rectools")
    write_record("speed_metrics", figures, note="medians of a pass in a process of its own")


def turns(roles: dict[str, Path], folder: Path, rounds: int) -> dict[str, list[dict[str, Any]]]:
    """Each contender once a round, in turns."""
    answers: dict[str, list[dict[str, Any]]] = {role: [] for role in roles}
    for _ in range(rounds):
        for role, python in roles.items():
            answers[role].append(ask(python, role, folder, **ONE_BLAS_THREAD))
    return answers


def compared(answers: dict[str, list[dict[str, Any]]], ours: str, theirs: str) -> dict[str, Any]:
    """Median seconds, how many times quicker, and whether both said the same."""
    seconds = {role: [a["seconds"] for a in each] for role, each in answers.items()}
    cpu = {role: [a["cpu"] for a in each] for role, each in answers.items()}
    means = {role: each[0]["means"] for role, each in answers.items()}
    quicker = {
        name: statistics.median(b / a for a, b in zip(by[ours], by[theirs], strict=True))
        for name, by in (("seconds", seconds), ("cpu", cpu))
    }
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "times_quicker": quicker["seconds"],
        "times_less_cpu": quicker["cpu"],
        "means": means,
        "largest_difference": max(
            abs(means[ours][name] - means[theirs][name]) for name in means[theirs]
        ),
        "threads": THREADS,
        "versions": versions({role: each[0] for role, each in answers.items()}),
    }


def prepare_lists(folder: Path) -> None:
    """Numbers that each contender turns into its own frame of string ids."""
    rng = np.random.default_rng(0)
    lists = rng.integers(0, N_ITEMS // K, (N_USERS, K)) * K + np.arange(K)
    found = rng.random((N_USERS, 3)) < 0.3
    hits = np.take_along_axis(lists, np.argsort(rng.random((N_USERS, K)), axis=1)[:, :3], axis=1)
    others = N_ITEMS + rng.permuted(np.tile(np.arange(3), (N_USERS, 1)), axis=1)
    relevant = np.where(found, hits, others)
    scores = -np.sort(-rng.random((N_USERS, K)), axis=1)
    np.savez(folder / "lists.npz", lists=lists, relevant=relevant, scores=scores)


def frames(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of the lists and of what is relevant, ids as text."""
    data = np.load(folder / "lists.npz")
    lists, relevant = data["lists"], data["relevant"]
    users = np.array([f"user{i}" for i in range(len(lists))], object)
    text = np.array([f"item{i}" for i in range(N_ITEMS + 3)], object)
    made = {
        "user": np.repeat(users, K),
        "item": text[lists.ravel()],
        "score": data["scores"].ravel(),
    }
    return made, {"user": np.repeat(users, 3), "item": text[relevant.ravel()]}


def prepare_vectors(folder: Path) -> bool:
    """Beauty's people and items by a truncated singular value decomposition of training events."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import svds

    data = Path(os.environ.get("PENCHANT_DATA", ROOT.parent / "shared" / "data"))
    path = data / "amazon-p5" / "beauty" / "sequential.txt.gz"
    if not path.exists():
        print(f"embeddings left out: no {path}")
        return False
    with gzip.open(path, "rt", encoding="utf-8") as file:
        sequences = [[int(item) - 1 for item in line.split()[1:]] for line in file]
    n_items = max(map(max, sequences)) + 1
    train = [np.unique(sequence[:-2]) for sequence in sequences]
    lengths = np.array([len(items) for items in train])
    offsets, items = np.concatenate([[0], np.cumsum(lengths)]), np.concatenate(train)
    shape = (len(sequences), n_items)
    matrix = csr_array((np.ones(len(items), np.float32), items, offsets), shape)
    left, scale, right = svds(matrix, DIMENSION, rng=np.random.default_rng(0))
    np.savez(
        folder / "vectors.npz",
        users=np.ascontiguousarray(left * scale, np.float32),
        items=np.ascontiguousarray(right.T, np.float32),
        target=np.array([sequence[-1] for sequence in sequences], np.int32),
        train_items=items.astype(np.int32),
        train_offsets=offsets.astype(np.int64),
    )
    return True


def timed(work: Callable[[], dict[str, float]], *packages: str) -> dict[str, Any]:
    """One pass to warm up, one that counts."""
    work()
    start, cpu_start = time.perf_counter(), time.process_time()
    means = work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu_start
    return {
        "seconds": seconds,
        "cpu": cpu,
        "means": means,
        "versions": {p: version(p) for p in packages},
    }


def penchant_lists(folder: Path) -> dict[str, Any]:
    """One function from frame to frame."""
    import polars as pl

    from penchant.evaluate import metrics_of_lists

    lists, relevant = (pl.DataFrame(columns) for columns in frames(folder))
    lists = lists.with_columns(pl.col("user", "item").cast(pl.String))
    relevant = relevant.with_columns(pl.col("user", "item").cast(pl.String))
    names = ["ndcg@10", "recall@10", "precision@10", "hr@10", "map@10", "mrr@10"]

    def work() -> dict[str, float]:
        found = metrics_of_lists(lists, relevant, names)
        return {name: float(found[name].to_numpy().mean()) for name in names}

    return timed(work, "penchant", "polars", "numpy")


def ranx(folder: Path) -> dict[str, Any]:
    """Qrels and Run from pandas frames, then evaluate."""
    import pandas as pd
    from ranx import Qrels, Run, evaluate

    lists, relevant = (pd.DataFrame(columns, dtype=object) for columns in frames(folder))
    lists["score"] = lists["score"].astype(float)
    relevant["gain"] = 1
    kinds = {
        "ndcg@10": "ndcg@10",
        "recall@10": "recall@10",
        "precision@10": "precision@10",
        "hr@10": "hit_rate@10",
        "map@10": "map@10",
        "mrr@10": "mrr@10",
    }

    def work() -> dict[str, float]:
        qrels = Qrels.from_df(relevant, "user", "item", "gain")
        run = Run.from_df(lists, "user", "item", "score")
        found = evaluate(qrels, run, list(kinds.values()))
        return {name: float(found[theirs]) for name, theirs in kinds.items()}

    return timed(work, "ranx", "numba", "pandas")


def penchant_vectors(folder: Path) -> dict[str, Any]:
    """The first ten ranks of the whole catalogue, as RecTools."""
    return _ranked(folder, 10)


def penchant_whole(folder: Path) -> dict[str, Any]:
    """Every rank is counted to its end, which RecTools does not do."""
    return _ranked(folder, None)


def _ranked(folder: Path, limit: int | None) -> dict[str, Any]:
    from penchant.core import Ragged, Run
    from penchant.data import History, Queries
    from penchant.evaluate import parse_metrics, rank_metrics, ranks_of_vectors

    data = np.load(folder / "vectors.npz")
    users, items, target = data["users"], data["items"], data["target"]
    past = Ragged(data["train_items"], data["train_offsets"])
    metrics = parse_metrics("ndcg@10,recall@10,map@10,mrr@10")

    def work() -> dict[str, float]:
        queries = Queries(History(past), excluded=past)
        relevant = Ragged(target, np.arange(len(target) + 1))
        ranks = ranks_of_vectors(users, items, queries, relevant, Run(threads=THREADS), limit=limit)
        values = rank_metrics(ranks, relevant, metrics)
        return {str(metric): float(value.mean()) for metric, value in values.items()}

    return timed(work, "penchant", "numpy")


def rectools(folder: Path) -> dict[str, Any]:
    """Its ranker makes the top 10, its calc_metrics reads them."""
    import pandas as pd
    from rectools import metrics as rt
    from rectools.models.rank import Distance, ImplicitRanker
    from scipy.sparse import csr_matrix

    data = np.load(folder / "vectors.npz")
    users, items, target = data["users"], data["items"], data["target"]
    seen = (np.ones(len(data["train_items"]), np.float32), data["train_items"])
    past = csr_matrix((*seen, data["train_offsets"]), (len(users), len(items)))
    wanted = pd.DataFrame({"user_id": np.arange(len(users)), "item_id": target})
    metrics = {
        "ndcg@10": rt.NDCG(10, divide_by_achievable=True),
        "recall@10": rt.Recall(10),
        "map@10": rt.MAP(10),
        "mrr@10": rt.MRR(10),
    }

    def work() -> dict[str, float]:
        ranker = ImplicitRanker(Distance.DOT, users, items, num_threads=THREADS)
        rows, found, _ = ranker.rank(np.arange(len(users)), k=10, filter_pairs_csr=past)
        reco = pd.DataFrame({"user_id": rows, "item_id": found})
        reco["rank"] = reco.groupby("user_id", sort=False).cumcount() + 1
        return {n: float(v) for n, v in rt.calc_metrics(metrics, reco, wanted).items()}

    return timed(work, "rectools", "pm-implicit", "numpy", "pandas")


ROLES = {
    "penchant_lists": penchant_lists,
    "ranx": ranx,
    "penchant_vectors": penchant_vectors,
    "penchant_whole": penchant_whole,
    "rectools": rectools,
}

if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(ROLES[sys.argv[1]](Path(sys.argv[2]))))
    else:
        main()
