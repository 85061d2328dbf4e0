"""How likely given answers are: what prompts and answers have in common is read once."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from penchant.core import Run, UsageError, offsets_of
from penchant.language.local.reading import Reader, ReadPack
from penchant.language.local.texts import Tokens
from penchant.language.local.window import Fitted
from penchant.language.words import Likelihoods, Usage


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Answers whose likelihood is wanted."""

    given: Fitted
    answers: list[list[Tokens]]
    """To each prompt"""
    offsets: NDArray[np.int64]
    owners: NDArray[np.int64]
    """(n_answers,) the prompt of each"""

    @classmethod
    def of(cls, given: Fitted, answers: list[list[Tokens]]) -> "Asked":
        """All answers to all prompts."""
        lengths = np.array([len(mine) for mine in answers], np.int64)
        return cls(given, answers, offsets_of(lengths), np.repeat(np.arange(len(answers)), lengths))

    def open(self) -> list[int]:
        """Answers whose prompts fit."""
        return [at for at, i in enumerate(self.owners) if self.given.failed[i] is None]

    def prompt(self, answer: int) -> Tokens:
        """The prompt of an answer."""
        return self.given.tokens[int(self.owners[answer])]

    def tokens(self, answer: int) -> Tokens:
        """An answer."""
        i = int(self.owners[answer])
        return self.answers[i][answer - int(self.offsets[i])]


Scores = Callable[[Asked, NDArray[np.float32], Run], int]
"""Fills in (n_answers,) log-probabilities that were nan; returns how many tokens were read."""


def refuse_unequal(prompts: Sequence[object], answers: Sequence[object]) -> None:
    """Every prompt has a list of answers.

    Raises:
        UsageError: It has not.
    """
    if len(prompts) != len(answers):
        raise UsageError(
            f"{len(prompts)} prompts and {len(answers)} lists of answers: need a list for each"
        )


def likelihoods(asked: Asked, scores: Scores, run: Run) -> Likelihoods:
    """What a model finds for all answers, and what was counted on the way."""
    started = time.perf_counter()
    given = asked.given
    found = np.full(len(asked.owners), np.nan, np.float32)
    computed = scores(asked, found, run)
    failures: Counter[str] = Counter(r.failure for r in given.failed if r is not None)
    late = {int(asked.owners[at]) for at in asked.open() if np.isnan(found[at])}
    if late:
        failures["slow"] = len(late)
    read = sum(len(t) for t, why in zip(given.tokens, given.failed, strict=True) if why is None)
    read += sum(len(asked.tokens(at)) for at in asked.open())
    usage = Usage(read, 0, max(read - computed, 0), time.perf_counter() - started)
    n_tokens = np.array([len(t) for mine in asked.answers for t in mine], np.int32)
    return Likelihoods(found, n_tokens, asked.offsets, usage, dict(failures))


@torch.no_grad()
def shared_scores(reader: Reader, asked: Asked, found: NDArray[np.float32], run: Run) -> int:
    """:data:`Scores` of a model that reads trees."""
    wanted = asked.open()
    # Nothing is asked after the last token of an answer, so it is not read.
    whole = [np.concatenate([asked.prompt(at), asked.tokens(at)[:-1]]) for at in wanted]
    floors = [len(asked.prompt(at)) - 1 for at in wanted]
    computed = done = 0
    if late(run):
        return 0
    for pack in reader.read(whole, floors, logits=True):
        _fill(pack, wanted, floors, asked, found)
        computed += sum(pack.computed())
        done += len(pack.pack.rows)
        run.watch.progress("score", done, len(wanted))
        if late(run):
            break
    return computed


def late(run: Run) -> bool:
    """Whether the deadline passed, if there is one."""
    return run.deadline is not None and time.monotonic() > run.deadline.at


def _fill(
    pack: ReadPack,
    wanted: Sequence[int],
    floors: Sequence[int],
    asked: Asked,
    found: NDArray[np.float32],
) -> None:
    log_probs = pack.logits.float().log_softmax(1)
    for place, row in enumerate(pack.pack.rows):
        tokens = torch.from_numpy(asked.tokens(wanted[row])).to(log_probs.device)
        places = pack.places(place, floors[row])[: len(tokens)].to(log_probs.device)
        found[wanted[row]] = float(log_probs[places, tokens].double().sum())
