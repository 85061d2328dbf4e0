"""What was read of prompts, kept for those that begin in the same way."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from transformers import DynamicCache

from penchant.language.local.tree import Tokens, common

Layers = list[tuple[Tensor, Tensor]]
"""Keys and values of each layer, (1, heads, n_tokens, d)"""


@dataclass(slots=True, eq=False)
class Prefixes:
    """Keys and values of what was read, up to a number of bytes; the least recently used go."""

    most_bytes: int
    n_bytes: int = 0
    _kept: OrderedDict[bytes, tuple[NDArray[np.int64], Layers]] = field(default_factory=OrderedDict)

    def known(self, tokens: Tokens) -> int:
        """How many tokens from the beginning are known."""
        return self._nearest(tokens)[1]

    def find(self, tokens: Tokens) -> tuple[int, Layers]:
        """How many tokens from the beginning are known, and their keys and values."""
        best, most = self._nearest(tokens)
        if not most:
            return 0, []
        self._kept.move_to_end(best)
        layers = self._kept[best][1]
        return most, [(keys[:, :, :most], values[:, :, :most]) for keys, values in layers]

    def keep(self, tokens: Tokens, layers: Layers) -> None:
        """Keeps what was read, in place of any beginning of it."""
        size = sum(part.numel() * part.element_size() for layer in layers for part in layer)
        if size > self.most_bytes:
            return
        covered = [
            key
            for key, (known, _) in self._kept.items()
            if len(known) <= len(tokens) and common(known, tokens) == len(known)
        ]
        for key in covered:
            self._drop(key)
        while self._kept and self.n_bytes + size > self.most_bytes:
            self._drop(next(iter(self._kept)))
        self._kept[tokens.tobytes()] = (tokens, layers)
        self.n_bytes += size

    def clear(self) -> None:
        """Forgets everything."""
        self._kept.clear()
        self.n_bytes = 0

    def _nearest(self, tokens: Tokens) -> tuple[bytes, int]:
        best, most = b"", 0
        for key, (known, _) in self._kept.items():
            same = common(known, tokens)
            if same > most:
                best, most = key, same
        return best, most

    def _drop(self, key: bytes) -> None:
        _, layers = self._kept.pop(key)
        self.n_bytes -= sum(p.numel() * p.element_size() for layer in layers for p in layer)


def filled(layers: Layers) -> DynamicCache:
    """A cache that holds these keys and values."""
    cache = DynamicCache()
    for number, (keys, values) in enumerate(layers):
        cache.update(keys, values, number)
    return cache


def layers_of(cache: DynamicCache) -> Layers:
    """What a cache holds."""
    layers = cast("list[Any]", cache.layers)  # Any: of several types, of which ours have both
    return [(layer.keys, layer.values) for layer in layers if layer.is_initialized]
