"""Where bytes come from: files, plain or compressed, whole or refused."""

import gzip
import io
import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from penchant.core import DataError, did_you_mean

GZIP = b"\x1f\x8b"
PARQUET = b"PAR1"
UNSUPPORTED = {
    b"PK\x03\x04": ("a zip archive", "unpack it and name the file inside"),
    b"\xfd7zXZ": ("xz-compressed", "unpack it with xz -d, or compress with gzip"),
    b"BZh": ("bzip2-compressed", "unpack it with bunzip2, or compress with gzip"),
    b"\x28\xb5\x2f\xfd": ("zstandard-compressed", "unpack it with zstd -d, or compress with gzip"),
    b"ARROW1": ("an Arrow IPC file", "read it with polars or pyarrow and pass the frame"),
    b"\x89HDF": ("an HDF5 file", "read it with pandas and pass the frame"),
    b"SQLite format 3": ("an SQLite database", "export the table to CSV or Parquet"),
}
"""What a file may begin with that is not read here, and what to do."""

BLOCK = 1 << 22
SHOWN = 80


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The decoded bytes of one file, or a frame, and the name that messages use."""

    name: str
    path: Path | None = None
    """The file, when its bytes are as they are on disk."""
    data: bytes | mmap.mmap = b""
    frame: pl.DataFrame | None = None
    suffixes: tuple[str, ...] = field(default=())

    def refuse(
        self,
        problem: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        wanted: str = "",
        hint: str = "",
    ) -> DataError:
        """The error that names this file."""
        return DataError(
            problem, file=self.name, row=row, column=column, value=value, wanted=wanted, hint=hint
        )


def open_source(path: str | Path, *, encoding: str = "utf-8") -> Source:
    """A file's bytes, decompressed and in UTF-8 without a byte-order mark.

    A plain UTF-8 file is mapped, not copied.

    Raises:
        DataError: No such file, an empty one, a torn archive, an unreadable encoding.
    """
    path = Path(path)
    source = Source(str(path), path, suffixes=tuple(s.lower() for s in path.suffixes))
    data = _mapped(path, source)
    if data[:2] == GZIP:
        unpacked = _unpacked(data, source)
        suffixes = tuple(s for s in source.suffixes if s not in {".gz", ".gzip"})
        source = Source(source.name, None, unpacked, suffixes=suffixes)
    else:
        source = Source(source.name, path, data, suffixes=source.suffixes)
    for magic, (what, hint) in UNSUPPORTED.items():
        if source.data[: len(magic)] == magic:
            raise source.refuse(f"this is {what}", row=1, wanted="text or Parquet", hint=hint)
    if source.data[:4] == PARQUET:
        return source
    return _in_utf8(source, encoding)


def _mapped(path: Path, source: Source) -> bytes | mmap.mmap:
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                raise source.refuse(
                    "the file is empty", row=1, wanted="a header and rows", hint="export it again"
                )
            try:
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except (OSError, ValueError):
                return file.read()
    except FileNotFoundError:
        siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = f"check the path{did_you_mean(path.name, siblings)}"
        raise source.refuse("no such file", hint=hint) from None
    except IsADirectoryError:
        raise source.refuse("this is a folder", hint="name a file inside it") from None
    except OSError as error:
        raise source.refuse(
            f"cannot be opened ({error.strerror})", hint="check that you may read it"
        ) from None


def _unpacked(data: bytes | mmap.mmap, source: Source) -> bytes:
    """The whole of a gzip file.

    Raises:
        DataError: It ends early, or its checksum is wrong; the row is the last that was read.
    """
    out = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            while block := file.read(BLOCK):
                out.write(block)
    except (EOFError, zlib.error, OSError) as error:
        what = "ends early" if isinstance(error, EOFError) else f"is damaged ({error})"
        raise source.refuse(
            f"the gzip archive {what} after {out.tell()} bytes",
            row=out.getbuffer().tobytes().count(b"\n") + 1,
            wanted="a whole archive",
            hint="fetch or compress the file again; gzip -t FILE tests it",
        ) from None
    if not out.tell():
        raise source.refuse("the archive is empty", row=1, wanted="rows", hint="export it again")
    return out.getvalue()


def _in_utf8(source: Source, encoding: str) -> Source:
    data = source.data
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} and encoding == "utf-8":
        raise source.refuse(
            "the text is UTF-16",
            row=1,
            wanted="UTF-8",
            hint="save it as UTF-8, or read with layout=Layout(encoding='utf-16')",
        )
    if encoding.lower().replace("_", "-") in {"utf-8", "utf8"}:
        if data[:3] == b"\xef\xbb\xbf":
            return Source(source.name, None, data[3:], suffixes=source.suffixes)
        return source
    try:
        text = bytes(data).decode(encoding)
    except LookupError:
        raise source.refuse(
            f"no encoding {encoding!r}", wanted="a name such as 'latin-1'", hint="see Layout"
        ) from None
    except UnicodeDecodeError as error:
        row = bytes(data[: error.start]).count(b"\n") + 1
        raise source.refuse(
            f"byte {error.object[error.start]:#x} is not {encoding}",
            row=row,
            value=bytes(error.object[error.start : error.start + 4]),
            wanted=f"text in {encoding}",
            hint="name the encoding that the file was written in",
        ) from None
    return Source(source.name, None, text.encode(), suffixes=source.suffixes)


def text_end(data: bytes | mmap.mmap) -> int:
    """Where the blank lines at the end of a text begin."""
    end = len(data)
    while end:
        block = data[max(0, end - BLOCK) : end]
        text = block.rstrip(b"\r\n")
        end -= len(block) - len(text)
        if text:
            break
    return end


def lines(
    data: bytes | mmap.mmap, end: int | None = None, *, after: int = 0
) -> Iterator[tuple[int, bytes]]:
    """Each line's number, from 1, and its bytes without the line end.

    Args:
        data: The text.
        end: Where to stop; its own end by default.
        after: Begins with the line that this byte stands in.
    """
    end = len(data) if end is None else end
    start = data.rfind(b"\n", 0, after) + 1
    number = 1 + sum(
        data[at : min(at + BLOCK, start)].count(b"\n") for at in range(0, start, BLOCK)
    )
    while start < end:
        stop = data.find(b"\n", start, end)
        stop = end if stop < 0 else stop
        yield number, data[start:stop].removesuffix(b"\r")
        start, number = stop + 1, number + 1


def shown(value: object) -> str:
    """A value as messages show it: quoted, not too long."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
