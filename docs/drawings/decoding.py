"""Draws guides/decoding.svg: one search in a trie of eight drinks, as the library does it.

    python docs/drawings/decoding.py

What lived and what died is read off the product's own search, not drawn by hand.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor

from penchant.backbones import TrieTensors, search
from penchant.backbones.trie_tensors import Opened
from penchant.codes import ItemIndex, Trie, item_words
from penchant.core import Ragged, Run
from penchant.data import History, Queries

DRINKS = {
    "espresso": (0, 3, 5),
    "filter coffee": (0, 3, 6),
    "cocoa": (0, 4, 5),
    "green tea": (1, 3, 5),
    "black tea": (1, 4, 5),
    "mint tea": (1, 4, 6),
    "orange juice": (2, 3, 5),
    "water": (2, 4, 5),
}
SEEN = (0, 2)
"""The espresso and the cocoa of the history."""
INDEX = ItemIndex(Ragged.of(list(DRINKS.values())), (3, 2, 2), "drinks", "by hand")
SAID = {
    (): (0.50, 0.30, 0.15, 0, 0, 0, 0),
    (0,): (0, 0, 0, 0.65, 0.30, 0, 0),
    (1,): (0, 0, 0, 0.40, 0.55, 0, 0),
    (0, 3): (0, 0, 0, 0, 0, 0.80, 0.15),
    (1, 4): (0, 0, 0, 0, 0, 0.60, 0.35),
}
"""What the model says after some codes; the rest of 1 goes to words that are no codes."""
BEAMS = 2
COLUMNS, TOP, ROW = (125, 305, 495, 690), 78, 56
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1c2430 }
.small { font-size: 11.5px; fill: #5a6472 }
.head { font-size: 12px; font-weight: 600; fill: #5a6472 }
.edge { stroke: #aab2bd; stroke-width: 1.5; fill: none }
.lived { stroke: #1769aa; stroke-width: 4; fill: none }
.died { stroke: #1769aa; stroke-width: 1.5; stroke-dasharray: 2 4; fill: none }
.shut { stroke: #c0392b; stroke-width: 1.5; stroke-dasharray: 6 4; fill: none }
.node { fill: #ffffff; stroke: #7d8794; stroke-width: 1.5 }
.node.on { fill: #dcebf8; stroke: #1769aa; stroke-width: 2.5 }
.node.off { fill: #fbe9e7; stroke: #c0392b }
.end { text-anchor: end }
.said { font-size: 11.5px; fill: #1769aa }
.closed { fill: #c0392b; text-decoration: line-through }
.paper { fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #e6e9ee } .small, .head { fill: #a5afbc } .paper { fill: #14181f }
.node { fill: #1d232c } .node.on { fill: #16364f } .node.off { fill: #3d1f1c }
.lived, .died { stroke: #5fb0ee } .node.on { stroke: #5fb0ee } .said { fill: #7fc0f2 }
.shut { stroke: #ef8377 } .node.off { stroke: #ef8377 } .closed { fill: #ef8377 }
}
"""


class Scripted:
    """A model that says what stands in :data:`SAID`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.ways: list[tuple[int, ...]] = [()]
        self.lived: set[tuple[int, ...]] = {()}

    def write(self, parents: Tensor | None, tokens: Tensor | None) -> tuple[Tensor, int]:
        """See CodeWriter."""
        if parents is not None and tokens is not None:
            came_from = parents[0].tolist()
            codes = tokens[0].tolist()
            self.ways = [(*self.ways[p], c) for p, c in zip(came_from, codes, strict=True)]
            self.lived |= set(self.ways)
        said = [SAID[way] for way in self.ways]
        return torch.tensor([said]).log(), 0


def main() -> None:
    """Searches and draws."""
    trie = INDEX.trie()
    queries = Queries(History(Ragged.empty(1)), excluded=Ragged.of([SEEN]))
    writer, tensors = Scripted(), TrieTensors.of(trie, "cpu")
    found = search(writer, tensors, queries, BEAMS, beams=BEAMS, run=Run())
    answers = found.items[0].tolist()
    chances = dict(zip(answers, torch.tensor(found.scores[0]).exp().tolist(), strict=True))
    drawing = draw(trie, Opened.of(tensors, queries), writer.lived, chances)
    out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1] / "guides")
    (out / "decoding.svg").write_text(drawing, encoding="utf-8")


def draw(trie: Trie, opened: Opened, lived: set[tuple[int, ...]], chances: dict[int, float]) -> str:
    """The trie from left to right, one row a leaf."""
    ways, places = ways_of(trie)
    edges, nodes = [], []
    for node, way in enumerate(ways):
        first, last = trie.interval(node)
        x, y = places[node]
        n_open = int(opened.count(torch.tensor(0), torch.tensor(first), torch.tensor(last)))
        item = int(trie.leaf_items[first]) if len(way) == trie.depth else None
        on = way in lived if item is None else item in chances
        if node:
            edges += edge(places[ways.index(way[:-1])], (x, y), way, on=on, n_open=n_open)
        kind = "node on" if on else "node off" if n_open == 0 else "node"
        nodes.append(f'<circle class="{kind}" cx="{x}" cy="{y}" r="9"/>')
        nodes += words_of(item, (x, y), (first, last), n_open, chances)
    height = TOP + ROW * trie.n_leaves
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 950 {height + 20}" role="img"',
            ' aria-label="A trie of eight drinks and the two beams that walked it">',
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="950" height="{height + 20}"/>',
            *heads(),
            *edges,
            *nodes,
            "</svg>",
            "",
        ]
    )


def heads() -> list[str]:
    """What the columns are."""
    names = ("start", "first code", "second code", "last code: an item")
    return [
        f'<text class="head" x="{x - 12}" y="26">{name}</text>'
        for x, name in zip(COLUMNS, names, strict=True)
    ]


def ways_of(trie: Trie) -> tuple[list[tuple[int, ...]], list[tuple[float, float]]]:
    """The codes that lead to each node, and where it stands."""
    ways: list[tuple[int, ...]] = [()] * len(trie)
    places: list[tuple[float, float]] = []
    for node in range(len(trie)):
        for place, code in enumerate(trie.children(node).tolist()):
            ways[int(trie.offsets[node]) + place + 1] = (*ways[node], code)
        first, last = trie.interval(node)
        places.append((COLUMNS[len(ways[node])], TOP + ROW * (first + last - 1) / 2))
    return ways, places


def edge(
    start: tuple[float, float],
    end: tuple[float, float],
    way: tuple[int, ...],
    *,
    on: bool,
    n_open: int,
) -> list[str]:
    """The way to a child, with its word and what the model said of it."""
    said = SAID.get(way[:-1])
    kind = "lived" if on else "shut" if n_open == 0 else "died" if said else "edge"
    (x0, y0), (x1, y1) = start, end
    # Flat where the word stands above it.
    path = f"M{x0 + 9} {y0} C{x0 + 45} {y0} {x0 + 35} {y1} {x1 - 105} {y1} H{x1 - 9}"
    word = item_words(INDEX)[way[-1]].replace("<", "&lt;").replace(">", "&gt;")
    chance = f' <tspan class="said">{said[way[-1]]:.2f}</tspan>' if said else ""
    return [
        f'<path class="{kind}" d="{path}"/>',
        f'<text class="small" x="{x1 - 100}" y="{y1 - 7}">{word}{chance}</text>',
    ]


def words_of(
    item: int | None,
    place: tuple[float, float],
    interval: tuple[int, int],
    n_open: int,
    chances: dict[int, float],
) -> list[str]:
    """What stands beside a node: its interval and count, or the item."""
    x, y = place
    first, last = interval
    if item is None:
        note = f"[{first}, {last}) {n_open} of {last - first} open"
        return [f'<text class="small end" x="{x + 8}" y="{y + 24}">{note}</text>']
    name = list(DRINKS)[item]
    shown = "closed" if item in SEEN else ""
    chance = f"{chances[item]:.3f}" if item in chances else ""
    notes = {"closed": "in the history", "": f"answer, {chance}" if chance else ""}
    return [
        f'<text class="{shown}" x="{x + 18}" y="{y + 4.5}">{first}: {name}</text>',
        f'<text class="small" x="{x + 140}" y="{y + 4.5}">{notes[shown]}</text>',
    ]


if __name__ == "__main__":
    main()
