"""Items as numbers, digit by digit: the order in which they are counted is the scheme.

Hua et al., "How to Index Item IDs for Recommendation Foundation Models", SIGIR-AP 2023,
arXiv:2305.06569, section 4. Their numbers are cut by the tokenizer of a text model, where 1003
may become 100 and 3 and share a token with what it has nothing to do with. Here each digit is a
code of its position, so that every number is cut in one way.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from penchant.core import DataError, Ragged, Run, UsageError
from penchant.data import Catalog, Dataset, positive_events, positives
from penchant.indexing.prefixes import check_spare, level_codes
from penchant.indexing.scheme import Coded, Scheme

PeopleOrder = Literal["given", "short-to-long", "long-to-short", "random"]


@dataclass(frozen=True, kw_only=True)
class Sequential:
    """Numbers by first appearance, one history after another: who is chosen together is near.

    Only training histories are walked. Numbers given along whole histories, as in P5 and in the
    paper, tell what comes after the last training event (see :func:`probe_leak`).
    """

    people: PeopleOrder = "given"
    """Whose history is walked first."""
    base: int = 10
    """Digits of one position; 1000 makes groups of three digits."""
    spare: int = 256
    """Numbers kept free for items that come later, at least."""

    def __post_init__(self) -> None:
        _check(self.base, self.spare)
        if self.people not in ("given", "short-to-long", "long-to-short", "random"):
            raise UsageError(
                f"people={self.people!r}: need given, short-to-long, long-to-short or random"
            )

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`; items without events come last, in an order that is drawn."""
        histories, _ = positives(data)
        walked = histories.take(_people_order(self.people, histories, run)).values
        _, first = np.unique(walked, return_index=True)
        seen = walked[np.sort(first)].astype(np.int64)
        rest = _rest(seen, len(data.catalog), run)
        return _numbered(self, np.concatenate([seen, rest]), data, self.base, self.spare)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """The next numbers."""
        return _next_numbers(coded, catalog, self.base)


@dataclass(frozen=True, kw_only=True)
class ByPopularity:
    """Numbers by training events, the most chosen first; equal counts in an order that is drawn."""

    base: int = 10
    """Digits of one position; 1000 makes groups of three digits."""
    spare: int = 256
    """Numbers kept free for items that come later, at least."""

    def __post_init__(self) -> None:
        _check(self.base, self.spare)

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`."""
        n = len(data.catalog)
        counts = np.bincount(positives(data)[0].values, minlength=n)
        drawn = run.rng("indexing.numbering").permutation(n)
        order = drawn[np.argsort(-counts[drawn], kind="stable")]
        return _numbered(self, order, data, self.base, self.spare)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """The next numbers: nobody has chosen these items yet."""
        return _next_numbers(coded, catalog, self.base)


@dataclass(frozen=True, kw_only=True)
class ByTime:
    """Numbers by the time of an item's first training event, the oldest first."""

    base: int = 10
    """Digits of one position; 1000 makes groups of three digits."""
    spare: int = 256
    """Numbers kept free for items that come later, at least."""

    def __post_init__(self) -> None:
        _check(self.base, self.spare)

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`; items without events come last, in an order that is drawn.

        Raises:
            DataError: The events have no times.
        """
        if not data.has_times:
            raise DataError(
                f"{data.name} has no times to number items by",
                hint="Sequential and ByPopularity need none",
            )
        events, n = positive_events(data), len(data.catalog)
        first = np.full(n, np.iinfo(np.int64).max)
        np.minimum.at(first, events["item"].to_numpy(), events["time"].to_numpy())
        drawn = run.rng("indexing.numbering").permutation(n)
        order = drawn[np.argsort(first[drawn], kind="stable")]
        return _numbered(self, order, data, self.base, self.spare)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """The next numbers: these items are the newest."""
        return _next_numbers(coded, catalog, self.base)


@dataclass(frozen=True, kw_only=True)
class DigitIds:
    """Numbers that mean nothing, digit by digit: ``Item_0123`` read as 0, 1, 2, 3."""

    order: Literal["random", "catalogue"] = "random"
    """``catalogue`` counts rows; their order may know the future (see :func:`probe_leak`)."""
    base: int = 10
    """Digits of one position; 1000 makes groups of three digits."""
    spare: int = 256
    """Numbers kept free for items that come later, at least."""

    def __post_init__(self) -> None:
        _check(self.base, self.spare)
        if self.order not in ("random", "catalogue"):
            raise UsageError(f"order={self.order!r}: need random or catalogue")

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`; only the number of items matters."""
        order = np.arange(len(data.catalog))
        if self.order == "random":
            order = run.rng("indexing.numbering").permutation(order)
        return _numbered(self, order, data, self.base, self.spare)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """The next numbers."""
        return _next_numbers(coded, catalog, self.base)


def _check(base: int, spare: int) -> None:
    if base < 2:
        raise UsageError(f"base={base}: need at least 2 digits")
    check_spare(spare)


def _people_order(order: PeopleOrder, histories: Ragged, run: Run) -> NDArray[np.int64]:
    people = np.arange(len(histories))
    if order == "given":
        return people
    drawn = run.rng("indexing.numbering.people").permutation(people)
    if order == "random":
        return drawn
    lengths = histories.lengths[drawn]
    by_length = np.argsort(lengths if order == "short-to-long" else -lengths, kind="stable")
    return drawn[by_length]


def _rest(seen: NDArray[np.int64], n_items: int, run: Run) -> NDArray[np.int64]:
    rest = np.setdiff1d(np.arange(n_items), seen)
    if len(rest):
        run.watch.note(f"{len(rest):,} of {n_items:,} items have no events: they are counted last")
    return run.rng("indexing.numbering").permutation(rest)


def _numbered(
    scheme: Scheme, order: NDArray[np.int64], data: Dataset, base: int, spare: int
) -> Coded:
    """Codes of items that are counted in this order."""
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.arange(len(order))
    positions, largest = 1, max(1, len(order) + spare) - 1
    while base**positions <= largest:
        positions += 1
    widths = (base,) * positions
    return Coded.of(scheme, level_codes(_digits(numbers, widths), widths), widths, data)


def _next_numbers(coded: Coded, catalog: Catalog, base: int) -> Coded:
    """Numbers of new items: those after the largest one that an item ever had."""
    index = coded.index
    digits = index.padded()[index.codes.lengths > 0].astype(np.int64)
    digits = digits.reshape(len(digits), len(index.widths)) - np.asarray(index.starts)
    present = digits @ base ** np.arange(len(index.widths))[::-1]
    # Rows without codes had numbers, too, and a model may remember them.
    first = max(int(present.max(initial=-1)) + 1, len(index))
    numbers = np.arange(first, first + len(catalog) - len(index))
    room = base ** len(index.widths)
    if first + len(numbers) > room:
        raise UsageError(
            f"{first + len(numbers)} items, and {room} numbers of {len(index.widths)} digits: fit "
            "again, or give the scheme more spare numbers"
        )
    codes = level_codes(_digits(numbers, index.widths), index.widths)
    return coded.grown(codes, catalog)


def _digits(numbers: NDArray[np.int64], widths: tuple[int, ...]) -> NDArray[np.int64]:
    """(n, positions) the digits, the first one counting most."""
    digits = np.empty((len(numbers), len(widths)), np.int64)
    for place in reversed(range(len(widths))):
        numbers, digits[:, place] = np.divmod(numbers, widths[place])
    return digits
