r"""Answers that speak of numbered evidence and of nothing else, checked sentence by sentence.

A sentence is kept if it cites evidence by number and all that it names is in the evidence or in the
person's own words: quoted words, names of several words with capitals, titles of the catalogue,
numbers. What is withheld is counted by kind. So an answer can be shown while it is being written,
a sentence at a time, and can still not speak of what was not retrieved.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from penchant.language import trusted_part
from penchant.prompting.likeness import bare_title
from penchant.prompting.shelf import Shelf
from penchant.tasks import plain

_OWN = {"I", "I'm", "I'd", "I'll", "I've"}
LONGEST_ANSWER = 4_000
"""Characters of an answer that are read."""
LONGEST_SENTENCE = 600
"""Characters; what is longer without an end is no sentence."""

UNCITED = "cites nothing"
NO_SUCH_EVIDENCE = "cites what is not there"
NOT_RETRIEVED = "names what was not retrieved"
FIGURE = "a number that is not in the evidence"
MISCITED = "cites another number than that of what it names"
CUT = "cut in the middle"

_CITED = re.compile(r"\[\s*(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\s*\]")
_END = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])((?:\s*\[[\d\s,;]+\])*[\"')]*)(?=\s|$)|\n")
_UNENDED = re.compile(r"\s*(?:\[[\d\s,;]*)?$")
_QUOTED = re.compile(
    r"[\"\u201c\u201e\u00ab]([^\"\u201c\u201d\u00ab\u00bb\n]{2,200})[\"\u201d\u00bb]"
)
_JOINS = r"(?:(?:of|the|and|in|a|to|for|on|la|de)\s+){0,2}"
_NAMES = re.compile(rf"\b[A-Z][\w'\u2019-]*(?:\s+{_JOINS}[A-Z\d][\w'\u2019-]*)*")
_SHORTENED = re.compile(r"(?:^|[\s(\"'])(?:Mr|Mrs|Ms|Dr|St|Jr|vs|Vol|Pt|No|e\.g|i\.e|[A-Z])\.$")
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
_OPENING = re.compile(
    r"^(?:I|If|You|Your|The|This|That|These|Those|A|An|It|Its|As|And|But|So|Since|Because|Both|Try|"
    r"For|With|In|On|After|Before|Then|Also|Next|First|Watch|Read|Play|Here|There|My|We|Another|"
    r"Finally|Like|Of|At|To|Or|Yes|No)\s+"
)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What an answer may speak of."""

    items: Sequence[int]
    """(n) the item that stands under each number, from 1; -1: a fact that is no item"""
    texts: Sequence[str]
    """(n) all that the model was told under each number"""
    own_words: str = ""
    """What the person said; may be repeated"""

    def cited(self, sentence: str) -> list[int]:
        """The numbers, from 1, that a sentence cites, each once."""
        found = (n for group in _CITED.findall(sentence) for n in re.findall(r"\d+", group))
        return list(dict.fromkeys(int(number) for number in found))


@dataclass(eq=False)
class Grounded:
    """An answer on its way from the model to the person.

    >>> import penchant as pn
    >>> shelf = Shelf.of(pn.data.mini_world())
    >>> evidence = Evidence([1], [shelf.lines[1]])
    >>> gate = Grounded(evidence, shelf)
    >>> list(gate.sentences(["Read The Frozen Comet [1]. Or read ", "The Great Gatsby [1]."]))
    ['Read The Frozen Comet [1].']
    >>> dict(gate.withheld)
    {'names what was not retrieved': 1}
    """

    evidence: Evidence
    shelf: Shelf
    own_words: str | None = None
    """What may be repeated of the person's words; ``None``: what does not speak to the model"""
    nameable: NDArray[np.bool_] | None = None
    """(n_items,) titles that may stand in an answer, whatever the evidence says; ``None``: all"""
    withheld: Counter[str] = field(default_factory=Counter)
    """Kind -> sentences"""
    cited: dict[int, None] = field(default_factory=dict)
    """Numbers of the evidence, from 1, in the order of their first citation"""

    def sentences(self, pieces: Iterable[str]) -> Iterator[str]:
        """The sentences of an answer that can be shown, as soon as each has ended."""
        waiting, read = "", 0
        for piece in pieces:
            read += len(piece)
            waiting += piece
            *whole, waiting = _split(waiting)
            yield from self._kept(whole)
            if read > LONGEST_ANSWER or len(waiting) > LONGEST_SENTENCE:
                self.withheld[CUT] += 1
                return
        rest = waiting.strip()
        if rest and re.search(r"[.!?\u3002\uff01\uff1f\])\"']$", rest):
            yield from self._kept([rest])
        elif rest:
            self.withheld[CUT] += 1

    def text(self, whole: str) -> str:
        """The same of an answer that is all there."""
        return " ".join(self.sentences([whole]))

    def _kept(self, sentences: Sequence[str]) -> Iterator[str]:
        for sentence in sentences:
            told = plain(sentence, LONGEST_SENTENCE)
            if not bare_title(_CITED.sub(" ", told)):
                continue
            fault = self._fault(told)
            if fault:
                self.withheld[fault] += 1
                continue
            self.cited.update(dict.fromkeys(self.evidence.cited(told)))
            yield told

    @cached_property
    def _told(self) -> list[str]:
        """(n) the evidence as the model was told it: no orders that somebody put into a text."""
        return [trusted_part(text) for text in self.evidence.texts]

    @cached_property
    def _own(self) -> str:
        own = self.own_words
        return trusted_part(self.evidence.own_words) if own is None else own

    def _fault(self, sentence: str) -> str:
        cited = self.evidence.cited(sentence)
        if not cited:
            return UNCITED
        if not all(1 <= number <= len(self.evidence.texts) for number in cited):
            return NO_SUCH_EVIDENCE
        said = _CITED.sub(" ", sentence)
        every = f" {_bare([*self._told, self._own])} "
        named = [*_QUOTED.findall(said), *_names(said)]
        if not all(_within(name, every) for name in named) or self._foreign(said, every):
            return NOT_RETRIEVED
        texts = [self._told[number - 1] for number in cited]
        known = f" {_bare([*texts, self._own])} "
        if not all(_within(name, known) for name in named) or self._foreign(said, known):
            return MISCITED
        figures = {bare_title(figure) for figure in _FIGURES.findall(said)}
        return "" if all(_within(figure, known) for figure in figures) else FIGURE

    def _foreign(self, said: str, known: str) -> bool:
        """Whether a title of the catalogue stands in a sentence that is not in the evidence."""
        if not len(self.shelf):
            return False
        scores = self.shelf.index.score([said])[0]
        near = [int(item) for item in scores.argsort()[-20:] if scores[item] > 0]
        titles = [self.shelf.titles[item] for item in near]
        shut = [title for item, title in zip(near, titles, strict=True) if self._is_shut(item)]
        # As it is spelt: "heat" is a word, "Heat" may be the film. A word that begins a sentence
        # has its capital anyway.
        rest = said.strip()[1:]
        return any(
            len(title) > 2
            and title[:1] != title[:1].lower()
            and re.search(rf"(?<!\w){re.escape(title)}(?!\w)", rest) is not None
            and (title in shut or not _within(title, known))
            for title in titles
        )

    def _is_shut(self, item: int) -> bool:
        """Whether a title may not be named, though a text of the evidence may have it."""
        if self.nameable is None or self.nameable[item]:
            return False
        # A sequel begins with the title of what it goes on from.
        title = bare_title(self.shelf.titles[item])
        named = [bare_title(self.shelf.titles[one]) for one in self.evidence.items if one >= 0]
        return not any(one.startswith(title) for one in named)


def _names(said: str) -> list[str]:
    """What has capitals and does not only begin the sentence."""
    found = []
    start = len(said) - len(said.lstrip(" \"'(\u201c\u2018-*\u2022"))
    for match in _NAMES.finditer(said):
        name = match[0]
        if match.start() <= start:
            name = _OPENING.sub("", f"{name} ").strip()
            # One word that begins a sentence has its capital anyway.
            if " " not in name and name == match[0]:
                continue
        found.append(name if name not in _OWN else "")
    return found


def _bare(texts: Sequence[str]) -> str:
    """Texts without case, accents and marks."""
    return " ".join(bare_title(word) for text in texts for word in text.split())


def _within(words: str, known: str) -> bool:
    bare = bare_title(words)
    return not bare or f" {bare} " in known


def _split(text: str) -> list[str]:
    """Sentences that have ended, and what has not ended yet."""
    found, start = [], 0
    for match in _END.finditer(text):
        # More of the sentence, a citation above all, may still come.
        ended = not _UNENDED.match(text[match.end() :])
        if ended and not _SHORTENED.search(text[start : match.start()]):
            found.append(text[start : match.end()])
            start = match.end()
    return [*found, text[start:]]
