"""Likelihoods, relevances and vectors as the books keep them: little-endian bytes for a call."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from penchant.language.books.calls import Kept
from penchant.language.words import Failure, Likelihoods, Reply, Usage


def split_likelihoods(found: Likelihoods) -> list[Kept]:
    """One for each prompt; what all took together is shared out evenly."""
    kept = []
    n_prompts = len(found.offsets) - 1
    kinds = [kind for kind, count in found.failures.items() for _ in range(count)]
    for number, usage in enumerate(_shares(found.usage, n_prompts)):
        part = slice(found.offsets[number], found.offsets[number + 1])
        log_probs = found.log_probs[part].astype("<f4")
        numbers = log_probs.tobytes() + found.n_tokens[part].astype("<i4").tobytes()
        reply = Reply("", usage)
        if np.isnan(log_probs).any():
            reply = _failed(kinds.pop(0) if kinds else "garbled", usage)
        kept.append(Kept(reply, numbers))
    return kept


def likelihoods_from(kept: Sequence[Kept], lengths: Sequence[int]) -> Likelihoods:
    """All prompts together again; those without an answer are nan."""
    log_probs, n_tokens = [np.empty(0, np.float32)], [np.empty(0, np.int32)]
    failures: Counter[str] = Counter()
    usage = Usage()
    for one, length in zip(kept, lengths, strict=True):
        usage += one.reply.usage
        if one.reply.failure:
            failures[one.reply.failure] += 1
        if len(one.numbers) == 8 * length:
            log_probs.append(np.frombuffer(one.numbers, "<f4", length).astype(np.float32))
            n_tokens.append(np.frombuffer(one.numbers, "<i4", length, 4 * length).astype(np.int32))
        else:
            log_probs.append(np.full(length, np.nan, np.float32))
            n_tokens.append(np.zeros(length, np.int32))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Likelihoods(
        np.concatenate(log_probs), np.concatenate(n_tokens), offsets, usage, dict(failures)
    )


def keep_numbers(numbers: NDArray[np.float32], tokens: int) -> Kept:
    """Relevances of one question, or one vector; with nan among them it failed."""
    usage = Usage(prompt_tokens=tokens, estimated=True)
    reply = _failed("garbled", usage) if np.isnan(numbers).any() else Reply("", usage)
    return Kept(reply, numbers.astype("<f4").tobytes())


def numbers_from(kept: Kept, length: int) -> NDArray[np.float32]:
    """(length,) what :func:`keep_numbers` kept; nan where there was no answer."""
    if len(kept.numbers) != 4 * length:
        return np.full(length, np.nan, np.float32)
    return np.frombuffer(kept.numbers, "<f4").astype(np.float32)


def vectors_from(kept: Sequence[Kept]) -> NDArray[np.float32]:
    """(n, d) what :func:`keep_numbers` kept of each text; rows without an answer are nan."""
    width = max((len(one.numbers) // 4 for one in kept), default=0)
    rows = [numbers_from(one, width) for one in kept]
    return np.stack(rows) if rows else np.empty((0, 0), np.float32)


def _failed(kind: str, usage: Usage) -> Reply:
    kinds: dict[str, Failure] = {failure: failure for failure in get_args(Failure)}
    return Reply.failed(kinds.get(kind, "garbled"), "no figures came", usage)


def _shares(usage: Usage, n: int) -> Iterator[Usage]:
    """Even shares of what several calls took together; the first ones bear the rest."""
    whole = (usage.prompt_tokens, usage.completion_tokens, usage.reused_tokens)
    for number in range(n):
        prompt, completion, reused = (count // n + (number < count % n) for count in whole)
        yield Usage(prompt, completion, reused, usage.seconds / n, usage.cost / n, usage.estimated)
