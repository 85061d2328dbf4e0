"""What a text model answers to prompts: items, code by code in the trie, or a text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput

from penchant.backbones.beams import TrieTensors, search
from penchant.backbones.lm_writing import Seq2SeqLMWriter
from penchant.backbones.pieces import END, PAD, PieceBatch, Pieces
from penchant.backbones.text_to_text import TextToText
from penchant.backbones.tracing import traced
from penchant.codes import ItemIndex, Trace, item_words
from penchant.core import Ragged, Run
from penchant.data import History, Queries, Rankings, joined

PIECES_AT_ONCE = 16_384
"""Pieces of prompts that are read together: bounds memory."""
STATES_AT_ONCE = 20_000_000
"""Logits of beams held together: likewise."""


@dataclass(frozen=True, slots=True, eq=False)
class TextAnswers:
    """A text model with the words of an index.

    Prompts of similar length are read together, so that little of a batch is padding.
    """

    model: TextToText
    pieces: Pieces
    index: ItemIndex
    trie: TrieTensors
    most: int
    """Pieces of a prompt that are read."""

    @classmethod
    def of(cls, model: TextToText, pieces: Pieces, index: ItemIndex, *, most: int) -> "TextAnswers":
        """With the trie where the model is."""
        trie = TrieTensors.of(index.trie(), str(model.device))
        return cls(model, pieces, index, trie, most)

    def known(self, histories: History) -> History:
        """The events whose items have codes."""
        items, has_codes = histories.items, self.index.codes.lengths > 0
        known = (items.values >= 0) & (items.values < len(has_codes))
        known[known] = has_codes[items.values[known]]
        kept = Ragged.from_rows(items.rows()[known], items.values[known], len(items))
        times = None if histories.times is None else histories.times[known]
        return History(kept, times, None if histories.ratings is None else histories.ratings[known])

    @torch.no_grad()
    def items(
        self, prompts: Sequence[str], queries: Queries, k: int, *, beams: int, run: Run
    ) -> Rankings:
        """The best ``k`` open items of each row.

        Args:
            prompts: One a row.
            queries: What is open.
            k: Answers per row.
            beams: See :func:`search`.
            run: Its seed orders equal scores; its deadline is kept between groups of rows.

        Returns:
            Scores are natural logs of the probability that the model writes all codes of the item
            after the prompt, over all words that it could write.
        """
        read = self._read(prompts, run)
        order, parts = [], []
        at_once = max(1, STATES_AT_ONCE // (max(beams, k) * self.pieces.n_words))
        for rows in _groups(read.lengths, at_once):
            if run.deadline is not None:
                run.deadline.check()
            writer = self._writer(read.take(rows))
            parts.append(search(writer, self.trie, queries.take(rows), k, beams=beams, run=run))
            order.append(rows)
        found = joined(parts, k)
        back = np.argsort(np.concatenate([np.zeros(0, np.int64), *order]))
        flags = None if found.flags is None else found.flags[back]
        return Rankings(found.items[back], found.scores[back], flags)

    @torch.no_grad()
    def trace(
        self, prompt: str, queries: Queries, k: int, run: Run, *, beams: int, died: int
    ) -> Trace:
        """The ways that lead to the best ``k`` open items of one row; see :func:`traced`."""
        writer = self._writer(self._read([prompt], run))
        return traced(writer, self.trie, queries, k, beams=beams, died=died)

    @torch.no_grad()
    def texts(self, prompts: Sequence[str], *, most: int, run: Run) -> list[str]:
        """The text that the model finds most probable, piece by piece; no words of items in it.

        Args:
            prompts: Any number.
            most: Pieces of an answer.
            run: Its deadline is kept between groups of prompts.
        """
        read = self._read(prompts, run)
        texts = [""] * len(prompts)
        for rows in _groups(read.lengths, PIECES_AT_ONCE // max(1, most)):
            if run.deadline is not None:
                run.deadline.check()
            written = self._greedy(read.take(rows), most).cpu().numpy()
            for row, ids in zip(rows.tolist(), written, strict=True):
                texts[row] = self.pieces.decode(ids)
        return texts

    @torch.no_grad()
    def likelihoods(
        self, prompts: Sequence[str], answers: Sequence[str], *, run: Run
    ) -> NDArray[np.float32]:
        """(n, answers) natural logs of the probability of each answer, its end counted.

        Args:
            prompts: n of them; each is read once, whatever the number of answers.
            answers: The same for all prompts.
            run: Its deadline is kept between groups of prompts.
        """
        read = self._read(prompts, run)
        wanted = self.pieces.encode(answers, most=self.most)
        found = np.zeros((len(prompts), len(answers)), np.float32)
        for rows in _groups(read.lengths, PIECES_AT_ONCE // max(1, wanted.ids.shape[1])):
            if run.deadline is not None:
                run.deadline.check()
            memory = self.model.encode(read.take(rows))
            for column in range(len(answers)):
                answer = wanted.take(np.full(len(rows), column))
                losses = self.model.losses(memory, answer)
                found[rows, column] = -losses.sum(1).cpu().numpy()
        return found

    def expected(
        self, prompts: Sequence[str], values: Sequence[float], *, run: Run
    ) -> NDArray[np.float32]:
        """(n,) the mean of the values, weighted by how probable it is that each is written."""
        chances = self.likelihoods(prompts, [f"{value:g}" for value in values], run=run)
        weights = np.exp(chances - chances.max(1, keepdims=True))
        return np.asarray(weights @ np.array(values) / weights.sum(1), np.float32)

    def _writer(self, read: PieceBatch) -> Seq2SeqLMWriter:
        codes = torch.from_numpy(self.pieces.code_ids).to(self.model.device)
        embedded, mask = self.model.embed(read)
        return Seq2SeqLMWriter(
            self.model.t5, inputs_embeds=embedded, attention_mask=mask, code_token_ids=codes
        )

    def _read(self, prompts: Sequence[str], run: Run) -> PieceBatch:
        read = self.pieces.encode(prompts, most=self.most)
        if read.cut:
            run.watch.note(
                f"{read.cut:,} of {len(prompts):,} prompts have more than {self.most} pieces: some "
                "after their first quarter are left out; the newest of a history stay"
            )
        return read

    def _greedy(self, read: PieceBatch, most: int) -> Tensor:
        """(n, at most ``most``) ids, padded after the end."""
        t5, (memory, mask) = self.model.t5, self.model.encode(read)
        cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        last = torch.full((len(mask), 1), PAD, device=mask.device)
        done = torch.zeros(len(mask), dtype=torch.bool, device=mask.device)
        written = []
        for _ in range(most):
            logits = t5(
                encoder_outputs=BaseModelOutput(memory),
                attention_mask=mask,
                decoder_input_ids=last,
                past_key_values=cache,
                use_cache=True,
            ).logits[:, -1, : self.pieces.n_pieces]
            logits[:, PAD] = -torch.inf
            last = logits.argmax(-1).masked_fill(done, PAD)[:, None]
            written.append(last)
            done |= last[:, 0] == END
            if bool(done.all()):
                break
        return torch.cat(written, 1)


def texts_of_items(index: ItemIndex) -> list[str]:
    """The words of each item, joined; empty for an item without codes."""
    words = item_words(index)
    values, offsets = index.codes.values.tolist(), index.codes.offsets.tolist()
    return ["".join(words[code] for code in values[start:end]) for start, end in pairwise(offsets)]


def _groups(lengths: NDArray[np.int64], at_once: int) -> Iterator[NDArray[np.int64]]:
    """Rows of similar length, shortest first."""
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        end = min(start + max(1, at_once), len(order))
        while end - start > 1 and (end - start) * lengths[order[end - 1]] > PIECES_AT_ONCE:
            end = start + (end - start + 1) // 2
        yield order[start:end]
        start = end
