"""What a catalogue tells of its items, enriched by a model in four families of prompts.

Lyu et al., "LLM-Rec: Personalized Recommendation via Prompting Large Language Models", NAACL
Findings 2024, arXiv:2307.15780: basic prompts (paraphrase, summarise, categorise),
recommendation-driven ones, engagement-guided ones (with the descriptions of the items that the same
people choose), and both. The vectors of the old and the new texts stand side by side. Important
neighbours are found as in the paper by personalised PageRank on who chose what. Differs from it:
neighbours come from the interactions that are handed over, so hand over the training part; texts
that say nothing new are left out and counted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from penchant.backbones import Encoder
from penchant.core import Run, UsageError
from penchant.data import Catalog, Dataset
from penchant.language import LanguageModel, Usage
from penchant.prompting.answer_lists import said_of
from penchant.prompting.calls import ask_for_texts, note_failures
from penchant.prompting.fencing import cleaned
from penchant.prompting.item_lines import item_lines
from penchant.prompting.likeness import bare_title
from penchant.prompting.presets import prompt
from penchant.prompting.reading import COPIED, UNREADABLE

Enrichment = Literal["paraphrase", "summarise", "categorise", "recommend", "engage", "both"]
ENRICHMENTS: tuple[Enrichment, ...] = get_args(Enrichment)
FAMILIES: Mapping[str, tuple[Enrichment, ...]] = {
    "basic": ("paraphrase", "summarise", "categorise"),
    "recommendation-driven": ("recommend",),
    "engagement-guided": ("engage",),
    "both": ("both",),
}
"""The paper's four families, and their prompts."""
WITH_NEIGHBOURS = frozenset({"engage", "both"})
MOST_TOKENS = 120
"""Of a text."""
LONGEST = 800
"""Characters of a text that are kept."""
RESTART = 0.15
STEPS = 20
CELLS = 10_000_000
"""Numbers of the walks that are taken together."""


@dataclass(frozen=True, slots=True, eq=False)
class Enriched:
    """What a model told of items."""

    frame: pl.DataFrame
    """``item`` (row), ``prompt`` (of :data:`ENRICHMENTS`), ``text``; one line a text"""
    failures: Mapping[str, int]
    """Kind -> how often; ``copied``: it said again what it was told"""
    usage: Usage

    def texts(self, described: Sequence[str], which: Sequence[Enrichment]) -> list[str]:
        """(n_items,) what the catalogue tells of each item, and then what these prompts added."""
        added: dict[int, list[str]] = {}
        for name in which:
            part = self.frame.filter(pl.col("prompt") == name)
            for item, text in zip(part["item"], part["text"], strict=True):
                added.setdefault(item, []).append(text)
        return [" ".join([old, *added.get(item, ())]) for item, old in enumerate(described)]

    def vectors(
        self, described: Sequence[str], which: Sequence[Enrichment], encoder: Encoder
    ) -> NDArray[np.float32]:
        """(n_items, d * (1 + prompts)) unit rows: old and new texts side by side.

        Where a prompt has no text for an item, what the catalogue tells stands in its place.

        Args:
            described: (n_items,) what the catalogue tells.
            which: Prompts; none: the old texts alone, for an ablation.
            encoder: Opened.
        """
        parts = [encoder.embed(described)]
        for name in which:
            told = list(described)
            part = self.frame.filter(pl.col("prompt") == name)
            for item, text in zip(part["item"], part["text"], strict=True):
                told[item] = text
            parts.append(encoder.embed(told))
        side_by_side = np.concatenate(parts, 1)
        lengths = np.linalg.norm(side_by_side, axis=1, keepdims=True)
        return np.asarray(side_by_side / np.where(lengths > 0, lengths, 1), np.float32)


def descriptions(catalog: Catalog) -> list[str]:
    """(n_items) what prompts tell of each item: its line, and its description if it has one."""
    lines = item_lines(catalog)
    if "description" not in catalog.table.columns:
        return lines
    texts = catalog.table["description"].cast(pl.String).to_list()
    return [f"{line}. {text}" if text else line for line, text in zip(lines, texts, strict=True)]


def enrich_items(
    lm: LanguageModel,
    train: Dataset,
    items: Sequence[int],
    *,
    run: Run,
    which: Sequence[Enrichment] = ENRICHMENTS,
    neighbours: int = 3,
) -> Enriched:
    """Asks a model to tell more of items.

    Args:
        lm: Who writes.
        train: What may be known: catalogue, and interactions for neighbours.
        items: Rows of the catalogue.
        run: Deadline and books.
        which: Prompts.
        neighbours: Of each item, for the prompts that tell of them.

    Raises:
        UsageError: An item or a prompt is unknown.
    """
    for item in items:
        if not 0 <= item < len(train.catalog):
            raise UsageError(f"no item {item}: the catalogue has {len(train.catalog):,} rows")
    for name in which:
        if name not in ENRICHMENTS:
            raise UsageError(f"no prompt {name!r} that enriches: know {', '.join(ENRICHMENTS)}")
    described = descriptions(train.catalog)
    guided = any(name in WITH_NEIGHBOURS for name in which)
    near = important_neighbours(train, items, neighbours) if guided else [[] for _ in items]
    asked = [(name, place) for name in which for place in range(len(items))]
    prompts = []
    for name, place in asked:
        told: dict[str, str | list[str]] = {"description": described[items[place]]}
        if name in WITH_NEIGHBOURS:
            told["neighbours"] = [described[other] for other in near[place]]
        prompts.append(prompt(f"enrich-{name}@1").fill(**told))
    replies = ask_for_texts(lm, prompts, max_tokens=MOST_TOKENS, run=run)
    failures, rows = Counter(replies.failures), []
    for (name, place), text in zip(asked, replies.texts, strict=True):
        if text is not None:
            kept, failure = _new_text(text, described[items[place]])
            failures.update([failure] if failure else [])
            rows += [] if failure else [(items[place], name, kept)]
    schema = {"item": pl.Int32, "prompt": pl.String, "text": pl.String}
    counted = dict(sorted(failures.items()))
    note_failures(run, "enrichment", counted, len(prompts), "left as the catalogue has it")
    return Enriched(pl.DataFrame(rows, schema=schema, orient="row"), counted, replies.usage)


def _new_text(text: str, described: str) -> tuple[str, str]:
    """A text on one line, and why it is of no use; empty: it is."""
    kept = cleaned(said_of(text), most=LONGEST)
    if not bare_title(kept):
        return "", UNREADABLE
    return kept, COPIED if bare_title(kept) == bare_title(described) else ""


def important_neighbours(train: Dataset, items: Sequence[int], n: int) -> list[list[int]]:
    """For each item the ``n`` others that a walk from it over people and items meets most.

    Personalised PageRank on the graph of who chose what (Page et al., 1999), as in the paper.

    Args:
        train: Its events.
        items: Rows, (m,).
        n: At most; fewer where the walk reaches fewer.
    """
    events, n_items = train.events, len(train.catalog)
    chosen = csr_array(
        (np.ones(len(events)), (events["user"].to_numpy(), events["item"].to_numpy())),
        shape=(len(train.people), n_items),
    )
    to_items, to_people = _shares(chosen), _shares(csr_array(chosen.T))
    found: list[list[int]] = []
    at_once = max(1, CELLS // max(1, n_items))
    for start in range(0, len(items), at_once):
        some = np.asarray(items[start : start + at_once])
        at = np.zeros((len(some), n_items))
        at[np.arange(len(some)), some] = 1
        share = at
        for _ in range(STEPS):
            share = (1 - RESTART) * ((share @ to_people) @ to_items) + RESTART * at
        share[np.arange(len(some)), some] = 0
        best = np.argsort(-share, axis=1, kind="stable")[:, :n]
        found += [row[share[place, row] > 0].tolist() for place, row in enumerate(best)]
    return found


def _shares(counts: "csr_array[np.float64]") -> "csr_array[np.float64]":
    """Rows that sum to 1, or are empty."""
    sums = np.asarray(counts.sum(1), np.float64)
    scale = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
    return csr_array(counts.multiply(scale[:, None]))
