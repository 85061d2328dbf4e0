"""From a language model's options to something that can be asked, on the books."""

from collections import OrderedDict
from threading import RLock

from penchant.core import Run, UsageError
from penchant.language.books.booked import Booking
from penchant.language.books.booked_verbs import (
    BookedEmbedding,
    BookedReranking,
    BookedScoring,
    BookedStreaming,
    BookedWriting,
)
from penchant.language.books.ledger import Ledger
from penchant.language.words import (
    Embedder,
    LanguageModel,
    OpenModel,
    Reranker,
    Scorer,
    Streamer,
    Writer,
)

KEPT_OPEN = 2
"""Models that stay in memory; the one that was asked longest ago makes room."""
_STAYING = frozenset({"GGUF", "LocalLM", "RemoteLM"})
"""Classes whose open models have no state that shows in answers, so that one may serve many."""


class Booked:
    """An open model whose calls go through the books; it has the verbs that its model has."""

    def __init__(self, model: OpenModel, books: Ledger) -> None:
        self.model = model
        """The one that is asked"""
        self.books = books
        booking = Booking(model, books)
        # A protocol is told by what attributes there are: only these verbs, and no others.
        if isinstance(model, Writer):
            self.write = BookedWriting(model, booking).write
        if isinstance(model, Streamer):
            self.stream = BookedStreaming(model, booking).stream
        if isinstance(model, Scorer):
            self.score = BookedScoring(model, booking).score
        if isinstance(model, Embedder):
            self.embed = BookedEmbedding(model, booking).embed
        if isinstance(model, Reranker):
            self.rerank = BookedReranking(model, booking).rerank

    @property
    def name(self) -> str:
        """As it stands in the books and in messages."""
        return self.model.name

    @property
    def fingerprint(self) -> str:
        """Changes whenever answers may."""
        return self.model.fingerprint

    @property
    def window(self) -> int | None:
        """Most tokens of prompt and answer together; ``None``: not known."""
        return self.model.window

    def count(self, text: str) -> int:
        """Tokens of a text."""
        return self.model.count(text)


def opened(value: LanguageModel, run: Run) -> Booked:
    """Opens a language model; its calls go through ``run.books``.

    >>> from penchant.core import Run
    >>> from penchant.language import Prompt, ScriptedLM, opened
    >>> model = opened(ScriptedLM(answers=("Heat",)), Run())
    >>> model.write([Prompt.chat("Which film?")], max_tokens=5, run=Run())[0].text
    'Heat'

    Weights stay in memory from one opening to the next, so this may stand in a method's verbs.

    Raises:
        PenchantError: The model cannot be used; the message says what to do.
        UsageError: The value is no language model; ``run.books`` are none that :class:`Ledger`
            keeps, or have a budget of money for a model whose prices are not given.
    """
    books = run.books if run.books is not None else Ledger.open(None, mode="live")
    if not isinstance(books, Ledger):
        raise UsageError(f"run.books is a {type(books).__name__}: wanted a Ledger")
    return Booked(_open(value, run), books)


def forget_open_models() -> None:
    """Frees the memory of models that stayed open."""
    with _LOCK:
        _OPEN.clear()


_OPEN: "OrderedDict[tuple[LanguageModel, str, int], OpenModel]" = OrderedDict()
_LOCK = RLock()


def _open(value: LanguageModel, run: Run) -> OpenModel:
    if not callable(getattr(value, "open", None)):
        raise UsageError(f"lm={value!r} is no language model: give a value, such as LocalLM()")
    if type(value).__name__ not in _STAYING:
        return value.open(run)
    key = (value, run.device, run.threads)
    with _LOCK:
        model = _OPEN.pop(key, None) or value.open(run)
        _OPEN[key] = model
        while len(_OPEN) > KEPT_OPEN:
            _OPEN.popitem(last=False)
    return model
