"""Groups of beams that keep out of each other's way.

Vijayakumar et al., "Diverse Beam Search: Decoding Diverse Solutions from Neural Sequence Models",
AAAI 2018, arXiv:1610.02424, with their Hamming diversity. Differs from the paper: a prefix is held
by no more beams than it has open items, so that no item is found twice, and places that a group
cannot fill go to the others.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from penchant.backbones.beams import nothing, ranked
from penchant.backbones.trie_tensors import Beams, Children, Opened, TrieTensors
from penchant.backbones.writing import CodeWriter
from penchant.core import Run, UsageError
from penchant.data import Queries, Rankings


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """How many groups there are and how much they avoid each other."""

    groups: int = 4
    penalty: float = 0.5
    """Nats that a code loses for each time that an earlier group took it up at this position."""

    def __post_init__(self) -> None:
        if self.groups < 1:
            raise UsageError(f"groups={self.groups}: need at least 1")
        if not 0 <= self.penalty < math.inf:
            raise UsageError(f"penalty={self.penalty}: need a finite number, 0 or more")


DIVERSITY = Diversity()


@torch.no_grad()
def diverse_search(
    writer: CodeWriter,
    trie: TrieTensors,
    queries: Queries,
    k: int,
    *,
    beams: int,
    run: Run,
    diversity: Diversity = DIVERSITY,
) -> Rankings:
    """The ``k`` most probable of the items that groups of beams end at.

    The arguments and what is promised are those of :func:`search`. With one group, or as many
    beams as there are items, so is the answer.

    Args:
        writer: Has read the n histories.
        trie: All items.
        queries: n rows.
        k: Answers per row.
        beams: In all groups together.
        run: Its seed orders equal scores.
        diversity: Groups and penalty.

    Returns:
        Scores are natural logs of the probability of all codes; penalties are not in them.
    """
    n = len(queries)
    if trie.source.n_leaves == 0 or n == 0:
        return nothing(n, k)
    opened = Opened.of(trie, queries)
    now = Beams.at_root(trie, opened, n)
    shares = _shares(max(beams, k), diversity.groups)
    owners = torch.arange(len(shares), device=now.nodes.device).expand(n, -1)
    for _ in range(trie.depth):
        log_probs, start = writer.write(now.parents, now.tokens)
        opening = now.parents is None
        if opening:  # every group starts from the root, of which the writer has one
            log_probs = log_probs.expand(-1, len(shares), -1)
            now = Beams(now.nodes.expand(owners.shape), now.scores.expand(owners.shape))
        children = Children.of(now, log_probs, start, trie, opened)
        pool = _Pool.of(now, children, owners, trie, opened)
        places, owners = pool.choose(shares, diversity.penalty)
        now = _kept(children.chosen(places), owners >= 0, opening=opening)
    return ranked(now, trie, k, run)


def _shares(width: int, groups: int) -> list[int]:
    """How many beams each group has: the first ones get what cannot be shared out evenly."""
    return [width // groups + (place < width % groups) for place in range(min(groups, width))]


def _kept(now: Beams, kept: Tensor, *, opening: bool) -> Beams:
    parents = torch.zeros_like(now.nodes) if opening else now.parents
    return Beams(now.nodes, now.scores.masked_fill(~kept, -torch.inf), parents, now.tokens)


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """(n, c) the children of all beams of all groups; changes as they are taken up."""

    scores: Tensor
    """-inf: not there, not open, or taken up."""
    codes: Tensor
    """The code on the way there; the last column of ``counts`` for a beam that waits at an item."""
    node: Tensor
    """A number for each node of the row: groups may hold the same one."""
    owner: Tensor
    """The group of the parent."""
    room: Tensor
    """By node: open items below, less the beams that hold it."""
    counts: Tensor
    """By code: how often it was taken up."""

    @classmethod
    def of(
        cls, now: Beams, children: Children, owners: Tensor, trie: TrieTensors, opened: Opened
    ) -> "_Pool":
        n, _, most = children.tokens.shape
        nodes = children.nodes.flatten(1)
        in_order, order = nodes.sort(dim=1)
        fresh = functional.pad(in_order[:, 1:] != in_order[:, :-1], (1, 0)).long().cumsum(1)
        node = torch.empty_like(fresh).scatter_(1, order, fresh)
        rows = torch.arange(n, device=nodes.device)[:, None]
        below = opened.count(rows, trie.first[nodes], trie.last[nodes]).long()
        room = torch.zeros_like(nodes).scatter_(1, node, below)
        last = int(trie.tokens.max()) + 1
        waits = (children.first == now.nodes)[..., None]
        codes = children.tokens.masked_fill(waits, last).flatten(1)
        owner = owners[..., None].expand(-1, -1, most).flatten(1)
        counts = torch.zeros(n, last + 1, device=nodes.device)
        return cls(children.scores.flatten(1).clone(), codes, node, owner, room, counts)

    def choose(self, shares: list[int], penalty: float) -> tuple[Tensor, Tensor]:
        """(n, width) places of the children taken up, and the group of each; -1: none was left."""
        width = sum(shares)
        places, groups = [], []
        missing = torch.full_like(self.room[:, :1], width)
        for most in (None, width):  # each group its share; then what the others could not fill
            for group, share in enumerate(shares):
                place, found = self._take(group, most or share, missing, penalty)
                missing = missing - found.sum(1, keepdim=True)
                places.append(place)
                groups.append(torch.where(found, group, -1))
        place, owner = torch.cat(places, 1), torch.cat(groups, 1)
        first = (owner < 0).long().argsort(dim=1, stable=True)[:, :width]
        return place.gather(1, first), owner.gather(1, first)

    def _take(
        self, group: int, share: int, missing: Tensor, penalty: float
    ) -> tuple[Tensor, Tensor]:
        """The best children of one group, at most ``missing`` in each row."""
        seen = self.counts.gather(1, self.codes)
        seen = seen.masked_fill(self.codes == self.counts.shape[1] - 1, 0)
        full = self.room.gather(1, self.node) <= 0
        scores = (self.scores - penalty * seen).masked_fill(
            full | (self.owner != group), -torch.inf
        )
        best, place = scores.topk(min(share, scores.shape[1]), dim=1)
        rank = torch.arange(place.shape[1], device=place.device)
        found = torch.isfinite(best) & (rank < missing)
        self.room.scatter_add_(1, self.node.gather(1, place), -found.long())
        self.counts.scatter_add_(1, self.codes.gather(1, place), found.float())
        kept = self.scores.gather(1, place).masked_fill(found, -torch.inf)
        self.scores.scatter_(1, place, kept)
        return place, found
