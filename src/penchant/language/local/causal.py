"""A causal language model on this machine: it writes, streams, scores and embeds."""

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from penchant.backbones.lm_writing import shares_prompts
from penchant.core import Run, UsageError
from penchant.language.local.drawing import Drawing
from penchant.language.local.embedding import embedded
from penchant.language.local.plain import plain_rows, plain_scores
from penchant.language.local.prefixes import Layers, Prefixes
from penchant.language.local.reading import Reader, threads_of
from penchant.language.local.rows import Rows, SharedRows
from penchant.language.local.scoring import Asked, likelihoods, refuse_unequal, shared_scores
from penchant.language.local.shapes import Following, Shapes
from penchant.language.local.texts import Texts, Tokens
from penchant.language.local.value import LocalLM
from penchant.language.local.window import Fitted, fitted, window_of
from penchant.language.local.writing import Answer, pieces, steps
from penchant.language.words import (
    GREEDY,
    JsonShape,
    Likelihoods,
    Prompt,
    Reply,
    Sampling,
    Usage,
)


class OpenCausal:
    """An open :class:`LocalLM` that goes on with texts."""

    def __init__(
        self,
        options: LocalLM,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        fingerprint: str,
    ) -> None:
        self.options, self.model, self.fingerprint = options, model, fingerprint
        self.texts = Texts.of(model, tokenizer)
        self.prefixes = Prefixes(options.prefix_mb * 1_000_000)
        self.reader = Reader(model, self.prefixes) if shares_prompts(model) else None
        self._shapes: Shapes | None = None
        self._lock = RLock()

    @property
    def name(self) -> str:
        """As it stands in the books."""
        return self.options.name

    @property
    def window(self) -> int:
        """Most tokens of prompt and answer together."""
        return window_of(self.model, self.options)

    @property
    def at_once(self) -> int:
        """Prompts that it is best handed together."""
        return self.options.batch_size

    def count(self, text: str) -> int:
        """Tokens of a text, without any chat form."""
        return len(self.texts.answer(text))

    def write(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int,
        shape: JsonShape | None = None,
        sampling: Sampling = GREEDY,
        run: Run,
    ) -> list[Reply]:
        """One reply to each prompt; see :class:`penchant.language.Writer`."""
        if max_tokens < 1:
            raise UsageError(f"max_tokens={max_tokens}: need at least 1")
        given = self._fit(prompts, [max_tokens] * len(prompts), run)
        replies = {i: failed for i, failed in enumerate(given.failed) if failed is not None}
        order, size = given.order(), self.options.batch_size
        with self._alone(run):
            for first in range(0, len(order), size):
                run.watch.progress("write", first, len(order))
                rows = order[first : first + size]
                answers = [
                    Answer(Drawing(prompts[i], sampling, self._following(shape))) for i in rows
                ]
                replies.update(self._write(given, rows, answers, max_tokens, run))
        return [replies[i] for i in range(len(prompts))]

    def stream(self, prompt: Prompt, *, max_tokens: int, run: Run) -> Generator[str, None, Reply]:
        """Pieces of the likeliest answer; the generator returns what :meth:`write` would."""
        given = self._fit([prompt], [max_tokens], run)
        if given.failed[0] is not None:
            return given.failed[0]
        started = time.perf_counter()
        answer = Answer(Drawing(prompt, GREEDY, None))
        with self._alone(run):
            rows, (read,) = self._begun(given, [0])
        written = self._steps(rows, given, [0], [answer], max_tokens, run)
        yield from pieces(answer, self.texts, self._one_by_one(written, run))
        with self._alone(run):
            self._remember(rows, given.tokens[0], answer)
        return self._replied(given, 0, answer, read, time.perf_counter() - started)

    def score(
        self, prompts: Sequence[Prompt], answers: Sequence[Sequence[str]], *, run: Run
    ) -> Likelihoods:
        """See :class:`penchant.language.Scorer`; that an answer ends is no part of it."""
        refuse_unequal(prompts, answers)
        told = [[self.texts.answer(text) for text in mine] for mine in answers]
        room = [max((len(tokens) for tokens in mine), default=0) for mine in told]
        asked = Asked.of(self._fit(prompts, room, run), told)
        with self._alone(run):
            return likelihoods(asked, self._scores, run)

    def embed(self, texts: Sequence[str], *, run: Run) -> NDArray[np.float32]:
        """(n, d) unit rows: the mean of the last states of each text's tokens."""
        tokens = [self.texts.plain(text)[: self.window] for text in texts]
        with self._alone(run):
            return embedded(self.model, tokens, run)

    @contextmanager
    def _alone(self, run: Run) -> Iterator[None]:
        """Nobody else reads; what was kept of prompts is shared by all."""
        with self._lock, threads_of(run):
            yield

    def _one_by_one(self, written: Iterator[None], run: Run) -> Iterator[None]:
        """The same steps, between which others may be asked something."""
        while True:
            with self._alone(run):
                try:
                    next(written)
                except StopIteration:
                    return
            yield

    def _fit(self, prompts: Sequence[Prompt], room: Sequence[int], run: Run) -> Fitted:
        tokens = [self.texts.prompt(prompt) for prompt in prompts]
        return fitted(tokens, room, self.window, self.options, run)

    def _following(self, shape: JsonShape | None) -> Following | None:
        if shape is None:
            return None
        if self._shapes is None:
            n_words = self.model.config.vocab_size
            self._shapes = Shapes(self.texts.tokenizer, n_words=n_words, stops=self.texts.stops)
        return self._shapes.follow(shape)

    def _scores(self, asked: Asked, found: NDArray[np.float32], run: Run) -> int:
        if self.reader is not None:
            return shared_scores(self.reader, asked, found, run)
        return plain_scores(self.model, asked, found, run)

    @torch.no_grad()
    def _begun(self, given: Fitted, which: list[int]) -> tuple[Rows, list[int]]:
        """Prompts without their last token, and how many of their tokens had to be read."""
        begun = [given.tokens[i][:-1] for i in which]
        if self.reader is None:
            return plain_rows(self.model, begun), [len(tokens) for tokens in begun]
        read: list[Layers] = [[] for _ in which]
        computed = [0 for _ in which]
        for pack in self.reader.read(begun, [len(tokens) for tokens in begun], logits=False):
            for place, row in enumerate(pack.pack.rows):
                read[row], computed[row] = pack.layers_of(place), pack.computed()[place]
        lengths = torch.tensor([len(tokens) for tokens in begun], device=self.model.device)
        return SharedRows(self.model, read, lengths), computed

    def _steps(
        self,
        rows: Rows,
        given: Fitted,
        which: list[int],
        answers: list[Answer],
        max_tokens: int,
        run: Run,
    ) -> Iterator[None]:
        last = [int(given.tokens[i][-1]) for i in which]
        return steps(rows, answers, last, max_tokens=max_tokens, stops=self.texts.stops, run=run)

    def _write(
        self, given: Fitted, which: list[int], answers: list[Answer], max_tokens: int, run: Run
    ) -> dict[int, Reply]:
        started = time.perf_counter()
        rows, computed = self._begun(given, which)
        for _ in self._steps(rows, given, which, answers, max_tokens, run):
            pass
        if len(which) == 1:
            self._remember(rows, given.tokens[which[0]], answers[0])
        each = (time.perf_counter() - started) / len(which)
        replies = {}
        for i, answer, read in zip(which, answers, computed, strict=True):
            replies[i] = self._replied(given, i, answer, read, each)
        return replies

    def _replied(self, given: Fitted, which: int, answer: Answer, read: int, took: float) -> Reply:
        """What became of an answer for which ``read`` tokens of its prompt had to be read."""
        n = len(given.tokens[which])
        usage = Usage(n, answer.n_drawn, n - 1 - read, took)
        return given.noted(which, answer.reply(self.texts, usage))

    def _remember(self, rows: Rows, prompt: Tokens, answer: Answer) -> None:
        """Keeps the words of a conversation for its next turn."""
        if isinstance(rows, SharedRows) and answer.tokens:
            layers = rows.layers()
            said = np.concatenate([prompt, np.array(answer.tokens, np.int64)])
            self.prefixes.keep(said[: layers[0][0].shape[2]], layers)
