"""Open models whose every call goes through the books."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from penchant.core import Run, UsageError
from penchant.core.redaction import redact
from penchant.language.books.booked_batches import Ask, Batch, Concurrent
from penchant.language.books.budget import Amount
from penchant.language.books.calls import Call, Kept
from penchant.language.books.heard import Heard
from penchant.language.books.ledger import Ledger
from penchant.language.books.prices import Priced, Prices
from penchant.language.books.rows import Place
from penchant.language.books.secrets import without_secrets
from penchant.language.redaction import redact_prompt
from penchant.language.words import OpenModel, Prompt, Reply, Usage

TURN = 8
"""Tokens by which a chat's form lengthens a message, at most, for estimates."""
PREAMBLE = 32
"""Tokens of the system's turn that the form of some chats adds where a prompt has none."""
EXPLAINED = 20
"""Misses of a batch that are explained one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class Booking:
    """One model and the books: what every verb has in common."""

    model: OpenModel
    books: Ledger

    def __post_init__(self) -> None:
        prices = self.prices()
        if self.books.budget.cost is not None and prices is not None and not prices.are_given:
            raise UsageError(
                f"a budget of money, but no prices of {self.model.name}: give its prices, "
                "or a budget of tokens"
            )

    def prices(self) -> Prices | None:
        """``None``: the model costs no money."""
        return self.model.prices if isinstance(self.model, Priced) else None

    def amount(self, prompt_tokens: int, completion_tokens: int = 0) -> Amount:
        """What a call takes at most."""
        prices = self.prices()
        usage = Usage(prompt_tokens, completion_tokens)
        return Amount(prompt_tokens + completion_tokens, prices.of(usage) if prices else 0.0)

    def amount_of(self, prompt: Prompt, completion_tokens: int) -> Amount:
        """What a prompt takes at most, with the form of a chat around it."""
        tokens = self.model.count(prompt.text()) + TURN * (len(prompt.messages) + 1)
        if prompt.messages and prompt.messages[0].role != "system":
            tokens += PREAMBLE
        return self.amount(tokens, completion_tokens)

    @property
    def redacts(self) -> bool:
        """Whether what names a person is taken out before anything is asked."""
        elsewhere = isinstance(self.model, Concurrent)
        return self.books.redact == "always" or (self.books.redact == "elsewhere" and elsewhere)

    def prompts(self, prompts: Sequence[Prompt]) -> list[Prompt]:
        """As the model and the books may see them."""
        if not self.redacts:
            return list(prompts)
        redacted = [redact_prompt(prompt) for prompt in prompts]
        self.books.note_redacted(sum(sum(found.values()) for _, found in redacted))
        return [prompt for prompt, _ in redacted]

    def texts(self, texts: Sequence[str]) -> list[str]:
        """As the model and the books may see them."""
        if not self.redacts:
            return list(texts)
        redacted = [redact(text) for text in texts]
        self.books.note_redacted(sum(sum(one.found.values()) for one in redacted))
        return [one.text for one in redacted]

    def take(
        self, calls: Sequence[Call], ask: Ask, most: Callable[[int], Amount], run: Run
    ) -> list[Kept]:
        """The answers to some calls, from the books or asked; those are stored as they come.

        Args:
            calls: One for each answer.
            ask: Asks some of them.
            most: What the one with a number takes at most.
            run: Deadline and watcher.
        """
        places = self.books.look_up(calls)
        answers = {n: place.kept for n, place in enumerate(places) if place.kept is not None}
        same = self._first_of_same(places, answers)
        pending = [n for n in range(len(places)) if n not in answers and same.get(n, n) == n]
        # Tokens are counted for budgets alone, and that takes as long as looking answers up.
        counts = self.books.budget.is_limited or self.books.mode == "estimate"
        amounts = {number: most(number) if counts else Amount() for number in pending}
        if self.books.mode in ("replay", "estimate"):
            answers |= self._unasked(places, pending, amounts, run)
        else:
            batch = Batch(self.model, self.books, places, ask, amounts, run)
            for came in batch.ask_all(pending):
                stored = self.books.store([(places[n], self.clean(kept)) for n, kept in came])
                answers |= {n: kept for (n, _), kept in zip(came, stored, strict=True)}
            answers |= batch.unasked
        for number, first in same.items():
            if number not in answers:
                answers[number] = _again(answers[first])
        taken = [answers[number] for number in range(len(places))]
        for kept in taken:
            self.books.count(kept)
        return taken

    def stream(
        self, call: Call, ask: Callable[[], Iterator[str]], prompt: Prompt, longest: int, run: Run
    ) -> Iterator[str]:
        """The pieces of one answer; written down when it ended, or when nobody listens any more."""
        most = self.amount_of(prompt, longest)
        place = self.books.look_up([call])[0]
        if place.kept is not None or self.books.mode in ("replay", "estimate"):
            kept = place.kept or self._unasked([place], [0], {0: most}, run)[0]
            self.books.count(kept)
            if kept.reply.text:
                yield kept.reply.text
            return
        if not self.books.admit([most]):
            said = self.books.budget.describe(self.books.spent(), most)
            run.watch.note(f"a call of {self.model.name} was not made: {said}")
            self.books.count(Kept(Reply.failed("budget", said)))
            return
        heard = Heard()
        try:
            yield from heard.listen(ask())
        finally:
            self.books.land([most])
            if heard.was_begun:
                least = self.amount_of(prompt, 0).tokens
                kept = heard.kept(least, self.model.count(heard.text))
                (stored,) = self.books.store([(place, self.clean(kept))])
                self.books.count(stored)
                if heard.ended and kept.reply.failure:
                    run.watch.note(heard.described(self.model.name, kept.reply))

    def clean(self, kept: Kept) -> Kept:
        """With what it cost, and without secrets."""
        reply, prices = kept.reply, self.prices()
        usage = reply.usage
        if prices is not None and not usage.cost:
            usage = replace(usage, cost=prices.of(usage))
        text, detail = _storable(reply.text), _storable(without_secrets(reply.detail))
        return replace(kept, reply=replace(reply, text=text, usage=usage, detail=detail))

    def _first_of_same(self, places: Sequence[Place], answers: dict[int, Kept]) -> dict[int, int]:
        """Which calls repeat an earlier one of the batch, and which one: asked once in a cache."""
        if self.books.mode not in ("cache", "estimate"):
            return {}
        first: dict[str, int] = {}
        same: dict[int, int] = {}
        for number, place in enumerate(places):
            if number not in answers:
                before = first.setdefault(place.call.key, number)
                if before != number:
                    same[number] = before
        return same

    def _unasked(
        self,
        places: Sequence[Place],
        pending: Sequence[int],
        most: Mapping[int, Amount],
        run: Run,
    ) -> dict[int, Kept]:
        """What stands for answers where nothing may be asked."""
        if self.books.mode == "estimate":
            for number in pending:
                self.books.note_estimated(most[number])
            return dict.fromkeys(pending, _NOT_ASKED)
        found = {}
        if pending:
            first = self.books.explain_miss(places[pending[0]].call)
            others = f" (and {len(pending) - 1:,} more)" if len(pending) > 1 else ""
            run.watch.note(f"{first}{others}")
        for count, number in enumerate(pending):
            detail = "not in the books, like those before it"
            if count < EXPLAINED:
                detail = self.books.explain_miss(places[number].call)
            found[number] = Kept(Reply.failed("missing", detail))
        return found


_NOT_ASKED = Kept(Reply.failed("missing", "a dry run asks nothing"))


def _storable(text: str) -> str:
    """Without halves of surrogate pairs, which JSON may hold and UTF-8 may not."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _again(kept: Kept) -> Kept:
    """The answer to the same call once more: it costs nothing now."""
    return replace(kept, reply=replace(kept.reply, cached=not kept.reply.failure))
