import numpy as np
import torch

from penchant.backbones.causal import causal_attention
from penchant.backbones.packed import Packed


def test_packed_attention_equals_attention_one_by_one():
    lengths = np.array([37, 20, 18, 9, 5, 4, 2, 1, 1])
    projected = torch.randn(int(lengths.sum()), 3 * 8, generator=torch.Generator().manual_seed(0))
    found = causal_attention(projected, Packed.of(lengths), heads=2)
    start = 0
    for length in lengths:
        q, k, v = projected[start : start + length].view(length, 3, 2, 4).permute(1, 2, 0, 3)
        scores = q @ k.transpose(1, 2) / 4**0.5
        scores = scores.masked_fill(torch.ones(length, length).triu(1).bool(), -torch.inf)
        wanted = (scores.softmax(-1) @ v).transpose(0, 1).reshape(length, 8)
        torch.testing.assert_close(found[start : start + length], wanted)
        start += length


def test_little_of_a_layout_is_padding():
    lengths = np.sort(np.random.default_rng(0).geometric(0.15, 500))[::-1]
    packed = Packed.of(lengths)
    places = sum(tokens.numel() for tokens, _ in packed.groups)
    assert places < 2 * lengths.sum()
    assert sum(len(real) for _, real in packed.groups) == lengths.sum()


def test_places_and_ends():
    packed = Packed.of(np.array([3, 2, 1]))
    assert packed.places().tolist() == [0, 1, 2, 0, 1, 0]
    assert packed.ends().tolist() == [2, 4, 5]
