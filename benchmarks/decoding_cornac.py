"""Beams of a model of TIGER's size: ours beside cornac's TIGER, random weights in both.

    OMP_NUM_THREADS=2 python benchmarks/decoding_cornac.py

Both have 4 + 4 layers, 80 tokens in, a softmax for each of 4 levels, and the same 12,101 items.
cornac searches for one person at a time, in 32 bits; it computes with our torch and transformers.
"""

import argparse
import json
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from decoding import HISTORY, ITEMS, LEVELS, OURS, WIDTH, K, codes_of, flops, gemm_rate
from peers import ROOT, ask, interpreter
from record import write_record

TIGER = {"d_model": 128, "d_ff": 1024, "num_heads": 6, "d_kv": 64}
USERS = {"ours": 4 * OURS, "cornac": 8}


def main() -> None:
    """Starts itself for each contender, in turns, and leaves a record."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=3)
    asked = arguments.parse_args()
    spec = find_spec("torch")
    assert spec is not None
    assert spec.origin is not None
    cornac = interpreter("cornac-3.0.1", ["cornac==3.0.1"])
    contenders = {"ours": sys.executable, "cornac": cornac}
    path = f"{ROOT / 'src'}{os.pathsep}{Path(spec.origin).parents[1]}"
    times: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    for _ in range(asked.rounds):
        for name, python in contenders.items():
            times[name].append(ask(python, name, Path(str(asked.threads)), PYTHONPATH=path))
    torch.set_num_threads(asked.threads)
    figures: dict[str, object] = {}
    for beams in (20, 50):
        median = {
            name: {key: float(np.median([run[key] for run in runs])) for key in runs[0]}
            for name, runs in times.items()
        }
        ours, half = (median["ours"][f"{dtype}_{beams}"] for dtype in ("float32", "bfloat16"))
        theirs = median["cornac"][f"float32_{beams}"]
        limit = 1e3 * flops(beams) / gemm_rate(torch.float32)
        figures[f"beams_{beams}"] = {
            "ours_ms_per_user": ours,
            "ours_bfloat16_ms_per_user": half,
            "cornac_ms_per_user": theirs,
            "ratio": theirs / ours,
            "ratio_with_ours_in_bfloat16": theirs / half,
            "limit_ms_per_user": limit,
        }
    write_record(
        "decoding_cornac",
        figures,
        note=f"{ITEMS} items with {LEVELS} codes of {WIDTH}, {HISTORY} items read; ours in batches "
        f"of {OURS}, cornac one by one; medians of {asked.rounds} processes each, in turns",
    )


def ours(threads: int) -> dict[str, float]:
    """Milliseconds a user by type and beams."""
    from penchant.backbones import CodeSeq2Seq, EncoderDecoder, Seq2SeqWriter, TrieTensors, search
    from penchant.codes import build_trie
    from penchant.core import Ragged, Run
    from penchant.data import History, Queries

    torch.set_num_threads(threads)
    codes = codes_of(ITEMS)
    trie = TrieTensors.of(build_trie(Ragged.of(codes.tolist())), "cpu")
    shape = EncoderDecoder(
        dimension=TIGER["d_model"],
        heads=TIGER["num_heads"],
        head_dimension=TIGER["d_kv"],
        feed_forward=TIGER["d_ff"],
        encoder_layers=4,
        decoder_layers=4,
        position_per_code=True,
        causal=False,
    )
    torch.manual_seed(0)
    model = CodeSeq2Seq(shape, (WIDTH,) * LEVELS).eval()
    histories = torch.from_numpy(codes[histories_of("ours")])
    queries = Queries(History(Ragged.empty(OURS)))
    found = {}
    for dtype in (torch.float32, torch.bfloat16):
        model = model.to(dtype)
        for beams in (20, 50):

            def work(beams: int = beams, model: CodeSeq2Seq = model) -> None:
                for first in range(0, len(histories), OURS):
                    with torch.no_grad():
                        writer = Seq2SeqWriter(model, histories[first : first + OURS])
                    search(writer, trie, queries, K, beams=beams, run=Run())

            name = f"{str(dtype).split('.')[1]}_{beams}"
            found[name] = 1e3 * seconds(work) / len(histories)
    return found


def cornac(threads: int) -> dict[str, float]:
    """Likewise."""
    from cornac.models.tiger.tiger import TIGERSeq2Seq

    torch.set_num_threads(threads)
    codes = codes_of(ITEMS) - np.arange(LEVELS) * WIDTH
    children: list[dict[tuple[int, ...], set[int]]] = [{} for _ in range(LEVELS)]
    for row in codes.tolist():
        for level in range(LEVELS):
            children[level].setdefault(tuple(row[:level]), set()).add(row[level])
    lists = [{way: sorted(after) for way, after in level.items()} for level in children]
    torch.manual_seed(0)
    model = TIGERSeq2Seq([WIDTH] * LEVELS, **TIGER).eval()
    tokens = 1 + codes_of(ITEMS)[histories_of("cornac")].reshape(-1, 1, HISTORY * LEVELS)
    found = {}
    for beams in (20, 50):

        def work(beams: int = beams) -> None:
            for row in torch.from_numpy(tokens):
                model.generate_beam(row, torch.ones(row.shape), beams, lists)

        found[f"float32_{beams}"] = 1e3 * seconds(work) / len(tokens)
    return found


def seconds(work: object) -> float:
    """The least of three, after one that is not counted."""
    assert callable(work)
    work()
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def histories_of(who: str) -> np.ndarray:
    """(users, HISTORY) items."""
    return np.random.default_rng(1).integers(ITEMS, size=(USERS[who], HISTORY))


if __name__ == "__main__":
    roles = {"ours": ours, "cornac": cornac}
    if len(sys.argv) > 1 and sys.argv[1] in roles:
        print(json.dumps(roles[sys.argv[1]](int(sys.argv[2]))))
    else:
        main()
