"""One answer in words, from the messages to the last sentence; and what came of it."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

from penchant.core import Ragged, Run, UsageError
from penchant.data import Queries
from penchant.language import Attended, Ledger, redact
from penchant.models import Advice, Advisor, Wish, allowed_items, read_wishes
from penchant.prompting import Evidence, cleaned
from penchant.serve.problems import Problem, problem_at
from penchant.serve.shapes.talking import Call, ChatItem, ChatRequest, MessageIn, Understood, Usage
from penchant.serve.shop import Shop
from penchant.serve.talk.conversations import Kept, Said
from penchant.serve.talk.talks import LONGEST_S, Notes

MOST_READ = 10
"""Messages of the person that are read, the newest."""
LONGEST_COLUMN = 500
"""Characters of a column of an item."""
LATE = "the time given ran out: a plain sentence stands in"
SILENT = "no language model is set: answers are made from a template; start with --lm"


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer may speak of."""

    model: str
    items: tuple[ChatItem, ...]
    understood: Understood
    speaks: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """How the answer ended."""

    items: tuple[ChatItem, ...]
    """With what was cited"""
    answered_by: str
    degraded: bool
    withheld: dict[str, int]
    usage: Usage
    notes: tuple[str, ...]
    calls: tuple[Call, ...]


Event = Found | str | Ended


def texts_of(messages: Sequence[MessageIn]) -> list[str]:
    """What a person says, without what names anybody; other roles change nothing."""
    told = []
    for message in messages:
        if message.role == "user":
            content = message.content
            whole = content if isinstance(content, str) else "\n".join(p.text for p in content)
            told.append(redact(whole).text)
    return told


async def spoken(shop: Shop, asked: ChatRequest, kept: Kept | None) -> AsyncIterator[Event]:
    """First what was found, then sentences, at last how it ended; always in time.

    Raises:
        Problem: The request cannot be; before anything else comes.
        Busy: Too many wait.
    """
    given = LONGEST_S if asked.deadline_ms is None else asked.deadline_ms / 1_000
    until = time.monotonic() + given
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[Event | Exception]()
    chat = _Chat(shop, asked, kept, until)

    def tell(event: Event | Exception) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, event)

    shop.talks.start(lambda: chat.work(tell))
    found: Found | None = None
    said: list[str] = []
    try:
        while True:
            try:
                left = until - time.monotonic()
                event = await asyncio.wait_for(queue.get(), max(0.0, left))
            except TimeoutError:
                for late in chat.late(found, " ".join(said)):
                    yield late
                return
            if isinstance(event, Exception):
                raise event
            found = event if isinstance(event, Found) else found
            said += [event] if isinstance(event, str) else []
            yield event
            if isinstance(event, Ended):
                return
    finally:
        chat.stopped.set()


class _Chat:
    """One answer on one thread."""

    def __init__(self, shop: Shop, asked: ChatRequest, kept: Kept | None, until: float) -> None:
        self.shop, self.asked, self.kept, self.until = shop, asked, kept, until
        self.stopped = threading.Event()
        self.watch = Notes()

    def work(self, tell: Callable[[Event | Exception], None]) -> None:
        """Tells all events; an exception instead if it cannot."""
        try:
            self._work(tell)
        except Exception as error:  # whatever it is, the caller is waiting for it
            tell(error)

    def late(self, found: Found | None, said: str) -> list[Event]:
        """What is told when the time has passed.

        Raises:
            Problem: Nothing was found yet.
        """
        if found is None:
            told = "the time given ran out before anything was found"
            raise Problem(503, told, code="deadline", headers={"Retry-After": "1"})
        plain = "" if said else plain_sentence(found.items)
        lm = self.shop.talks.lm
        by = "template" if plain or lm is None else lm.name
        note = LATE if plain else "the time given ran out: it broke off"
        items = cited_in(plain or said, found.items)
        notes = (*self.watch.notes, note)
        ended = Ended(items, by, found.speaks, {}, Usage(), notes, ())
        return [plain, ended] if plain else [ended]

    def _work(self, tell: Callable[[Event | Exception], None]) -> None:
        shop, asked, talks = self.shop, self.asked, self.shop.talks
        name, desk = shop.desk(asked.model)
        model = desk.model
        advisor = talks.advisor(name, model)
        left = max(0.001, self.until - time.monotonic())
        with talks.asking(left, live=asked.show_prompts) as (run, books):
            run = replace(model.run, watch=self.watch, deadline=run.deadline, books=books)
            wish = read_wishes(self._texts(), model.catalog)
            queries = self._queries(advisor, wish)
            pool = advisor.retrieved(queries, asked.k, run)
            found = Found(
                name,
                tuple(_items(advisor, pool)),
                Understood(query=wish.query, where=wish.where, notes=list(wish.notes)),
                advisor.speaks,
            )
            tell(found)
            self._speak(tell, advisor, queries, pool, found, (run, books))

    def _speak(
        self,
        tell: Callable[[Event | Exception], None],
        advisor: Advisor,
        queries: Queries,
        pool: Ragged,
        found: Found,
        how: tuple[Run, Ledger],
    ) -> None:
        run, books = how
        lm = self.shop.talks.lm
        if lm is not None:
            lm = lm.taping() if self.asked.show_prompts else lm
            advisor = advisor.telling(lm, self.asked.k)
        advice = advisor.advice(queries, run, pool=pool)
        text = []
        for sentence in advice.sentences:
            if self.stopped.is_set():
                return
            text.append(sentence)
            tell(sentence)
        tell(self._ended(advice, found, " ".join(text), lm, books))

    def _ended(
        self, advice: Advice, found: Found, text: str, lm: Attended | None, books: Ledger
    ) -> Ended:
        items = cited_in(text, found.items)
        answered = bool(advice.gate.cited) and lm is not None
        return Ended(
            items,
            lm.name if answered and lm is not None else "template",
            lm is not None and bool(items) and not answered,
            advice.withheld,
            usage_of(books),
            (*self.watch.notes, *found.understood.notes, *([] if lm is not None else [SILENT])),
            calls_of(lm),
        )

    def _texts(self) -> list[str]:
        before = [] if self.kept is None else self.kept.said
        said = [one.content for one in before if one.role == "user"]
        return [*said, *texts_of(self.asked.messages)][-MOST_READ:]

    def _queries(self, advisor: Advisor, wish: Wish) -> Queries:
        asked, user = self.asked, self.asked.user
        if user is None and self.kept is not None:
            user = self.kept.user
        who = self.shop.request(advisor.model, user, asked.history, 1)
        shown = [one.items for one in self.kept.said] if self.kept and wish.another else []
        exclude = [*asked.exclude_items, *(item for items in shown for item in items)]
        try:
            queries = advisor.queries(
                wish.query,
                user=who.user,
                history=None if who.user is not None else who.history,
                where=asked.where,
                exclude=exclude,
            )
        except UsageError as error:
            raise problem_at("/where", error) from error
        if wish.where is None:
            return queries
        allowed = allowed_items(advisor.model.catalog, wish.where)
        if queries.allowed is not None:
            allowed = allowed & queries.allowed
        return replace(queries, allowed=allowed)


def _items(advisor: Advisor, pool: Ragged) -> list[ChatItem]:
    catalog = advisor.model.catalog
    titles, told = catalog.titles(), []
    for rank, row in enumerate(pool[0].tolist(), 1):
        columns = catalog.table.row(row, named=True)
        told.append(
            ChatItem(
                item_id=str(columns.pop("id")),
                title=titles[row],
                rank=rank,
                score=1 / rank,
                cited=None,
                columns={name: _short(value) for name, value in columns.items()},
            )
        )
    return told


def _short(value: object) -> str | int | float | bool | list[str] | None:
    if isinstance(value, bool | int | float | None):
        return value
    if isinstance(value, list):
        return [str(one)[:LONGEST_COLUMN] for one in value[:50]]
    return str(value)[:LONGEST_COLUMN]


def plain_sentence(items: Sequence[ChatItem]) -> str:
    """Names the first items; nothing of it is a model's."""
    named = [f"{cleaned(item.title)} [{item.rank}]" for item in items[:3]]
    return f"Nearest to what you ask: {'; '.join(named)}." if named else "Nothing was found."


def cited_in(text: str, items: Sequence[ChatItem]) -> tuple[ChatItem, ...]:
    """The items, with the place of each among those that a text cites."""
    places = {number: place for place, number in enumerate(Evidence((), ()).cited(text), 1)}
    return tuple(item.model_copy(update={"cited": places.get(item.rank)}) for item in items)


def usage_of(books: Ledger) -> Usage:
    """What was called since the books were opened."""
    told = books.figures()
    prompt, completion = int(told["prompt_tokens"]), int(told["completion_tokens"])
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion,
        calls=int(told["calls"]),
        cached=int(told["from_books"]),
        cost=told["spent_cost"],
    )


def calls_of(lm: Attended | None) -> tuple[Call, ...]:
    """What was asked word for word, if that was written down."""
    if lm is None or lm.tape is None:
        return ()
    return tuple(
        Call(prompt=one.prompt, reply=one.reply, template=one.template, failure=one.failure)
        for one in lm.tape
    )


def said_now(asked: ChatRequest, text: str, found: Found) -> list[Said]:
    """What is kept of an answer."""
    items = tuple(item.item_id for item in found.items)
    mine = [Said("user", told) for told in texts_of(asked.messages)[-1:]]
    return [*mine, Said("assistant", text, items)]
