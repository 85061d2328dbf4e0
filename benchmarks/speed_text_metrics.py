"""ROUGE beside Google's rouge-score, on the same texts; and what the figures differ by.

python benchmarks/speed_text_metrics.py
"""

import numpy as np
from record import seconds_of, write_record
from rouge_score.rouge_scorer import RougeScorer

import penchant as pn
from penchant.evaluate import rouge

PAIRS = 20_000
NAMES = {"rouge1": "rouge_1", "rouge2": "rouge_2", "rougeL": "rouge_l"}


def main() -> None:
    """Measures texts of 5 to 20 words, of which some are frequent."""
    rng = pn.Run(seed=0).rng("benchmarks.texts")
    words = [f"w{number}" for number in range(2_000)]
    texts, references = ([_text(words, rng) for _ in range(PAIRS)] for _ in range(2))
    scorer = RougeScorer(list(NAMES))
    theirs = [scorer.score(wanted, text) for text, wanted in zip(texts, references, strict=True)]
    ours = {name: rouge(texts, references, mine) for name, mine in NAMES.items()}
    gap = {
        mine: float(np.abs(ours[name] - [found[name].fmeasure for found in theirs]).max())
        for name, mine in NAMES.items()
    }
    mine_s = seconds_of(
        lambda: [rouge(texts, references, name) for name in NAMES.values()], repeats=5
    )
    their_s = seconds_of(
        lambda: [scorer.score(b, a) for a, b in zip(texts, references, strict=True)], repeats=5
    )
    write_record(
        "speed_text_metrics",
        {
            "pairs": PAIRS,
            "largest_difference": gap,
            "penchant_s": mine_s,
            "rouge_score_s": their_s,
            "times_as_fast": their_s / mine_s,
        },
    )


def _text(words: list[str], rng: np.random.Generator) -> str:
    picked = np.minimum(rng.zipf(1.3, int(rng.integers(5, 21))), len(words)) - 1
    return " ".join(words[place] for place in picked.tolist())


if __name__ == "__main__":
    main()
