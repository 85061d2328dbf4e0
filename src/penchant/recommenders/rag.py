"""RetrievalAugmented: what is found for a person goes into a prompt, and the answer cites it.

Di Palma, "Retrieval-augmented Recommender System: Enhancing Recommender Systems with Large Language
Models", RecSys 2023, doi:10.1145/3604915.3608889.

Items are retrieved by words, by meaning and by what people alike chose; ranks are merged (Cormack,
Clarke and Büttcher, SIGIR 2009). As many as fit into a budget of tokens are told to a language
model under numbers, and it recommends and explains by citing them. What it cites comes first, the
rest follows as it was retrieved. The proposal leaves open how answers are bounded: here,
sentences that cite nothing, or speak of what was not retrieved, are withheld and counted.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from penchant.backbones import SentenceEncoder, TextEncoder
from penchant.core import Json, Ragged, Run, State, UsageError, read_options, write_options
from penchant.data import (
    Cases,
    Catalog,
    Dataset,
    Flag,
    Method,
    Queries,
    Rankings,
    Recommender,
    chunks,
    forgetting,
)
from penchant.language import LanguageModel, LocalLM, Prompt
from penchant.prompting import (
    Evidence,
    Grounded,
    GroundedAnswer,
    ItemSearch,
    Shelf,
    all_within_budget,
    answer_prompt,
    ask_for_texts,
    asked_texts,
    check_writer,
    gate_of,
    grounded_answer,
    item_descriptions,
    note_failures,
    plain_answer,
    plain_reason,
    reason_evidence,
    reason_prompt,
    spoken_for,
    stream_text,
    token_counter,
)
from penchant.recommenders import KINDS, METHOD
from penchant.retrieve import best_found, fused_scores

ENCODER = SentenceEncoder()
PEOPLE = "people"
"""The search by what people alike chose."""
MOST_TOKENS = 160
"""Of an answer."""


def _covisit() -> Method:
    made: Method = METHOD.load("covisit")()
    return made


@dataclass(frozen=True, kw_only=True)
class RetrievalAugmented:
    """A language model that advises from what was retrieved.

    >>> import penchant as pn
    >>> from penchant.language import ScriptedLM
    >>> lm = ScriptedLM(answers=("Try this one [2].",))
    >>> fitted = pn.RetrievalAugmented(lm=lm, encoder=None).fit(pn.data.mini_world(), pn.Run())
    >>> queries = pn.data.split_time(pn.data.mini_world()).test.queries.take(np.array([0]))
    >>> answer = fitted.answers(queries, pn.Run())[0]
    >>> answer.text, list(answer.items) == [answer.evidence.items[1]]
    ('Try this one [2].', True)
    """

    lm: LanguageModel = field(default_factory=LocalLM)
    collaborative: Method = field(default_factory=_covisit)
    """Retrieves by what people alike chose."""
    encoder: TextEncoder | None = ENCODER
    """Of meanings; ``None``: texts are searched for words alone."""
    retrieved: int = 20
    """Items that may be told."""
    context_tokens: int = 1_200
    """Of all that is told of items; those that do not fit are left out, and the run is told."""
    history: int = 10
    """Items of the history that are told, the newest."""
    newest: int = 3
    """Of these, those whose titles are searched for where a person says nothing."""
    depth: int = 100
    """Items of each search that count."""
    noun: str = "item"
    """What is recommended, in the singular: ``movie``."""

    def __post_init__(self) -> None:
        for name, least in (
            ("retrieved", 1),
            ("context_tokens", 1),
            ("history", 0),
            ("newest", 0),
            ("depth", 1),
        ):
            if getattr(self, name) < least:
                raise UsageError(f"{name}={getattr(self, name)}: need at least {least}")

    def fit(
        self, data: Dataset, run: Run, *, valid: Cases | None = None
    ) -> "RetrievalAugmentedRecommender":
        """Opens the model once, reads the catalogue, fits what retrieves by people.

        Raises:
            PenchantError: The model cannot be used.
        """
        check_writer(self.lm, run)
        people = self.collaborative.fit(data, run.within("collaborative"), valid=valid)
        search = ItemSearch.of(data.catalog, self.encoder, run)
        fitted = replace(self, collaborative=people.method)
        described = item_descriptions(data.catalog)
        return RetrievalAugmentedRecommender(fitted, Shelf.of(data), described, search, people)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "RetrievalAugmentedRecommender":
        """The recommender that gave this state; the model is opened when it is first asked."""
        fitted: RetrievalAugmented = read_options(
            state.json["method"], METHOD, KINDS, where="saved state"
        )
        return RetrievalAugmentedRecommender(
            fitted,
            Shelf.restore(state.arrays["counts"], catalog),
            item_descriptions(catalog),
            ItemSearch.restore(state.parts["search"], fitted.encoder),
            fitted.collaborative.restore(state.parts["people"], catalog, run),
        )


@dataclass(frozen=True, eq=False)
class RetrievalAugmentedRecommender:
    """A fitted :class:`RetrievalAugmented`; scores are 1 / rank."""

    method: RetrievalAugmented
    shelf: Shelf
    described: Sequence[str]
    """(n_items,)"""
    search: ItemSearch
    people: Recommender

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """What the answer cites, then what else was retrieved; DEGRADED where it cites nothing."""
        pools = self.retrieved(queries, max(k, self.method.retrieved), run)
        answers = self._answers(queries, pools, run)
        listed: list[Sequence[int] | None] = []
        for row, answer in enumerate(answers):
            first = list(answer.items)
            rest = [item for item in pools[row].tolist() if item not in first]
            listed.append([*first, *rest] or None)
        ranked = self.shelf.ranked(listed, queries, k, run)
        assert ranked.flags is not None
        silent = np.array([not answer.items for answer in answers], np.bool_)
        flags = ranked.flags | np.where(silent, np.uint8(Flag.DEGRADED), np.uint8(0))
        return Rankings(ranked.items, ranked.scores, flags)

    def answers(self, queries: Queries, run: Run) -> list[GroundedAnswer]:
        """(n) an answer to each person, in words, with the items that it cites."""
        return self._answers(queries, self.retrieved(queries, self.method.retrieved, run), run)

    def stream(
        self, query: Queries, run: Run, *, pool: Ragged | None = None, speaks: bool = True
    ) -> tuple[Grounded, Iterator[str]]:
        """The answer to a single row, a sentence at a time, as far as it can be let through.

        ``pool`` is what was retrieved already; unless it ``speaks``, no model is asked. Returns the
        gate, which knows what was retrieved, and once the sentences came what was cited and
        withheld; and the sentences.
        """
        pool = self.retrieved(query, self.method.retrieved, run) if pool is None else pool
        evidence = self._evidence(query, pool, run, counted=speaks)[0]
        gate = gate_of(evidence, query, self.shelf)
        plain = plain_answer(evidence, self.shelf)
        asked = self._prompt(query, 0, evidence) if evidence.items and speaks else None
        return gate, self._sentences(gate, asked, plain, run)

    def stream_reason(
        self, query: Queries, item: int, run: Run, *, speaks: bool = True
    ) -> tuple[Grounded, Iterator[str]]:
        """Why an item suits the person of a single row, likewise."""
        because = self.because(query, np.array([item], np.int32), run)[0]
        proof = reason_evidence(item, because, self.shelf, self.described)
        gate, plain = Grounded(proof, self.shelf), plain_reason(proof, self.shelf)
        asked = reason_prompt(proof, self.shelf, self.method.noun) if speaks else None
        return gate, self._sentences(gate, asked, plain, run)

    def write(self, queries: Queries, items: NDArray[np.int32], run: Run) -> list[str]:
        """(n) why each item suits the person, from what they chose before; facts are cited."""
        known = np.flatnonzero((items >= 0) & (items < len(self.shelf)))
        part = queries.take(known)
        spoken = self.because(part, items[known], run)
        proofs = [
            reason_evidence(int(item), because, self.shelf, self.described)
            for item, because in zip(items[known], spoken, strict=True)
        ]
        prompts = [reason_prompt(proof, self.shelf, self.method.noun) for proof in proofs]
        told = ask_for_texts(self.method.lm, prompts, max_tokens=MOST_TOKENS, run=run)
        failures, written = Counter(told.failures), [""] * len(items)
        for row, text, proof in zip(known.tolist(), told.texts, proofs, strict=True):
            answer = grounded_answer(text, proof, self.shelf, plain_reason(proof, self.shelf))
            failures += Counter(answer.withheld)
            written[row] = answer.text
        note_failures(run, "explanations", failures, len(known), "plain reasons stand in")
        return written

    def because(self, queries: Queries, items: NDArray[np.int32], run: Run) -> list[list[int]]:
        """For each row the items of the history that speak for its item, the loudest first."""
        return spoken_for(self.people, queries, items, run)

    def retrieved(self, queries: Queries, n: int, run: Run, *, alike: float = 1.0) -> Ragged:
        """The best ``n`` open items of each row: by words, by meaning, by people ``alike``."""
        rows: list[NDArray[np.int32]] = []
        depth = max(n, self.method.depth)
        for part in chunks(queries, len(self.shelf)):
            texts = asked_texts(part, self.shelf.titles, newest=self.method.newest)
            found = self.search.found(texts, part, depth, run)
            found[PEOPLE] = self.people.recommend(part, min(depth, len(self.shelf)), run)
            merged = fused_scores(found, len(self.shelf), weights={PEOPLE: alike})
            rows += list(best_found(merged, part, n, run, above=0.0).items)
        return Ragged.of([row[row >= 0] for row in rows])

    @property
    def speakers(self) -> tuple[Recommender, ...]:
        """What retrieves by people."""
        return (self.people,)

    def forget(self, people: NDArray[np.integer]) -> "RetrievalAugmentedRecommender":
        """The same without what these people wrote."""
        return replace(self, people=forgetting(self.people, people))

    def state(self) -> State:
        """Counts, the search, and what retrieves by people."""
        written: Json = write_options(self.method, KINDS)
        parts = {"search": self.search.state(), "people": self.people.state()}
        return State({"method": written}, arrays={"counts": self.shelf.counts}, parts=parts)

    def _answers(self, queries: Queries, pools: Ragged, run: Run) -> list[GroundedAnswer]:
        proofs = self._evidence(queries, pools, run)
        asked = [row for row, proof in enumerate(proofs) if proof.items]
        prompts = [self._prompt(queries, row, proofs[row]) for row in asked]
        told = ask_for_texts(self.method.lm, prompts, max_tokens=MOST_TOKENS, run=run)
        texts: list[str | None] = [None] * len(proofs)
        for row, text in zip(asked, told.texts, strict=True):
            texts[row] = text
        answers = [
            grounded_answer(text, proof, self.shelf, plain_answer(proof, self.shelf))
            for text, proof in zip(texts, proofs, strict=True)
        ]
        withheld = sum((Counter(answer.withheld) for answer in answers), Counter(told.failures))
        note_failures(run, "retrieval", withheld, len(asked), "those sentences are withheld")
        return answers

    def _evidence(
        self, queries: Queries, pools: Ragged, run: Run, *, counted: bool = True
    ) -> list[Evidence]:
        """What is told to the model for each row, within the budget."""
        method, told = self.method, min(self.method.retrieved, len(self.shelf))
        said = [""] * len(queries) if queries.texts is None else list(queries.texts)
        shown = [pools[row][:told].tolist() for row in range(len(queries))]
        count = token_counter(method.lm, run) if counted else len
        budget = method.context_tokens if counted else sys.maxsize
        return all_within_budget(
            shown, self.shelf, self.described, own_words=said, count=count, budget=budget, run=run
        )

    def _prompt(self, queries: Queries, row: int, evidence: Evidence) -> Prompt:
        history = self.shelf.told(queries.histories.items[row], most=self.method.history)
        return answer_prompt(evidence, history if self.method.history else [], self.method.noun)

    def _sentences(
        self, gate: Grounded, asked: Prompt | None, plain: str, run: Run
    ) -> Iterator[str]:
        any_kept = False
        if asked is not None:
            pieces = stream_text(self.method.lm, asked, max_tokens=MOST_TOKENS, run=run)
            for sentence in gate.sentences(pieces):
                any_kept = True
                yield sentence
        note_failures(run, "retrieval", gate.withheld, 1, "those sentences are withheld")
        if not any_kept:
            yield plain
