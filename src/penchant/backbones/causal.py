"""Causal transformers over packed sequences."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from penchant.backbones.packed import Packed


class CausalLayer(nn.Module):
    """Attention and a position-wise network, each with normalisation before and a sum after."""

    def __init__(self, dimension: int, heads: int, dropout: float) -> None:
        super().__init__()
        d = dimension
        self.heads = heads
        self.before_attention, self.before_network = nn.LayerNorm(d), nn.LayerNorm(d)
        self.project, self.join = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.inner, self.outer = nn.Linear(d, d), nn.Linear(d, d)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, packed: Packed) -> Tensor:
        """(n_tokens, d) to (n_tokens, d)."""
        projected = self.project(self.before_attention(x))
        x = x + self.dropout(self.join(causal_attention(projected, packed, self.heads)))
        inner = functional.gelu(self.inner(self.before_network(x)), approximate="tanh")
        out: Tensor = x + self.dropout(self.outer(inner))
        return out


class ItemTransformer(nn.Module):
    """Item and place embeddings, and causal layers over them."""

    def __init__(
        self,
        n_items: int,
        max_history: int,
        *,
        dimension: int,
        layers: int,
        heads: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.items = nn.Embedding(n_items, dimension)
        self.places = nn.Embedding(max_history, dimension)
        self.layers = nn.ModuleList(CausalLayer(dimension, heads, dropout) for _ in range(layers))
        self.last = nn.LayerNorm(dimension)
        self.dropout = nn.Dropout(dropout)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)

    def forward(self, embedded: Tensor, packed: Packed) -> Tensor:
        """From embedded items, (n_tokens, d), to hidden states near what comes next."""
        places = torch.from_numpy(packed.places()).to(embedded.device)
        x = self.dropout(embedded + self.places(places))
        for layer in self.layers:
            x = layer(x, packed)
        last: Tensor = self.last(x)
        return last


def causal_attention(projected: Tensor, packed: Packed, heads: int) -> Tensor:
    """Self-attention in which every token sees its own sequence up to itself.

    Padding stands after each sequence, where a causal mask keeps it out of sight by itself.

    Args:
        projected: (n_tokens, 3·d) queries, keys and values.
        packed: The layout of the tokens.
        heads: A divisor of d.

    Returns:
        (n_tokens, d)
    """
    parts = []
    for tokens, real in packed.groups:
        b, w = tokens.shape
        padded = projected.index_select(0, tokens.reshape(-1)).view(b, w, 3, heads, -1)
        q, k, v = padded.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        flat = seen.transpose(1, 2).reshape(b * w, -1)
        parts.append(flat if len(real) == b * w else flat.index_select(0, real))
    return torch.cat(parts)
