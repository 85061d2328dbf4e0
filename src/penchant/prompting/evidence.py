"""What was retrieved, put before a model under numbers and within a budget; and why an item suits.

The model's answer is let through by :class:`penchant.prompting.Grounded`; where nothing of it can
be, a plain sentence made of the evidence stands in.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Interrupted, PenchantError, Run
from penchant.data import CanExplain, Queries, Recommender, open_items, with_parts
from penchant.language import LanguageModel, Prompt, Streamer, Writer, opened, trusted_part
from penchant.prompting.fencing import cleaned
from penchant.prompting.grounding import Evidence, Grounded
from penchant.prompting.presets import prompt
from penchant.prompting.shelf import Shelf

MOST_TEXT = 240
"""Characters of a description that are told."""
MOST_BECAUSE = 5
"""Items of a history that may speak for another."""
MOST_NEAR = 50
"""Titles that share words with what somebody says."""
MOST_NAMED = 3
"""Items of a plain sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class GroundedAnswer:
    """An answer that speaks of evidence alone."""

    text: str
    items: Sequence[int]
    """That it cites, in the order of their first citation"""
    evidence: Evidence
    withheld: Mapping[str, int]
    """Kind -> sentences of the model that are not in it"""
    degraded: bool
    """Nothing of it is the model's"""


def within_budget(
    items: Sequence[int],
    shelf: Shelf,
    described: Sequence[str],
    *,
    own_words: str,
    count: Callable[[str], int],
    budget: int,
) -> Evidence:
    """The first items whose lines fit together into a number of tokens; at least one.

    Descriptions are given up before items are: if not all fit with theirs, all go without.

    Args:
        items: Best first.
        shelf: Their lines.
        described: (n_items,) what else is said of each; may be empty.
        own_words: What the person said.
        count: Tokens of a text.
        budget: Tokens for all lines.
    """
    full = [_line(shelf.lines[item], described[item][:MOST_TEXT]) for item in items]
    bare = [_line(shelf.lines[item], "") for item in items]
    sizes = [count(text) + 4 for text in full]
    texts = full
    if sum(sizes) > budget:
        texts, sizes = bare, [count(text) + 4 for text in bare]
    fitting, total = 0, 0
    for size in sizes:
        total += size
        if total > budget:
            break
        fitting += 1
    kept = max(1, fitting) if len(items) else 0
    return Evidence(list(items[:kept]), texts[:kept], own_words)


def all_within_budget(
    shown: Sequence[Sequence[int]],
    shelf: Shelf,
    described: Sequence[str],
    *,
    own_words: Sequence[str],
    count: Callable[[str], int],
    budget: int,
    run: Run,
) -> list[Evidence]:
    """The same for many people; the run is told how many items were cut."""
    proofs = [
        within_budget(items, shelf, described, own_words=said, count=count, budget=budget)
        for items, said in zip(shown, own_words, strict=True)
    ]
    whole = sum(map(len, shown))
    cut = whole - sum(len(proof.items) for proof in proofs)
    if cut:
        run.watch.note(f"retrieval: {cut:,} of {whole:,} items did not fit into {budget:,} tokens")
    return proofs


def spoken_for(
    people: Recommender, queries: Queries, items: NDArray[np.int32], run: Run
) -> list[list[int]]:
    """For each row the items of the history that speak for its item, the loudest first.

    The newest first where the recommender cannot tell.
    """
    past, found = queries.histories.items, []
    loud = np.arange(len(past.values), dtype=np.float64)
    able = next((one for one in with_parts(people) if isinstance(one, CanExplain)), None)
    if able is not None:
        loud = able.evidence(queries, items, run).astype(np.float64)
    for row in range(len(past)):
        added = loud[past.offsets[row] : past.offsets[row + 1]]
        order = np.argsort(-added, kind="stable")
        spoken = [int(past[row][at]) for at in order if past[row][at] >= 0]
        found.append(list(dict.fromkeys(spoken))[:MOST_BECAUSE])
    return found


def answer_prompt(evidence: Evidence, history: Sequence[str], noun: str) -> Prompt:
    """Asks for recommendations out of the evidence."""
    rows = [
        {"number": place, "line": text, "text": ""}
        for place, text in enumerate(evidence.texts, start=1)
    ]
    return prompt("answer-from-items@1").fill(
        noun=noun,
        question=evidence.own_words,
        history=list(history),
        evidence=rows,
    )


def gate_of(evidence: Evidence, query: Queries, shelf: Shelf) -> Grounded:
    """What lets an answer to a single row through: it names nothing that is closed to the row."""
    named = nameable(query, len(shelf))
    return Grounded(evidence, shelf, repeatable(evidence.own_words, shelf, named), named)


def nameable(query: Queries, n_items: int) -> NDArray[np.bool_]:
    """(n_items,) what an answer to a single row may name: what is open, and what was chosen."""
    named: NDArray[np.bool_] = open_items(query, n_items)[0].copy()
    past = query.histories.items[0]
    named[past[past >= 0]] = True
    return named


def repeatable(said: str, shelf: Shelf, named: NDArray[np.bool_]) -> str:
    """What an answer may repeat of a person's words: no orders, and no titles that are closed.

    Args:
        said: The words.
        shelf: Titles.
        named: (n_items,) as :func:`nameable` has it.
    """
    kept = trusted_part(said)
    scores = shelf.index.score([kept])[0]
    near = [int(item) for item in scores.argsort()[-MOST_NEAR:] if scores[item] > 0]
    for item in near:
        if not named[item]:
            for name in _names(shelf.titles[item]):
                told = rf"(?<!\w){re.escape(name)}(?!\w)"
                kept = re.sub(told, " ", kept, flags=re.IGNORECASE)
    return kept


def _names(title: str) -> list[str]:
    """What an item may be called: its title; of one that speaks to the model, any beginning."""
    if trusted_part(title) == title:
        return [title]
    words = title.split()
    return [" ".join(words[:n]) for n in range(len(words), 1, -1)]


def reason_evidence(
    item: int, because: Sequence[int], shelf: Shelf, described: Sequence[str]
) -> Evidence:
    """What may be said of why an item suits somebody: the item, and what they chose before."""
    texts = [_line(shelf.lines[item], described[item][:MOST_TEXT])]
    texts += [f"chosen before: {shelf.lines[one]}" for one in because]
    return Evidence([item, *because], texts)


def reason_prompt(evidence: Evidence, shelf: Shelf, noun: str) -> Prompt:
    """Asks why the first item of the evidence suits."""
    return prompt("explain-from-evidence@1").fill(
        noun=noun,
        item=shelf.titles[evidence.items[0]],
        facts=list(evidence.texts),
    )


def grounded_answer(
    text: str | None, evidence: Evidence, shelf: Shelf, instead: str
) -> GroundedAnswer:
    """A model's answer as far as it can be let through, else a plain sentence."""
    gate = Grounded(evidence, shelf)
    kept = "" if text is None else gate.text(text)
    cited = [evidence.items[number - 1] for number in gate.cited]
    items = [item for item in cited if item >= 0]
    return GroundedAnswer(kept or instead, items, evidence, dict(gate.withheld), not kept)


def plain_answer(evidence: Evidence, shelf: Shelf) -> str:
    """The first items of the evidence in a sentence.

    >>> import penchant as pn
    >>> shelf = Shelf.of(pn.data.mini_world())
    >>> plain_answer(Evidence([0, 1], shelf.lines[:2]), shelf)
    'Nearest to what you ask: The Royal Crown, part 4 [1]; The Frozen Comet, part 1 [2].'
    """
    named = [
        f"{cleaned(shelf.titles[item])} [{place}]"
        for place, item in enumerate(evidence.items[:MOST_NAMED], start=1)
    ]
    return f"Nearest to what you ask: {'; '.join(named)}." if named else "Nothing was found."


def plain_reason(evidence: Evidence, shelf: Shelf) -> str:
    """Why an item suits, without a model: because of what was chosen before."""
    item, *because = [cleaned(shelf.titles[one]) for one in evidence.items]
    if not because:
        return f"{item} [1] is chosen by many."
    named = [f"{title} [{place}]" for place, title in enumerate(because[:MOST_NAMED], start=2)]
    return f"{item} [1], because you chose {'; '.join(named)}."


def token_counter(lm: LanguageModel, run: Run) -> Callable[[str], int]:
    """How a model counts tokens; a third of the characters where it cannot be opened."""
    try:
        return opened(lm, run).count
    except Interrupted:
        raise
    except PenchantError:
        return lambda text: len(text) // 3 + 1


def stream_text(lm: LanguageModel, asked: Prompt, *, max_tokens: int, run: Run) -> Iterator[str]:
    """Pieces of an answer as they come; ends early, and tells the run, where the model fails."""
    try:
        model = opened(lm, run)
        if isinstance(model, Streamer):
            yield from model.stream(asked, max_tokens=max_tokens, run=run)
        elif isinstance(model, Writer):
            reply = model.write([asked], max_tokens=max_tokens, run=run)[0]
            if reply.failure:
                run.watch.note(f"the language model gave no answer: {reply.failure}")
            yield reply.text
    except Interrupted:
        raise
    except PenchantError as error:
        run.watch.note(f"the language model did not answer: {error}")


def _line(line: str, text: str) -> str:
    return f"{line} - {text}" if text else line
