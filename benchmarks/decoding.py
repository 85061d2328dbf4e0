"""Items per second of one T5 with random weights: our beams in the trie beside ``generate``.

    OMP_NUM_THREADS=2 python benchmarks/decoding.py

Both decode the same model, of the size that TIGER has: 80 tokens in, 4 codes out, 12,101 items.
``generate`` gets a prefix function over a tree of dicts and the best of several batch sizes; we get
batches of 16. They take turns.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from record import write_record
from torch import Tensor
from transformers import T5Config, T5ForConditionalGeneration
from transformers.utils import logging

from penchant.backbones import Seq2SeqLMWriter, TrieTensors, search
from penchant.codes import build_trie
from penchant.core import Ragged, Run
from penchant.data import History, Queries

ITEMS, HISTORY, LEVELS, WIDTH, K = 12_101, 20, 4, 256, 10
FIRST = 2
"""Tokens before the codes: padding and the end."""
LAYERS, DIMENSION, HEADS, HEAD, FEED_FORWARD = 4, 128, 6, 64, 1024
OURS = 16
THEIRS = (1, 4, 16)
TOLERANCE = 1e-5


def main() -> None:
    """Measures and leaves a record."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--users", type=int, default=64)
    asked = arguments.parse_args()
    logging.set_verbosity_error()
    torch.set_num_threads(asked.threads)
    codes = codes_of(ITEMS)
    rng = np.random.default_rng(1)
    histories = rng.integers(ITEMS, size=(asked.users, HISTORY))
    figures: dict[str, object] = {}
    for dtype in (torch.float32, torch.bfloat16):
        model = model_of(dtype)
        figures["weights"] = sum(parameter.numel() for parameter in model.parameters())
        for beams in (20, 50):
            name = f"{str(dtype).split('.')[1]}_beams_{beams}"
            figures[name] = compare(model, codes, histories, beams, asked.rounds)
            print(name, figures[name], flush=True)
    write_record(
        "decoding",
        figures,
        note=f"{ITEMS} items with {LEVELS} codes of {WIDTH}, {HISTORY * LEVELS} tokens in; ours in "
        f"batches of {OURS}, transformers at the best of {THEIRS}; medians of {asked.rounds} turns",
    )


def codes_of(n: int, seed: int = 0) -> NDArray[np.int64]:
    """(n, levels) tokens: three drawn codes, skewed like learned ones, and one that tells apart."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, WIDTH + 1) ** 0.5
    draws = [rng.permutation(WIDTH)[rng.choice(WIDTH, n, p=weights / weights.sum())] for _ in "abc"]
    key = np.ravel_multi_index(draws, (WIDTH,) * 3)
    order = np.argsort(key, kind="stable")
    fresh = np.r_[True, np.diff(key[order]) > 0]
    place = np.arange(n) - np.maximum.accumulate(np.where(fresh, np.arange(n), 0))
    last = np.empty(n, np.int64)
    last[order] = place
    assert last.max() < WIDTH
    return np.stack([*draws, last], 1) + np.arange(LEVELS) * WIDTH


def model_of(dtype: torch.dtype) -> T5ForConditionalGeneration:
    """The same random weights each time."""
    config = T5Config(
        vocab_size=FIRST + LEVELS * WIDTH,
        d_model=DIMENSION,
        d_kv=HEAD,
        d_ff=FEED_FORWARD,
        num_layers=LAYERS,
        num_heads=HEADS,
        decoder_start_token_id=0,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = T5ForConditionalGeneration(config)
    return model.to(dtype).eval()


@dataclass(frozen=True)
class Answers:
    """What a contender found, and when."""

    items: NDArray[np.int64]
    scores: NDArray[np.float32]
    seconds: float
    choosing: float = 0.0
    """Seconds outside the model."""


def compare(
    model: T5ForConditionalGeneration,
    codes: NDArray[np.int64],
    histories: NDArray[np.int64],
    beams: int,
    rounds: int,
) -> dict[str, object]:
    """Both in turns; seconds a user, the ratio, the limit, and whether answers agree."""
    trie = build_trie(Ragged.of(codes.tolist()))
    tokens = torch.from_numpy(codes[histories].reshape(len(histories), -1)) + FIRST
    tree, item_of = tree_of(codes)

    def ours() -> Answers:
        return decode(model, TrieTensors.of(trie, "cpu"), tokens, beams, histories=None)

    def theirs(batch: int, users: int) -> Answers:
        return generate(model, tree, item_of, tokens[:users], beams, batch)

    trials = {batch: theirs(batch, min(len(tokens), max(8, batch))) for batch in THEIRS}
    per_user = {batch: found.seconds / len(found.items) for batch, found in trials.items()}
    best = min(per_user, key=per_user.__getitem__)
    mine, others = [], []
    for _ in range(rounds):
        mine.append(ours())
        others.append(theirs(best, min(len(tokens), max(16, best))))
    users = len(others[0].items)
    mine_s = float(np.median([a.seconds for a in mine])) / len(tokens)
    others_s = float(np.median([a.seconds for a in others])) / users
    closed = decode(model, TrieTensors.of(trie, "cpu"), tokens, beams, histories=histories)
    agreed, near = agreement(mine[0], others[0], users)
    limit = flops(beams) / gemm_rate(model.dtype)
    return {
        "ours_ms_per_user": 1e3 * mine_s,
        "transformers_ms_per_user": 1e3 * others_s,
        "transformers_batch": best,
        "transformers_ms_per_user_by_batch": {b: 1e3 * s for b, s in per_user.items()},
        "ratio": others_s / mine_s,
        "limit_ms_per_user": 1e3 * limit,
        "times_the_limit": mine_s / limit,
        "share_of_choosing": float(np.median([a.choosing / a.seconds for a in mine])),
        "share_of_choosing_without_history": closed.choosing / closed.seconds,
        "top10_sets_equal": agreed,
        "top10_sets_equal_but_for_scores_within_1e-5": near,
    }


class Timed:
    """A writer whose time is told apart."""

    def __init__(self, make: Callable[[], Seq2SeqLMWriter]) -> None:
        start = time.perf_counter()
        self.writer = make()
        self.seconds = time.perf_counter() - start

    def write(self, parents: Tensor | None, tokens: Tensor | None) -> tuple[Tensor, int]:
        """As the writer does."""
        start = time.perf_counter()
        written = self.writer.write(parents, tokens)
        self.seconds += time.perf_counter() - start
        return written


def decode(
    model: T5ForConditionalGeneration,
    trie: TrieTensors,
    tokens: Tensor,
    beams: int,
    *,
    histories: NDArray[np.int64] | None,
) -> Answers:
    """Our beams; with ``histories``, what is in them is excluded."""
    words = torch.arange(LEVELS * WIDTH) + FIRST
    start, inside, found = time.perf_counter(), 0.0, []
    for first in range(0, len(tokens), OURS):
        part = tokens[first : first + OURS]
        excluded = None if histories is None else Ragged.of(list(histories[first : first + OURS]))
        queries = Queries(History(Ragged.empty(len(part))), excluded=excluded)
        writer = Timed(
            lambda part=part: Seq2SeqLMWriter(
                model, input_ids=part, attention_mask=torch.ones_like(part), code_token_ids=words
            )
        )
        found.append(search(writer, trie, queries, K, beams=beams, run=Run()))
        inside += writer.seconds
    seconds = time.perf_counter() - start
    items = np.concatenate([part.items for part in found])
    scores = np.concatenate([part.scores for part in found])
    return Answers(items, scores, seconds, seconds - inside)


def tree_of(
    codes: NDArray[np.int64],
) -> tuple[dict[tuple[int, ...], list[int]], dict[tuple[int, ...], int]]:
    """What may follow each prefix, as is usual with ``prefix_allowed_tokens_fn``; and the items."""
    tree: dict[tuple[int, ...], set[int]] = {}
    for row in (codes + FIRST).tolist():
        for length in range(LEVELS):
            tree.setdefault((0, *row[:length]), set()).add(row[length])
    items = {tuple(row): item for item, row in enumerate((codes + FIRST).tolist())}
    return {prefix: sorted(after) for prefix, after in tree.items()}, items


@torch.no_grad()
def generate(
    model: T5ForConditionalGeneration,
    tree: dict[tuple[int, ...], list[int]],
    item_of: dict[tuple[int, ...], int],
    tokens: Tensor,
    beams: int,
    batch: int,
) -> Answers:
    """The beams of transformers."""
    start, sequences, scores = time.perf_counter(), [], []
    for first in range(0, len(tokens), batch):
        part = tokens[first : first + batch]
        found = model.generate(
            input_ids=part,
            attention_mask=torch.ones_like(part),
            num_beams=beams,
            num_return_sequences=K,
            max_new_tokens=LEVELS,
            min_new_tokens=LEVELS,
            do_sample=False,
            length_penalty=0.0,
            prefix_allowed_tokens_fn=lambda _, prefix: tree.get(tuple(prefix.tolist()), [1]),
            output_scores=True,
            return_dict_in_generate=True,
        )
        sequences.append(found.sequences[:, 1:])
        scores.append(found.sequences_scores)
    seconds = time.perf_counter() - start
    written = torch.cat(sequences).tolist()
    items = np.array([item_of[tuple(row)] for row in written]).reshape(-1, K)
    return Answers(items, torch.cat(scores).float().numpy().reshape(-1, K), seconds)


def agreement(mine: Answers, others: Answers, users: int) -> tuple[float, float]:
    """Shares of users whose sets of ten are the same, and are so but for ties."""
    same, near = [], []
    for row in range(users):
        a = dict(zip(mine.items[row].tolist(), mine.scores[row].tolist(), strict=True))
        b = dict(zip(others.items[row].tolist(), others.scores[row].tolist(), strict=True))
        last = min(min(a.values()), min(b.values()))
        apart = [a.get(item, b.get(item, 0.0)) for item in a.keys() ^ b.keys()]
        same.append(not apart)
        near.append(all(abs(score - last) <= 2 * TOLERANCE for score in apart))
    return float(np.mean(same)), float(np.mean(near))


def flops(beams: int) -> float:
    """Of one user (PERFORMANCE 4b): 2 per weight and position, and the attention to the source."""
    inner, source = HEADS * HEAD, HISTORY * LEVELS
    attention = 4 * DIMENSION * inner
    encoder = LAYERS * (attention + 2 * DIMENSION * FEED_FORWARD)
    decoder = LAYERS * (attention + attention // 2 + 2 * DIMENSION * FEED_FORWARD)
    head = DIMENSION * (FIRST + LEVELS * WIDTH)
    positions = 1 + beams * (LEVELS - 1)
    memory = LAYERS * 2 * DIMENSION * inner
    reading = 2 * (encoder + memory) * source + LAYERS * 4 * source * source * inner
    writing = positions * (2 * (decoder + head) + LAYERS * 4 * source * inner)
    return float(reading + writing)


def gemm_rate(dtype: torch.dtype) -> float:
    """Floating point operations a second of one large matrix product, best of ten."""
    a = torch.randn(2048, 2048).to(dtype)
    taken = []
    for _ in range(10):
        start = time.perf_counter()
        a @ a
        taken.append(time.perf_counter() - start)
    return 2 * 2048**3 / min(taken)


if __name__ == "__main__":
    main()
