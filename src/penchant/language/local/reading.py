"""A causal model reads sequences, and nothing twice."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from penchant.backbones.beam_attention import additive
from penchant.core import Run
from penchant.language.local.prefixes import Layers, Prefixes, filled, layers_of
from penchant.language.local.tree import Pack, Tokens, Tree, packs

LOGITS_AT_ONCE = 1 << 25
"""Numbers; bounds memory."""
TOKENS_AT_ONCE = 512
"""Of a beginning: bounds the mask."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadPack:
    """A pack that was read."""

    pack: Pack
    tree: Tree
    logits: Tensor
    """(n_kept, vocabulary) after the kept nodes"""
    kept: NDArray[np.int64]
    """(n_kept,) nodes, ascending"""
    layers: Layers
    """Keys and values of the prefix and then of all nodes"""
    known: int
    """Tokens of the prefix that had been read for an earlier call"""

    def computed(self) -> list[int]:
        """For each sequence of the pack, how many of its tokens were read for it."""
        first, *others = self.pack.new
        return [first - self.known, *others]

    def places(self, row: int, start: int) -> Tensor:
        """(n,) which logits follow the tokens of the pack's row-th sequence from ``start``."""
        nodes = self.tree.paths[row][start - self.tree.prefix :]
        return torch.from_numpy(np.searchsorted(self.kept, nodes))

    def layers_of(self, row: int) -> Layers:
        """Keys and values of all tokens of the pack's row-th sequence."""
        nodes = self.tree.prefix + self.tree.paths[row]
        places = torch.from_numpy(np.concatenate([np.arange(self.tree.prefix), nodes]))
        if not self.layers or len(places) == self.layers[0][0].shape[2]:
            return self.layers
        places = places.to(self.layers[0][0].device)
        return [(k.index_select(2, places), v.index_select(2, places)) for k, v in self.layers]


class Reader:
    """Reads for a causal model that takes masks and positions as they are given."""

    def __init__(self, model: PreTrainedModel, prefixes: Prefixes) -> None:
        self.model, self.prefixes = model, prefixes
        self.most_nodes = max(128, LOGITS_AT_ONCE // model.config.vocab_size)

    def read(
        self, sequences: Sequence[Tokens], floors: Sequence[int], *, logits: bool
    ) -> Iterator[ReadPack]:
        """All sequences, pack by pack.

        Args:
            sequences: n; where logits are wanted, of at least one token each.
            floors: (n,) logits are wanted after this token and all that follow it.
            logits: Whether they are wanted at all.
        """
        known = self._known(sequences, floors)
        for pack in packs(sequences, floors, known, most_nodes=self.most_nodes):
            yield self._read(pack, sequences, floors if logits else None)

    def begin(self, tokens: Tokens) -> tuple[DynamicCache, int]:
        """Keys and values of a beginning, and how many of its tokens had been read before."""
        known, layers = self.prefixes.find(tokens)
        cache = filled(layers)
        if known == len(tokens):
            return cache, known
        for first in range(known, len(tokens), TOKENS_AT_ONCE):
            part = np.arange(first, min(len(tokens), first + TOKENS_AT_ONCE))
            seen = np.arange(part[-1] + 1) <= part[:, None]
            self._forward(tokens[part], part, seen, cache, np.zeros(0, np.int64))
        self.prefixes.keep(tokens, layers_of(cache))
        return cache, known

    def _known(self, sequences: Sequence[Tokens], floors: Sequence[int]) -> list[int]:
        begun = [tokens[:floor] for tokens, floor in zip(sequences, floors, strict=True)]
        found: dict[bytes, int] = {}
        for tokens in begun:
            key = tokens.tobytes()
            if key not in found:
                found[key] = self.prefixes.known(tokens)
        return [found[tokens.tobytes()] for tokens in begun]

    def _read(
        self, pack: Pack, sequences: Sequence[Tokens], floors: Sequence[int] | None
    ) -> ReadPack:
        cache, known = self.begin(sequences[pack.rows[0]][: pack.prefix])
        tree = Tree.of([sequences[row] for row in pack.rows], pack.prefix)
        kept = np.zeros(0, np.int64)
        if floors is not None:
            wanted = [
                path[floors[row] - pack.prefix :]
                for path, row in zip(tree.paths, pack.rows, strict=True)
            ]
            kept = np.unique(np.concatenate(wanted))
        out = torch.zeros((0, self.model.config.vocab_size), dtype=self.model.dtype)
        if len(tree.tokens):
            out = self._forward(tree.tokens, tree.depths, tree.seen(), cache, kept)
        return ReadPack(pack, tree, out, kept, layers_of(cache), known)

    def _forward(
        self,
        tokens: Tokens,
        places: NDArray[np.int64],
        seen: NDArray[np.bool_],
        cache: DynamicCache,
        kept: NDArray[np.int64],
    ) -> Tensor:
        """(n_kept, vocabulary); what is read goes into the cache."""
        device = self.model.device
        given = {
            "input_ids": torch.from_numpy(tokens).to(device)[None],
            "attention_mask": additive(torch.from_numpy(seen), self.model.dtype).to(device)[
                None, None
            ],
            "position_ids": torch.from_numpy(places).to(device)[None],
            "past_key_values": cache,
            "use_cache": True,
        }
        if not len(kept):
            self.model.base_model(**given)
            return torch.zeros((0, self.model.config.vocab_size), dtype=self.model.dtype)
        found: Tensor = self.model(**given, logits_to_keep=torch.from_numpy(kept).to(device)).logits
        return found[0]


@contextmanager
def threads_of(run: Run) -> Iterator[None]:
    """So many threads as the run says."""
    before = torch.get_num_threads()
    torch.set_num_threads(run.threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
