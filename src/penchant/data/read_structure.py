"""The shape of delimited text: does every record have as many fields as the first?

Counted in blocks of bytes, so that ten million lines take well under a second.
"""

import mmap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.data.read_source import text_end

BLOCK = 1 << 21
NEWLINE, RETURN, QUOTE = 10, 13, 34


@dataclass(frozen=True, slots=True)
class Structure:
    """What one pass over the bytes found."""

    n_records: int
    """Records before the blank lines at the end, the header among them."""
    regular: bool
    """Every record has the wanted number of fields, all quotes close where they may, the text is
    UTF-8 and holds no NUL."""
    plain_numbers: bool = False
    """No number has a sign, a space or a leading zero: whole numbers read and written again are
    the same text."""
    good_bytes: int = 0
    """How many bytes at the start are regular for sure."""


def scan(data: bytes | mmap.mmap, separator: bytes, width: int, *, quotes: bool) -> Structure:
    """Counts fields and records.

    Args:
        data: UTF-8 text.
        separator: One byte.
        width: Fields that each record must have.
        quotes: Whether ``"`` encloses fields.
    """
    end = text_end(data)
    state = _State(separator[0], width, quotes)
    start = 0
    for start in range(0, end, BLOCK):
        if not state.feed(data[start : min(start + BLOCK, end)]):
            return Structure(state.n_records, False, good_bytes=start)
    whole = state.finish()
    return Structure(state.n_records, whole, state.plain_numbers, start)


class _State:
    """What is carried from block to block."""

    def __init__(self, separator: int, width: int, quotes: bool) -> None:
        self.separator, self.width, self.quotes = separator, width, quotes
        self.n_records = 0
        self.open_fields = 0
        self.inside = False
        self.tail = b""
        self.before = NEWLINE
        self.two_before = b"\n\n"
        self.plain_numbers = True

    def feed(self, block: bytes) -> bool:
        """Whether everything so far is regular."""
        if b"\0" in block or not self._is_text(block):
            return False
        if self.plain_numbers:
            self.plain_numbers = self._numbers_are_plain(block)
        bytes_ = np.frombuffer(block, np.uint8)
        cuts = bytes_ == NEWLINE
        seps = bytes_ == self.separator
        if self.quotes and (self.inside or b'"' in block):
            marks = bytes_ == QUOTE
            inside = (np.cumsum(marks, dtype=np.int64) + self.inside) & 1 == 1
            if not self._quotes_stand_well(bytes_, marks, inside):
                return False
            self.inside = bool(inside[-1])
            cuts &= ~inside
            seps &= ~inside
        self.before = int(bytes_[-1])
        return self._count(cuts, cuts | seps)

    def finish(self) -> bool:
        """Closes the last record."""
        self.n_records += 1
        return not self.inside and not self.tail and self.open_fields == self.width - 1

    def _count(self, cuts: NDArray[np.bool_], either: NDArray[np.bool_]) -> bool:
        ends = np.flatnonzero(cuts[either])
        if not len(ends):
            self.open_fields += int(np.count_nonzero(either))
            return self.open_fields < self.width
        lengths = np.diff(ends, prepend=-1)
        lengths[0] += self.open_fields
        self.n_records += len(ends)
        self.open_fields = int(np.count_nonzero(either)) - int(ends[-1]) - 1
        return bool((lengths == self.width).all())

    def _numbers_are_plain(self, block: bytes) -> bool:
        if b"-" in block or b"+" in block or b" " in block:
            return False
        bytes_ = np.frombuffer(self.two_before + block, np.uint8)
        self.two_before = block[-2:].rjust(2, b"\n")
        within = (bytes_ - np.uint8(ord("0")) < 10) | (bytes_ == ord("."))
        leading = (bytes_[1:-1] == ord("0")) & ~within[:-2] & within[2:]
        leading &= bytes_[2:] != ord(".")
        return not bool(leading.any())

    def _is_text(self, block: bytes) -> bool:
        block = self.tail + block
        self.tail = b""
        if block.isascii():
            return True
        try:
            block.decode()
        except UnicodeDecodeError as error:
            if len(block) - error.start > 3 or error.reason != "unexpected end of data":
                return False
            self.tail = block[error.start :]
        return True

    def _quotes_stand_well(
        self, bytes_: NDArray[np.uint8], marks: NDArray[np.bool_], inside: NDArray[np.bool_]
    ) -> bool:
        """An opening quote follows a separator or a line end, or a quote that it doubles."""
        before = np.empty_like(bytes_)
        before[0], before[1:] = self.before, bytes_[:-1]
        was_inside = np.empty_like(inside)
        was_inside[0], was_inside[1:] = self.inside, inside[:-1]
        opens = marks & ~was_inside
        border = (before == self.separator) | (before == NEWLINE) | (before == QUOTE)
        closed = (before == QUOTE) & ~was_inside
        follows = (bytes_ == self.separator) | (bytes_ == NEWLINE) | (bytes_ == RETURN) | marks
        first_after_open = before == QUOTE
        bad_open = opens & ~border
        bad_close = closed & first_after_open & ~follows & (before != NEWLINE)
        return not bool((bad_open | bad_close).any())
