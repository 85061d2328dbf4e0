"""The books of a command: how they are kept, and what is said of them when it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from penchant.cli.output import show_json, show_text, tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penchant.language import Ledger, LedgerMode, LedgerOptions


def read_books(
    file: Path | None,
    calls: str,
    max_tokens: int | None,
    max_cost: float | None,
    *,
    dry_run: bool = False,
) -> "LedgerOptions":
    """From the options of a command line.

    Raises:
        UsageError: There is no such way, a budget is negative, or a file is needed.
    """
    from penchant.core import UnknownName
    from penchant.language import LedgerOptions

    ways: dict[str, LedgerMode] = {
        "live": "live",
        "cache": "cache",
        "record": "record",
        "replay": "replay",
    }
    if calls not in ways:
        raise UnknownName("way to make calls", calls, ways, where="--calls")
    return LedgerOptions(
        file=None if file is None else str(file),
        mode="estimate" if dry_run else ways[calls],
        tokens=max_tokens,
        cost=max_cost,
    )


@contextmanager
def booked(how: "LedgerOptions", *, quiet: bool) -> "Iterator[Ledger]":
    """Books for the length of a command; a line on standard error says what it took.

    Raises:
        PenchantError: As :func:`refuse_misses`.
    """
    with how.open() as books:
        yield books
        figures = books.figures()
    if figures["calls"] and how.mode != "estimate":
        tell([describe_calls(figures)], quiet=quiet)
    refuse_misses(how, figures)


def refuse_misses(how: "LedgerOptions", figures: "Mapping[str, float]") -> None:
    """Ends a replay in which something else stood for answers that its recording lacks.

    Raises:
        PenchantError: There are such calls.
    """
    from penchant.core import PenchantError

    missing = figures.get("failed_missing", 0)
    if how.mode == "replay" and missing:
        raise PenchantError(
            f"{missing:,.0f} of {figures['calls']:,.0f} calls are not in {how.file}: what stood "
            "for their answers is no replay\n  hint: record again, or ask with --calls cache"
        )


def describe_calls(figures: "Mapping[str, float]") -> str:
    """One line about calls, tokens, money and failures."""
    parts = [f"{figures['calls']:,.0f} calls of language models"]
    if figures["from_books"]:
        parts.append(f"{figures['from_books']:,.0f} answered from the books")
    parts.append(f"{figures['spent_tokens']:,.0f} tokens spent")
    if figures["spent_cost"]:
        parts.append(f"{figures['spent_cost']:.4g} money")
    kinds = [name for name in figures if name.startswith("failed_")]
    failed = ", ".join(f"{figures[kind]:,.0f} {kind[7:]}" for kind in sorted(kinds))
    return ", ".join(parts) + (f"; failed: {failed}" if failed else "")


def show_estimate(books: "Ledger", *, as_json: bool) -> None:
    """What a dry run would have asked."""
    figures = books.figures()
    new = figures["calls"] - figures["from_books"]
    found = {
        "calls": figures["calls"],
        "from_books": figures["from_books"],
        "most_tokens": figures["estimated_tokens"],
        "most_money": figures["estimated_cost"],
    }
    if as_json:
        show_json(found)
        return
    show_text(
        f"{new:,.0f} calls of language models, {figures['from_books']:,.0f} more from the books\n"
        f"at most {figures['estimated_tokens']:,.0f} tokens and "
        f"{figures['estimated_cost']:.4g} money, if each answer is as long as it may be\n"
        "methods that ask again after an answer may ask more than is counted here"
    )
