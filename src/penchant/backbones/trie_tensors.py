"""A trie where beams are chosen: its arrays on a device, what is open in it, what may come next."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from penchant.codes import OpenLeaves, Trie, even_shares
from penchant.data import Queries


@dataclass(frozen=True, slots=True, eq=False)
class TrieTensors:
    """A trie on the device where beams are chosen; int32 as in the :class:`Trie`."""

    offsets: Tensor
    tokens: Tensor
    first: Tensor
    last: Tensor
    leaf_items: Tensor
    depth: int
    most_children: int
    source: Trie
    told: Tensor | None = None
    """(n_edges,) see :func:`penchant.codes.even_shares`; ``None``: the model is asked for all"""

    @classmethod
    def of(
        cls, trie: Trie, device: str, untaught: NDArray[np.bool_] | None = None
    ) -> "TrieTensors":
        """The arrays of a trie as tensors; on the CPU they share its memory.

        Args:
            trie: All items.
            device: Where beams are chosen.
            untaught: (n_items,) items whose last code says nothing and was never learned.
        """
        arrays = (trie.offsets, trie.tokens, trie.first, trie.last, trie.leaf_items)
        tensors = [torch.as_tensor(array, device=device) for array in arrays]
        offsets, tokens, first, last, leaf_items = tensors
        most = int(np.diff(trie.offsets).max(initial=0))
        whole = cls(offsets, tokens, first, last, leaf_items, trie.depth, most, trie)
        if untaught is None or not untaught[trie.leaf_items].any():
            return whole
        return replace(whole, told=torch.as_tensor(even_shares(trie, untaught), device=device))

    def gained(self, log_probs: Tensor, edges: Tensor) -> Tensor:
        """What a way gains on these edges, given what the model says of their codes."""
        if self.told is None:
            return log_probs
        told = self.told[edges].to(log_probs.dtype)
        return torch.where(told.isnan(), log_probs, told)


@dataclass(frozen=True, slots=True, eq=False)
class Beams:
    """(n, width) nodes and the log probability of the way to each; -inf: no beam."""

    nodes: Tensor
    scores: Tensor
    parents: Tensor | None = None
    tokens: Tensor | None = None

    @classmethod
    def at_root(cls, trie: TrieTensors, opened: "Opened", n: int) -> "Beams":
        """One beam for each row in which anything is open."""
        root = torch.zeros(n, 1, dtype=torch.long, device=trie.offsets.device)
        rows = torch.arange(n, device=root.device)[:, None]
        any_open = opened.count(rows, trie.first[root], trie.last[root]) > 0
        return cls(root, torch.where(any_open, 0.0, -torch.inf))


@dataclass(frozen=True, slots=True, eq=False)
class Children:
    """(n, beams, most) what may follow each beam; what is not there or not open scores -inf."""

    first: Tensor
    """(n, beams) the first child of each beam, or the beam's own node where it waits at an item."""
    tokens: Tensor
    scores: Tensor
    """Log probability of the way from the root."""
    gained: Tensor
    """Log probability of this code alone; 0 where a beam has reached its item and waits."""
    last_node: int
    """Of the trie: what is not there may lie behind it."""

    @classmethod
    def of(
        cls, now: Beams, log_probs: Tensor, start: int, trie: TrieTensors, opened: "Opened"
    ) -> "Children":
        """The open children of all beams.

        Args:
            now: (n, beams)
            log_probs: (n, beams, v) of the next code of each beam.
            start: The code that column 0 means.
            trie: All items.
            opened: What each row leaves open.
        """
        first_edge = trie.offsets[now.nodes].long()
        n_children = trie.offsets[now.nodes + 1] - first_edge
        steps = torch.arange(max(1, int(n_children.max())), device=first_edge.device)
        edges = (first_edge[..., None] + steps).clamp_(max=len(trie.tokens) - 1)
        tokens = trie.tokens[edges].long()
        said = log_probs.gather(2, (tokens - start).clamp_(0, log_probs.shape[2] - 1))
        gained = trie.gained(said, edges)
        first = first_edge + 1
        live = opened.below(now.nodes, first, steps, trie).logical_and_(
            steps < n_children[..., None]
        )
        gained = torch.where(live, gained, -torch.inf)
        ended = n_children == 0
        if bool(ended.any()):  # a way that has reached its item waits for the longer ones
            first = torch.where(ended, now.nodes, first)
            gained = gained.masked_fill_(ended[..., None] & (steps == 0), 0.0)
        last_node = len(trie.source) - 1
        return cls(first, tokens, now.scores[..., None] + gained, gained, last_node)

    @property
    def nodes(self) -> Tensor:
        """Where each leads; meaningless where nothing is."""
        steps = torch.arange(self.tokens.shape[2], device=self.first.device)
        return (self.first[..., None] + steps).clamp_(max=self.last_node)

    def chosen(self, places: Tensor) -> Beams:
        """The beams at some places.

        Args:
            places: (n, width) into (beams, most), flattened.
        """
        most = self.tokens.shape[2]
        parents = places // most
        nodes = (self.first.gather(1, parents) + places % most).clamp_(max=self.last_node)
        scores, tokens = (of.flatten(1).gather(1, places) for of in (self.scores, self.tokens))
        return Beams(nodes, scores, parents, tokens)


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """:class:`OpenLeaves` on the device."""

    n_leaves: int
    shared: Tensor | None
    keys: Tensor
    sign: int

    @classmethod
    def of(cls, trie: TrieTensors, queries: Queries) -> "Opened":
        """What the queries leave open."""
        leaves, device = OpenLeaves.of(trie.source, queries), trie.offsets.device
        shared = None if leaves.shared is None else torch.as_tensor(leaves.shared, device=device)
        keys = torch.as_tensor(leaves.keys, device=device)
        return cls(leaves.n_leaves, shared, keys, leaves.sign)

    def count(self, rows: Tensor, first: Tensor, last: Tensor) -> Tensor:
        """How many leaves in ``[first, last)`` are open to each row; all arguments broadcast."""
        counted = self._shared(first, last)
        return (
            counted if len(self.keys) == 0 else counted + self.sign * self._own(rows, first, last)
        )

    def below(self, parents: Tensor, first: Tensor, steps: Tensor, trie: TrieTensors) -> Tensor:
        """(n, beams, most) whether anything under the children of ``parents`` is open.

        Only below a parent that holds one of the row's own leaves need they be looked for.

        Args:
            parents: (n, beams)
            first: (n, beams) the first child of each.
            steps: (most,) how far each child is behind the first; no one need be there.
            trie: All items.
        """
        last_node = len(trie.source) - 1
        shape = (*parents.shape, len(steps))
        if self.shared is None:
            live = torch.full(shape, self.sign < 0, device=parents.device)
        else:
            nodes = (first[..., None] + steps).clamp_(max=last_node)
            live = self._shared(trie.first[nodes], trie.last[nodes]) > 0
        if len(self.keys) == 0:
            return live
        rows = torch.arange(len(parents), device=parents.device)[:, None].expand(parents.shape)
        mine = self._own(rows, trie.first[parents], trie.last[parents]) > 0
        below = (first[mine][:, None] + steps).clamp_(max=last_node)
        live[mine] = self.count(rows[mine][:, None], trie.first[below], trie.last[below]) > 0
        return live

    def _shared(self, first: Tensor, last: Tensor) -> Tensor:
        if self.shared is not None:
            return self.shared[last] - self.shared[first]
        return last - first if self.sign < 0 else torch.zeros_like(first)

    def _own(self, rows: Tensor, first: Tensor, last: Tensor) -> Tensor:
        base = rows * (self.n_leaves + 1)
        return torch.searchsorted(self.keys, base + last) - torch.searchsorted(
            self.keys, base + first
        )
