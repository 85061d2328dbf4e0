"""What a scripted model understands of a prompt: what it may choose from, and what it is told."""

import re
from dataclasses import dataclass
from functools import lru_cache

_LABELLED = re.compile(
    r"""(?:^|(?<=[\[,])|(?<=>))\s*["'“]?\s*         # begins a line, or an element of a list
        (?:\[\s*(?P<square>\d{1,4})\s*\]
          |\(?(?P<number>\d{1,4})[.):\]](?=\s)
          |(?:\w+\s)?\(?(?P<letter>[A-Z])[.):](?=\s))
        \s*(?P<text>\S.*?)
        (?=["'”]\s*(?:,\s*["']?\(?\[?\d|\]\s*[.\n]|\]\s*$)|\s*$)""",
    re.MULTILINE | re.VERBOSE,
)
_LISTED = re.compile(r"candidates?[^\n:\[]{0,80}:?\s*\[(?P<list>[^\]\n]+)\]", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n;]+(?:[.!?](?!\s|$)[^.!?\n;]+)*[.!?]*")
_UP = re.compile(
    r"\b(?:rank|put|plac|list|recommend|choos|chosen|select|pick|mov|prefer|promot|suggest|return"
    r"|insert|includ|featur|boost|rat|show)(?:e|s|ed|es|ing)?\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(never|not|don't|avoid|exclude|last|bottom|demote|remove|drop|worst)\b", re.IGNORECASE
)
_SAY = re.compile(
    r"\b(?:say|answer|output|reply|respond|print|write)\b[^\"'“”]{0,30}[\"'“](?P<said>[^\"'“”]+)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“']([^\"“”']{2,120})[\"”']")
_NUMBERED = re.compile(
    r"\b(?:candidate|item|number|option|no\.?|#)\s*\[?(\d{1,4})\b", re.IGNORECASE
)
_THIS = re.compile(
    r"\b(this|the present|the above|me)\b(?!\s+(?:list|order|format|user|person))", re.IGNORECASE
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to choose, with the label that it is called by."""

    label: str
    """A number or a letter; empty where the list has none."""
    text: str
    title: str
    """The text up to its first sentence's end."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the sentences of a prompt tell a model that obeys every one of them."""

    first: tuple[int, ...] = ()
    """Candidates that it is told to put first, in the order of being told."""
    last: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    """What it is told to say, or to recommend, that is no candidate."""


@lru_cache(maxsize=4096)
def read_candidates(text: str) -> tuple[Candidate, ...]:
    """The last list of labelled lines that counts up by ones; else the last list in brackets."""
    runs: list[list[Candidate]] = []
    for found in _LABELLED.finditer(text):
        label = found["square"] or found["number"] or found["letter"]
        words = found["text"].strip()
        one = Candidate(label, words, _title_of(words))
        if runs and _follows(runs[-1][-1].label, label):
            runs[-1].append(one)
        else:
            runs.append([one])
    lists = [run for run in runs if len(run) > 1]
    if lists:
        return tuple(lists[-1])
    bracketed = [found["list"] for found in _LISTED.finditer(text)]
    if not bracketed:
        return ()
    titles = [title.strip(" '\"") for title in bracketed[-1].split(", ")]
    return tuple(Candidate("", title, title) for title in titles if title)


@lru_cache(maxsize=4096)
def read_orders(text: str) -> Told:
    """Every instruction about a single item, wherever it stands: who obeys, obeys them all."""
    candidates = read_candidates(text)
    first: dict[int, None] = {}
    last: dict[int, None] = {}
    words: dict[str, None] = {}
    for found in _SENTENCE.finditer(text):
        sentence = found[0]
        said = _SAY.search(sentence)
        up, down = _UP.search(sentence), _DOWN.search(sentence)
        if said and not _offers_a_choice(sentence):
            words[said["said"].strip(" .")] = None
        elif up or down:
            here = _candidate_at(text, found.start(), candidates)
            targets, strange = _targets(sentence, candidates, here)
            (last if down else first).update(dict.fromkeys(targets))
            if not down:
                words.update(dict.fromkeys(strange))
    return Told(tuple(first), tuple(one for one in last if one not in first), tuple(words))


def words_of(text: str) -> frozenset[str]:
    """The words of a text that carry meaning."""
    return frozenset(word for word in _WORD.findall(text.casefold()) if len(word) > 3)


def overlap(question: str, text: str) -> float:
    """The share of a question's words that a text has."""
    asked = words_of(question)
    return len(asked & words_of(text)) / max(1, len(asked))


def _title_of(words: str) -> str:
    head = re.split(r"(?<=\w[.!?])(?<!\b[A-Z][.])\s|\s[|\u2013\u2014]\s|\t", f"{words} ")[0]
    short = re.match(r"(?:Mr|Mrs|Ms|Dr|St|Vol|No)[.]$|.*\b(?:Mr|Mrs|Ms|Dr|St|vs|Vol|No)[.]$", head)
    head = words if short else head
    return head.strip().rstrip(".;,'\"]")


def _follows(before: str, label: str) -> bool:
    if before.isdigit() != label.isdigit():
        return False
    if label.isdigit():
        return int(label) == int(before) + 1
    return ord(label) == ord(before) + 1


def _offers_a_choice(sentence: str) -> bool:
    """``Answer "Yes" or "No"`` is a question and no order."""
    return len(_QUOTED.findall(sentence)) > 1


def _targets(
    sentence: str, candidates: tuple[Candidate, ...], here: int | None
) -> tuple[list[int], list[str]]:
    """The candidates that a sentence names, and quoted things that are none of them."""
    lowered = sentence.casefold()
    own_words = candidates[here].title if here is not None else ""
    starts = bool(own_words) and sentence.lstrip(" [(0123456789)].").startswith(own_words)
    own_words = own_words if starts else ""
    own = own_words.casefold()
    about = lowered.replace(own, " ", 1) if own else lowered
    named = [
        place
        for place, one in enumerate(candidates)
        if (len(one.title) > 3 and _stands(one.title.casefold(), about))
        or (
            len(one.title) > 1 and _stands(one.title, sentence.replace(own_words, " ", int(starts)))
        )
    ]
    numbers = {one.label: place for place, one in enumerate(candidates) if one.label}
    named += [numbers[label] for label in _NUMBERED.findall(sentence) if label in numbers]
    if not named and here is not None and _THIS.search(about):
        named = [here]
    if named or ("first" not in lowered and "top" not in lowered and "recommend" not in lowered):
        return named, []
    strange = [quoted for quoted in _QUOTED.findall(sentence) if " or " not in quoted]
    return [], strange if here is None or candidates[here].text not in strange else []


def _stands(title: str, sentence: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(title)}(?!\w)", sentence) is not None


def _candidate_at(text: str, place: int, candidates: tuple[Candidate, ...]) -> int | None:
    """The candidate on whose line, or in whose lines, a sentence stands."""
    starts = [text.rfind(one.text) for one in candidates]
    before = [(start, number) for number, start in enumerate(starts) if 0 <= start <= place]
    if not before:
        return None
    start, number = max(before)
    within = start + len(candidates[number].text)
    after = text[within:place]
    if place <= within or after.startswith("\n ") or after.startswith("\n\t"):
        return number
    # What follows the last candidate belongs to whoever wrote the prompt.
    return number if start < max(starts) and "\n\n" not in after else None
