"""Answers, written token by token."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

from penchant.core import Run
from penchant.language.json_bounds import checked
from penchant.language.local.drawing import Drawing, draw_all
from penchant.language.local.rows import Rows
from penchant.language.local.scoring import late
from penchant.language.local.texts import Texts
from penchant.language.words import Failure, Finish, Reply, Usage

FEWER = 0.5
"""Once so few of the rows are still being written, the others are dropped."""


@dataclass(slots=True, eq=False)
class Answer:
    """One answer while it is written."""

    drawing: Drawing
    tokens: list[int] = field(default_factory=list)
    """Without the one that ends it"""
    n_drawn: int = 0
    """With the one that ends it"""
    finish: Finish | None = None
    failure: Failure = ""

    def take(self, token: int, stops: frozenset[int]) -> None:
        """Goes on with a token, or ends."""
        self.n_drawn += 1
        if token < 0:
            self.finish, self.failure = "failed", "garbled"
            return
        following = self.drawing.following
        if token in stops:
            self.finish = "stop"
            return
        self.tokens.append(token)
        if following is not None:
            if not following.take(token):
                self.finish, self.failure = "failed", "garbled"
            elif following.whole:
                self.finish = "stop"

    def reply(self, texts: Texts, usage: Usage) -> Reply:
        """What became of it."""
        text = texts.decode(self.tokens)
        if self.failure == "slow":
            detail = f"the time ran out after {self.n_drawn} tokens; give more, or ask for fewer"
            return Reply(text, usage, "failed", False, "slow", detail)
        if self.failure == "garbled":
            detail = "no token goes on with the shape"
            return Reply(text, usage, "failed", False, "garbled", detail)
        reply = Reply(text, usage, self.finish or "length")
        following = self.drawing.following
        return reply if following is None else checked(reply, following.shape)


@torch.no_grad()
def steps(
    rows: Rows,
    answers: list[Answer],
    last: list[int],
    *,
    max_tokens: int,
    stops: frozenset[int],
    run: Run,
) -> Iterator[None]:
    """Writes all answers, a token each at every step.

    Args:
        rows: What was read, without the last token of each prompt.
        answers: n, still empty.
        last: (n,) the last token of each prompt.
        max_tokens: Of each answer.
        stops: Tokens that end one.
        run: Its deadline ends those that are not done.
    """
    open_rows = list(range(len(answers)))  # which answer each row writes
    tokens = list(last)
    for _ in range(max_tokens):
        if late(run):
            for answer in answers:
                answer.failure = answer.failure or ("" if answer.finish else "slow")
            return
        logits = rows.step(torch.tensor(tokens, device=rows.device))
        tokens = draw_all([answers[row].drawing for row in open_rows], logits)
        for row, token in zip(open_rows, tokens, strict=True):
            if answers[row].finish is None:
                answers[row].take(token, stops)
        yield
        going = [i for i, row in enumerate(open_rows) if answers[row].finish is None]
        if not going:
            return
        tokens = [max(token, 0) for token in tokens]
        if len(going) <= FEWER * len(open_rows):
            rows.keep(torch.tensor(going, device=rows.device))
            open_rows = [open_rows[i] for i in going]
            tokens = [tokens[i] for i in going]


def pieces(answer: Answer, texts: Texts, written: Iterator[None]) -> Iterator[str]:
    """The text of one answer as it is written, whole letters at a time."""
    said = ""
    for _ in written:
        text = texts.decode(answer.tokens)
        # A letter of several tokens shows as U+FFFD until its last one is there.
        whole = text.rstrip("\ufffd")
        if len(whole) > len(said) and whole.startswith(said):
            yield whole[len(said) :]
            said = whole
    text = texts.decode(answer.tokens)
    if text.startswith(said) and len(text) > len(said):
        yield text[len(said) :]
