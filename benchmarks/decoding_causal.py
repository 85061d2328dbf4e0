"""One causal model of 135 million random weights: our beams beside ``generate``, time and memory.

    OMP_NUM_THREADS=2 python benchmarks/decoding_causal.py

The shape of SmolLM2-135M with the words of an index added, prompts of 200 tokens, 4 codes out.
``generate`` gets a prefix function and the best of several batch sizes. Times are of turns in one
process; memory is the most that a process of its own held above what it held with the model loaded.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch
from decoding import ITEMS, LEVELS, WIDTH, Answers, K, agreement, codes_of, gemm_rate
from numpy.typing import NDArray
from record import write_record
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.utils import logging

from penchant.backbones import CausalLMWriter, TrieTensors, search
from penchant.codes import build_trie
from penchant.core import Ragged, Run
from penchant.data import History, Queries

PROMPT, BEAMS, OURS, WORDS = 200, 20, 8, 49_152
THEIRS = (1, 2)
USERS_FOR_MEMORY = 2


def main() -> None:
    """Measures and leaves a record."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--dtypes", nargs="+", default=["float32", "bfloat16"])
    arguments.add_argument("--held", nargs=2, metavar=("WHO", "DTYPE"), help="used by itself")
    asked = arguments.parse_args()
    logging.set_verbosity_error()
    torch.set_num_threads(asked.threads)
    if asked.held:
        print(json.dumps(held(*asked.held)))
        return
    for dtype in asked.dtypes:
        memory = {who: ask_held(who, dtype, asked.threads) for who in ("ours", "transformers")}
        figures = compare(dtype, asked.rounds) | {
            "ours_bytes": memory["ours"],
            "transformers_bytes": memory["transformers"],
            "memory_ratio": memory["transformers"] / memory["ours"],
        }
        write_record(
            f"decoding_causal_{dtype}",
            figures,
            note=f"prompts of {PROMPT} tokens, {BEAMS} beams, {ITEMS} items, {LEVELS} codes; ours "
            f"in batches of {OURS}, transformers at the best of {THEIRS}; memory for "
            f"{USERS_FOR_MEMORY} users at once, above the loaded model; medians",
        )


def model_of(dtype: str) -> LlamaForCausalLM:
    """The same random weights each time."""
    config = LlamaConfig(
        vocab_size=WORDS + LEVELS * WIDTH,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        tie_word_embeddings=True,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = LlamaForCausalLM(config)
    return model.to(getattr(torch, dtype)).eval()


def compare(dtype: str, rounds: int) -> dict[str, object]:
    """Both in turns."""
    model, codes = model_of(dtype), codes_of(ITEMS)
    trie = TrieTensors.of(build_trie(Ragged.of(codes.tolist())), "cpu")
    tree, item_of = tree_of(codes)
    prompts = prompts_of(OURS)
    trials = {batch: generate(model, tree, item_of, prompts[:batch]) for batch in THEIRS}
    per_user = {batch: found.seconds / batch for batch, found in trials.items()}
    best = min(per_user, key=per_user.__getitem__)
    mine, others = [], []
    for _ in range(rounds):
        mine.append(decode(model, trie, prompts))
        others.append(generate(model, tree, item_of, prompts[:best]))
    mine_s = float(np.median([answer.seconds for answer in mine])) / OURS
    others_s = float(np.median([answer.seconds for answer in others])) / best
    agreed, near = agreement(mine[0], trials[max(THEIRS)], max(THEIRS))
    limit = flops(model) / gemm_rate(model.dtype)
    return {
        "weights": sum(parameter.numel() for parameter in model.parameters()),
        "ours_ms_per_user": 1e3 * mine_s,
        "transformers_ms_per_user": 1e3 * others_s,
        "transformers_batch": best,
        "transformers_ms_per_user_by_batch": {b: 1e3 * s for b, s in per_user.items()},
        "ratio": others_s / mine_s,
        "limit_ms_per_user": 1e3 * limit,
        "times_the_limit": mine_s / limit,
        "top10_sets_equal": agreed,
        "top10_sets_equal_but_for_scores_within_1e-5": near,
    }


def prompts_of(n: int) -> torch.Tensor:
    """(n, PROMPT) tokens."""
    draws = np.random.default_rng(2).integers(3, WORDS, size=(n, PROMPT))
    return torch.from_numpy(draws)


def decode(model: LlamaForCausalLM, trie: TrieTensors, prompts: torch.Tensor) -> Answers:
    """Our beams."""
    words = torch.arange(LEVELS * WIDTH) + WORDS
    start = time.perf_counter()
    writer = CausalLMWriter(
        model, input_ids=prompts, attention_mask=torch.ones_like(prompts), code_token_ids=words
    )
    queries = Queries(History(Ragged.empty(len(prompts))))
    found = search(writer, trie, queries, K, beams=BEAMS, run=Run())
    return Answers(found.items, found.scores, time.perf_counter() - start)


def tree_of(
    codes: NDArray[np.int64],
) -> tuple[dict[tuple[int, ...], list[int]], dict[tuple[int, ...], int]]:
    """What may follow each prefix of codes; and the items."""
    tree: dict[tuple[int, ...], set[int]] = {}
    rows = (codes + WORDS).tolist()
    for row in rows:
        for length in range(LEVELS):
            tree.setdefault(tuple(row[:length]), set()).add(row[length])
    return {prefix: sorted(after) for prefix, after in tree.items()}, {
        tuple(row): item for item, row in enumerate(rows)
    }


@torch.no_grad()
def generate(
    model: LlamaForCausalLM,
    tree: dict[tuple[int, ...], list[int]],
    item_of: dict[tuple[int, ...], int],
    prompts: torch.Tensor,
) -> Answers:
    """The beams of transformers."""
    start = time.perf_counter()
    found = model.generate(
        input_ids=prompts,
        attention_mask=torch.ones_like(prompts),
        num_beams=BEAMS,
        num_return_sequences=K,
        max_new_tokens=LEVELS,
        min_new_tokens=LEVELS,
        do_sample=False,
        length_penalty=0.0,
        prefix_allowed_tokens_fn=lambda _, seen: tree.get(tuple(seen[PROMPT:].tolist()), [2]),
        output_scores=True,
        return_dict_in_generate=True,
    )
    seconds = time.perf_counter() - start
    items = [item_of[tuple(row)] for row in found.sequences[:, PROMPT:].tolist()]
    scores = found.sequences_scores.float().numpy().reshape(-1, K)
    return Answers(np.array(items).reshape(-1, K), scores, seconds)


def held(who: str, dtype: str) -> int:
    """The most bytes held above what is held with model and trie loaded."""
    model, codes = model_of(dtype), codes_of(ITEMS)
    trie = TrieTensors.of(build_trie(Ragged.of(codes.tolist())), "cpu")
    tree, item_of = tree_of(codes)
    prompts = prompts_of(USERS_FOR_MEMORY)
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the peak starts anew
    before = _status("VmRSS")
    if who == "ours":
        decode(model, trie, prompts)
    else:
        generate(model, tree, item_of, prompts)
    return _status("VmHWM") - before


def ask_held(who: str, dtype: str, threads: int) -> int:
    """:func:`held` in a process of its own."""
    command = [sys.executable, __file__, "--threads", str(threads), "--held", who, dtype]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ))
    return int(done.stdout.strip().splitlines()[-1])


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


def flops(model: LlamaForCausalLM) -> float:
    """Of one user: 2 per weight and position; all words once for each beam and code."""
    config = model.config
    table = config.vocab_size * config.hidden_size
    body = sum(parameter.numel() for parameter in model.parameters()) - table
    beams = 1 + BEAMS * (LEVELS - 1)
    attention = 4 * config.num_hidden_layers * config.hidden_size
    reading = PROMPT * (2 * body + attention * PROMPT / 2)
    return float(reading + beams * (2 * (body + table) + attention * PROMPT))


if __name__ == "__main__":
    main()
