"""The sizes of a Parquet file's row groups, from its footer.

Only what is needed of the Thrift compact protocol (Apache Thrift, "Thrift compact protocol") and
of ``FileMetaData`` (Apache Parquet, parquet.thrift): field 4 lists the row groups, whose field 3
is the number of rows.
"""

import mmap
from collections.abc import Iterator

MAGIC = b"PAR1"
STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(13)
MAX_DEPTH = 32


def row_groups(data: bytes | mmap.mmap) -> list[int]:
    """Rows in each row group.

    Raises:
        ValueError: The file does not end as a Parquet file does.
    """
    if len(data) < 12 or data[:4] != MAGIC or data[-4:] != MAGIC:
        raise ValueError("it does not begin and end with PAR1")
    length = int.from_bytes(data[-8:-4], "little")
    if length > len(data) - 12:
        raise ValueError(f"its footer would be {length} bytes long")
    try:
        return _groups(_Cursor(bytes(data[-8 - length : -8])))
    except (IndexError, RecursionError):
        raise ValueError("its footer is damaged") from None


def _groups(cursor: "_Cursor") -> list[int]:
    rows: list[int] = []
    for field, kind in cursor.fields():
        if (field, kind) != (4, LIST):
            cursor.skip(kind)
            continue
        n, of = cursor.list_header()
        if of != STRUCT:
            raise ValueError("its row groups are no structs")
        rows = [_rows_of_group(cursor) for _ in range(n)]
    if any(count < 0 for count in rows):
        raise ValueError("a row group has fewer than no rows")
    return rows


def _rows_of_group(cursor: "_Cursor") -> int:
    rows = -1
    for field, kind in cursor.fields():
        if (field, kind) == (3, I64):
            rows = cursor.zigzag()
        else:
            cursor.skip(kind)
    return rows


class _Cursor:
    """A place in compact-protocol bytes; every read moves it on."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Number and kind of each field of a struct; the caller reads or skips its value."""
        number = 0
        while (head := self.byte()) != STOP:
            number = number + (head >> 4) if head >> 4 else self.zigzag()
            yield number, head & 0x0F

    def byte(self) -> int:
        """The next byte."""
        self.at += 1
        return self.data[self.at - 1]

    def varint(self) -> int:
        """An unsigned number, seven bits a byte."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ValueError("its footer holds an endless number")

    def zigzag(self) -> int:
        """A signed number."""
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def list_header(self) -> tuple[int, int]:
        """Length and kind of a list's elements."""
        head = self.byte()
        n = head >> 4
        return (self.varint() if n == 15 else n), head & 0x0F

    def skip(self, kind: int, depth: int = 0) -> None:
        """Passes over a value."""
        if depth > MAX_DEPTH:
            raise ValueError("its footer is nested too deeply")
        if kind in {I16, I32, I64}:
            self.varint()
        elif kind in {BYTE, DOUBLE}:
            self.at += 1 if kind == BYTE else 8
        elif kind == BINARY:
            length = self.varint()
            self.at += length
        elif kind in {LIST, SET}:
            n, of = self.list_header()
            for _ in range(n):
                self.byte() if of in {TRUE, FALSE} else self.skip(of, depth + 1)
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        elif kind not in {TRUE, FALSE}:
            raise ValueError(f"its footer holds a value of unknown kind {kind}")
