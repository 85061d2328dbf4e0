"""How near a text comes to what a person wrote: BLEU and ROUGE."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from penchant.core import MissingExtra, UsageError

Words = list[str]
_WORD = re.compile(r"[^\W_]+")


def bleu(texts: Sequence[str], references: Sequence[str]) -> float:
    """BLEU-4 of all texts together, 0 to 1; nan where there are none.

    Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002, as
    sacrebleu counts it (Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018): its own
    tokens, case counts, exponential smoothing.

    Raises:
        MissingExtra: sacrebleu is not installed.
    """
    return float(bleu_of(bleu_counts(texts, references).sum(0)[None])[0])


def bleu_counts(texts: Sequence[str], references: Sequence[str]) -> NDArray[np.float64]:
    """(n, 10) what BLEU-4 is made of, text by text: it is a figure of their sums.

    Runs of 1 to 4 words that are shared, such runs in the text, words of text and reference.

    Raises:
        MissingExtra: sacrebleu is not installed.
    """
    try:
        import sacrebleu
    except ImportError as error:
        raise MissingExtra("sacrebleu", extra="text") from error
    counts = np.zeros((len(texts), 10))
    for row, (text, reference) in enumerate(zip(texts, references, strict=True)):
        one = sacrebleu.sentence_bleu(text, [reference])
        counts[row] = [*one.counts, *one.totals, one.sys_len, one.ref_len]
    return counts


def bleu_of(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """(b,) BLEU-4, 0 to 1, of (b, 10) sums of :func:`bleu_counts`; nan without references.

    The geometric mean of the shares of runs that are shared, less where the texts are too short.
    The first length of which none is shared counts as half a run, the next as a quarter.
    """
    shared, runs, length, wanted = sums[:, :4], sums[:, 4:8], sums[:, 8], sums[:, 9]
    none = shared == 0
    halved = np.where(none, 0.5 ** np.cumsum(none, axis=1), shared)
    usable = (runs > 0).all(1) & ~none.all(1)
    shares = np.where(usable[:, None], halved, 1.0) / np.where(usable[:, None], runs, 1.0)
    short = np.minimum(0.0, 1.0 - wanted / np.where(length > 0, length, 1.0))
    score = np.where(usable, np.exp(np.log(shares).mean(1) + short), 0.0)
    return np.where(wanted > 0, score, np.nan)


def rouge(texts: Sequence[str], references: Sequence[str], name: str) -> NDArray[np.float64]:
    """(n,) ROUGE F1, 0 to 1: how many pieces of words a text shares with its reference.

    Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004. Words are runs of letters
    and digits in lower case, not stemmed; on ASCII text the same as Google's rouge-score.

    >>> rouge(["the cat sat"], ["the cat ran"], "rouge_2").tolist()
    [0.5]

    Args:
        texts: (n)
        references: (n)
        name: ``rouge_1``, ``rouge_2`` or ``rouge_l``.

    Returns:
        (n,) nan where the reference has no words.
    """
    if len(texts) != len(references):
        raise UsageError(f"{len(texts)} texts for {len(references)} references: need one each")
    shared, pieces = ROUGE[name]
    values = np.full(len(texts), np.nan)
    for row, (text, reference) in enumerate(zip(texts, references, strict=True)):
        written, wanted = words_of(text), words_of(reference)
        if wanted:
            total = pieces(written) + pieces(wanted)
            values[row] = 2 * shared(written, wanted) / total if total else 0.0
    return values


def words_of(text: str) -> Words:
    """Runs of letters and digits, in lower case.

    >>> words_of("It's 5 o'clock")
    ['it', 's', '5', 'o', 'clock']
    """
    return _WORD.findall(text.lower())


def _shared_runs(n: int) -> Callable[[Words, Words], int]:
    def shared(first: Words, second: Words) -> int:
        return (_runs(first, n) & _runs(second, n)).total()

    return shared


def _runs(words: Words, n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[start:] for start in range(n)), strict=False))


def longest_common(first: Words, second: Words) -> int:
    """Length of the longest common subsequence.

    The states of a whole row of the table in the bits of one integer: Hyyrö, "Bit-Parallel
    LCS-Length Computation Revisited", AWOCA 2004.

    >>> longest_common("a b c d".split(), "b x d".split())
    2
    """
    places: dict[str, int] = {}
    for place, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << place
    row = full = (1 << len(first)) - 1
    for word in second:
        met = row & places.get(word, 0)
        row = ((row + met) | (row - met)) & full
    return len(first) - row.bit_count()


ROUGE: Mapping[str, tuple[Callable[[Words, Words], int], Callable[[Words], int]]] = {
    "rouge_1": (_shared_runs(1), len),
    "rouge_2": (_shared_runs(2), lambda words: max(0, len(words) - 1)),
    "rouge_l": (longest_common, len),
}
"""For each: pieces that two texts share, and pieces of a text."""
