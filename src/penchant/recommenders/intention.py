"""Intention: from what a person has in mind to items, in the words of a language model.

Two ways. *items*: the model is asked for items in the instructions of InstructRec (Zhang et al.,
"Recommendation as Instruction Following", 2023, arXiv:2305.07001, table 1: a vague or specific
intention, with or without a history); *queries*: it writes search queries, as GPT4Rec does from a
history (Li, Zhang and Malthouse, 2023, arXiv:2304.03879).

Differs from both: nothing is trained, and what the model writes only ever finds items. Titles of
the catalogue count as such; every line is searched for by words and by meaning, beside the person's
own words, and ranks are merged (Cormack, Clarke and Büttcher, SIGIR 2009). Without an answer the
person's own words are searched for.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from penchant.backbones import SentenceEncoder, TextEncoder
from penchant.core import Run, State, UnknownName, UsageError
from penchant.data import Cases, Catalog, Dataset, Flag, Queries, Rankings, chunks, joined
from penchant.language import LanguageModel, LocalLM, Prompt
from penchant.prompting import (
    ItemSearch,
    Shelf,
    ask_for_texts,
    asked_texts,
    check_writer,
    cleaned,
    note_failures,
    prompt,
)
from penchant.retrieve import best_found, fused_scores

Writes = Literal["items", "queries"]
ENCODER = SentenceEncoder()
_NUMBERED = re.compile(r"^\(?\d{1,3}[.):]\s+")
_MARKUP = re.compile(r"[<>{}\[\]=\\|;]")
LONGEST_QUERY = 5
"""Words of a search query: as many as are asked for."""
LONGEST_ITEM = 8
"""Words of a line that is searched for where items are asked for."""
LONGEST_LINE = 200
"""Characters of a line of an answer that are searched for."""


@dataclass(frozen=True, kw_only=True)
class Intention:
    """Items for ``queries.texts``, by way of a language model.

    >>> import penchant as pn
    >>> from dataclasses import replace
    >>> from penchant.language import ScriptedLM
    >>> method = pn.Intention(lm=ScriptedLM(answers=("lonely starship signal",)), encoder=None)
    >>> data, run = pn.data.mini_world(), pn.Run()
    >>> queries = pn.data.split_time(data).test.queries.take(np.array([0]))
    >>> answer = method.fit(data, run).recommend(replace(queries, texts=["far away"]), 1, run)
    >>> data.catalog.table["categories"][int(answer.items[0, 0])].to_list()
    ['books', 'space']
    """

    lm: LanguageModel = field(default_factory=LocalLM)
    writes: Writes = "queries"
    """What the model is asked for: search queries, or items."""
    vague: bool = False
    """What persons say is a vague intention, not a specific one; for ``writes="items"``."""
    encoder: TextEncoder | None = ENCODER
    """Of meanings; ``None``: only words are looked for."""
    own_words: float = 1.0
    """What the person's own words weigh beside one line of the answer."""
    lines: int = 3
    """Queries that are asked for, or lines of an answer that are searched for."""
    history: int = 10
    """Items of the history that are told, the newest."""
    depth: int = 100
    """Items of each search that count; never fewer than are asked for."""
    noun: str = "item"
    """What is searched for, in the singular: ``movie``."""

    def __post_init__(self) -> None:
        if self.writes not in get_args(Writes):
            raise UnknownName("writes", self.writes, get_args(Writes))
        for name, least in (("lines", 1), ("history", 0), ("depth", 1), ("own_words", 0)):
            if getattr(self, name) < least:
                raise UsageError(f"{name}={getattr(self, name)}: need at least {least}")

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "IntentionRecommender":
        """Opens the model once and reads the catalogue; nothing is trained.

        Raises:
            PenchantError: The model cannot be used.
        """
        check_writer(self.lm, run)
        search = ItemSearch.of(data.catalog, self.encoder, run)
        return IntentionRecommender(self, Shelf.of(data), search)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "IntentionRecommender":
        """The recommender that gave this state; the model is opened when it is first asked."""
        shelf = Shelf.restore(state.arrays["counts"], catalog)
        search = ItemSearch.restore(state.parts["search"], self.encoder)
        return IntentionRecommender(self, shelf, search)


@dataclass(frozen=True, slots=True, eq=False)
class Wishes:
    """What a model writes for each row, as far as it can be used."""

    lines: Sequence[Sequence[str]]
    """(n) what is searched for"""
    named: Sequence[Sequence[int]]
    """(n) open items whose titles stand in it, in its order"""
    missing: NDArray[np.bool_]
    """(n,) who was asked about, and of whose answer nothing is of use"""


@dataclass(frozen=True, eq=False)
class IntentionRecommender:
    """A fitted :class:`Intention`; scores are 1 / rank."""

    method: Intention
    shelf: Shelf
    search: ItemSearch

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """What is found; DEGRADED where no answer could be used, and own words were searched for.

        Who says nothing and has no history is answered with the most chosen items.
        """
        wishes, parts, start = self.wishes(queries, run), [], 0
        for part in chunks(queries, len(self.shelf)):
            here = slice(start, start + len(part))
            parts.append(self._found(part, wishes.lines[here], wishes.named[here], k, run))
            start += len(part)
        ranked = joined(parts, k)
        assert ranked.flags is not None
        kept = ranked.flags & ~np.uint8(Flag.DEGRADED)
        flags = kept | np.where(wishes.missing, np.uint8(Flag.DEGRADED), np.uint8(0))
        return Rankings(ranked.items, ranked.scores, flags)

    def wishes(self, queries: Queries, run: Run) -> Wishes:
        """What the model writes for each row, and the run is told what of it is of no use."""
        said = [""] * len(queries) if queries.texts is None else [t.strip() for t in queries.texts]
        past = queries.histories.items
        histories = [
            self.shelf.told(past[row], most=self.method.history) for row in range(len(past))
        ]
        asked = np.array([bool(text or told) for text, told in zip(said, histories, strict=True)])
        rows = np.flatnonzero(asked)
        prompts = [self._prompt(said[row], histories[row]) for row in rows]
        told = ask_for_texts(self.method.lm, prompts, max_tokens=96, run=run)
        failures, missing = Counter(told.failures), np.zeros(len(queries), np.bool_)
        lines: list[Sequence[str]] = [()] * len(queries)
        named: list[Sequence[int]] = [()] * len(queries)
        found = self._named(told.texts, queries.take(rows), failures)
        for at, (row, text) in enumerate(zip(rows.tolist(), told.texts, strict=True)):
            named[row] = found[at]
            lines[row] = self._usable(text, failures)
            missing[row] = not (lines[row] or named[row])
            if text is not None and missing[row]:
                failures["unreadable" if text.strip() else "empty"] += 1
        note_failures(run, "intention", failures, len(rows), "their own words are searched for")
        return Wishes(lines, named, missing)

    def state(self) -> State:
        """Counts, words and vectors."""
        return State(arrays={"counts": self.shelf.counts}, parts={"search": self.search.state()})

    def _prompt(self, said: str, history: Sequence[str]) -> Prompt:
        method = self.method
        if method.writes == "queries":
            words = {"noun": method.noun, "question": said, "most": str(method.lines)}
            return prompt("search-queries@1").fill(history=history, **words)
        kind = "vague" if method.vague else "specific"
        if said and history:
            asked = prompt(f"instruct-history-{kind}@1")
            return asked.fill(intention=said, history=history)
        if said:
            return prompt(f"instruct-{kind}@1").fill(intention=said)
        return prompt("buy-next@1").fill(history=history)

    def _named(
        self, texts: Sequence[str | None], queries: Queries, failures: Counter[str]
    ) -> Sequence[Sequence[int]]:
        """The open items whose titles stand in each answer, where items are asked for."""
        if self.method.writes == "queries":
            return [()] * len(texts)
        listed = self.shelf.find(texts, queries)
        failures.update({kind: n for kind, n in listed.failures.items() if kind != "unreadable"})
        return [found or () for found in listed.items]

    def _usable(self, text: str | None, failures: Counter[str]) -> list[str]:
        """The lines that are short enough to be what was asked for, and made of words."""
        lines = _lines(text or "")
        queries = self.method.writes == "queries"
        longest = LONGEST_QUERY if queries else LONGEST_ITEM
        usable = [line for line in lines if _searchable(line, longest)]
        if usable and queries:
            failures["invalid"] += len(lines) - len(usable)
        return usable[: self.method.lines]

    def _found(
        self,
        queries: Queries,
        lines: Sequence[Sequence[str]],
        named: Sequence[Sequence[int]],
        k: int,
        run: Run,
    ) -> Rankings:
        scores = self._merged(queries, lines, max(k, self.method.depth), run)
        for row, items in enumerate(named):
            # Above all that was only searched for, in the order of the answer.
            places = np.arange(len(items), 0, -1, dtype=np.float32)
            scores[row, list(items)] = scores.max(initial=0) + places
        found = best_found(scores, queries, k, run, above=0.0).items
        listed = [row[row >= 0].tolist() or None for row in found]
        return self.shelf.ranked(listed, queries, k, run)

    def _merged(
        self, queries: Queries, lines: Sequence[Sequence[str]], depth: int, run: Run
    ) -> NDArray[np.float32]:
        """(n, n_items) sums of reciprocal ranks over own words and lines of the answers."""
        own = asked_texts(queries, self.shelf.titles, newest=self.method.history)
        texts, rows, weights = list(own), list(range(len(own))), [self.method.own_words] * len(own)
        for row, written in enumerate(lines):
            texts, rows = [*texts, *written], rows + [row] * len(written)
            weights += [1.0] * len(written)
        each = queries.take(np.array(rows, np.int64))
        scores = np.zeros((len(queries), len(self.shelf)), np.float32)
        for start in range(0, len(rows), 256):
            block = slice(start, start + 256)
            part = each.take(np.arange(start, min(start + 256, len(rows))))
            found = fused_scores(self.search.found(texts[block], part, depth, run), len(self.shelf))
            weighted = found * np.array(weights[block], np.float32)[:, None]
            np.add.at(scores, rows[block], weighted)
        return scores


def _lines(answer: str) -> list[str]:
    """The lines of an answer that say something, without numbers and marks before them."""
    lines = [line.strip(" \t\"'`*-\u2022") for line in answer.splitlines()]
    bare = [_NUMBERED.sub("", line).strip(" \"'") for line in lines]
    return [cleaned(line, most=LONGEST_LINE) for line in bare if any(map(str.isalnum, line))]


def _searchable(line: str, longest: int) -> bool:
    """Whether a line is a few words: prose, numbers and markup find anything."""
    letters = sum(map(str.isalpha, line))
    words = [word for word in line.split() if any(map(str.isalnum, word))]
    plain = 2 * letters > len(line) and not _MARKUP.search(line) and not line.endswith(":")
    return plain and len(words) <= longest and letters <= 12 * longest
