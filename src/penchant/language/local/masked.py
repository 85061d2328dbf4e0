"""A model that fills in masks, on this machine: it scores and embeds.

Zhang et al., "Language Models as Recommender Systems: Evaluations and Limitations", I (Still)
Can't Believe It's Not Better workshop at NeurIPS 2021: an answer of k tokens is asked for by k
masks, and its probability is the product of those of its tokens, each at its mask.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from penchant.core import AssetError, Run
from penchant.language.local.embedding import embedded
from penchant.language.local.plain import TOKENS_AT_ONCE, batches, padded
from penchant.language.local.reading import threads_of
from penchant.language.local.scoring import Asked, late, likelihoods, refuse_unequal
from penchant.language.local.texts import Tokens
from penchant.language.local.value import LocalLM
from penchant.language.local.window import fitted, window_of
from penchant.language.words import Likelihoods, Prompt


class OpenMasked:
    """An open :class:`LocalLM` that fills in masks."""

    def __init__(
        self,
        options: LocalLM,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        fingerprint: str,
    ) -> None:
        if tokenizer.mask_token_id is None:
            raise AssetError(f"{options.name!r} has no mask token, so nothing can be filled in")
        self.options, self.model, self.tokenizer = options, model, tokenizer
        self.fingerprint = fingerprint
        start, end = tokenizer.cls_token_id, tokenizer.sep_token_id
        self._start = np.array([] if start is None else [start], np.int64)
        self._end = np.array([] if end is None else [end], np.int64)

    @property
    def name(self) -> str:
        """As it stands in the books."""
        return self.options.name

    @property
    def window(self) -> int:
        """Most tokens of prompt and answer together, without signs of beginning and end."""
        return window_of(self.model, self.options) - len(self._start) - len(self._end)

    def count(self, text: str) -> int:
        """Tokens of a text."""
        return len(self._encode(text))

    def score(
        self, prompts: Sequence[Prompt], answers: Sequence[Sequence[str]], *, run: Run
    ) -> Likelihoods:
        """See :class:`penchant.language.Scorer`: answers stand behind their prompts."""
        refuse_unequal(prompts, answers)
        told = [[self._encode(text) for text in mine] for mine in answers]
        room = [max((len(tokens) for tokens in mine), default=0) for mine in told]
        tokens = [self._encode(_plain(prompt)) for prompt in prompts]
        asked = Asked.of(fitted(tokens, room, self.window, self.options, run), told)
        with threads_of(run):
            return likelihoods(asked, self._scores, run)

    def embed(self, texts: Sequence[str], *, run: Run) -> NDArray[np.float32]:
        """(n, d) unit rows: the mean of the last states of each text's tokens."""
        tokens = [self._whole(self._encode(text)[: self.window]) for text in texts]
        with threads_of(run):
            return embedded(self.model, tokens, run)

    @torch.no_grad()
    def _scores(self, asked: Asked, found: NDArray[np.float32], run: Run) -> int:
        """Answers of equally many tokens to one prompt are asked for by the same masks."""
        alike: dict[tuple[int, int], list[int]] = {}
        for at in asked.open():
            alike.setdefault((int(asked.owners[at]), len(asked.tokens(at))), []).append(at)
        keys = list(alike)
        masked = [
            self._whole(np.append(asked.given.tokens[i], np.full(k, self.tokenizer.mask_token_id)))
            for i, k in keys
        ]
        computed = 0
        for rows in batches([len(tokens) for tokens in masked], TOKENS_AT_ONCE):
            if late(run):
                break
            tokens, mask = padded([masked[row] for row in rows], front=False)
            computed += int(mask.sum())
            logits = self.model(
                input_ids=tokens.to(self.model.device), attention_mask=mask.to(self.model.device)
            ).logits
            for row, mine in zip(rows, logits, strict=True):
                i, k = keys[row]
                start = len(self._start) + len(asked.given.tokens[i])
                likely = mine[start : start + k].float().log_softmax(1).cpu()
                answers = np.stack([asked.tokens(at) for at in alike[keys[row]]])
                chosen = likely[torch.arange(k), torch.from_numpy(answers)]
                found[alike[keys[row]]] = chosen.double().sum(1).numpy()
        return computed

    def _encode(self, text: str) -> Tokens:
        found = self.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        signs = set(self.tokenizer.all_special_ids) - {self.tokenizer.unk_token_id}
        return np.array([token for token in found if token not in signs], np.int64)

    def _whole(self, tokens: Tokens) -> Tokens:
        return np.concatenate([self._start, tokens, self._end])


def _plain(prompt: Prompt) -> str:
    said = "\n".join(turn.content for turn in prompt.messages)
    return f"{said} {prompt.begun}".strip() if said else prompt.begun
