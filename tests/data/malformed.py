"""Malformed inputs, made by builders: each a few files, what is wrong, and where.

A benchmark reads them, too, so this module needs no pytest.
"""

import gzip
import io
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

FIELDS = ("user_id", "item_id", "rating", "timestamp")
N_ROWS = 12


@dataclass(frozen=True)
class Bad:
    """Files that must be refused, with the place that the refusal must name."""

    name: str
    files: Mapping[str, bytes]
    """``events.*`` and perhaps ``items.*``, ``people.*``."""
    row: int | None = None
    column: str | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    usage: bool = False
    """An argument is wrong, not a file."""

    def write(self, folder: Path) -> dict[str, object]:
        """Writes the files; returns the arguments of ``read``."""
        arguments = dict(self.arguments)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
            arguments[name.split(".")[0]] = folder / name
        return arguments


@dataclass(frozen=True)
class Form:
    """A way to write delimited text."""

    name: str
    suffix: str
    separator: bytes
    header: bytes | None
    columns: tuple[str, ...] = FIELDS

    def text(self, rows: list[list[bytes]]) -> bytes:
        lines = [] if self.header is None else [self.header]
        return b"\n".join([*lines, *(self.separator.join(row) for row in rows)]) + b"\n"

    @property
    def first_row(self) -> int:
        return 1 if self.header is None else 2


HEADERLESS = ("column_1", "column_2", "column_3", "column_4")
FORMS = (
    Form("csv", ".csv", b",", b"user_id,item_id,rating,timestamp"),
    Form("tsv", ".tsv", b"\t", b"user_id\titem_id\trating\ttimestamp"),
    Form("semicolon", ".csv", b";", b"user_id;item_id;rating;timestamp"),
    Form("bars", ".txt", b"|", b"user_id|item_id|rating|timestamp"),
    Form("ml-100k", ".data", b"\t", None, HEADERLESS),
    Form("ml-1m", ".dat", b"::", None, HEADERLESS),
    Form(
        "atomic",
        ".inter",
        b"\t",
        b"user_id:token\titem_id:token\trating:float\ttimestamp:float",
    ),
)


def rows() -> list[list[bytes]]:
    """Twelve good events."""
    return [
        [
            b"%d" % (k % 4 + 1),
            b"%d" % (k * 7 % 5 + 101),
            b"%d" % (k % 5 + 1),
            b"%d" % (881250949 + k),
        ]
        for k in range(N_ROWS)
    ]


def cell(at: int, value: bytes) -> Callable[[list[bytes], bytes], tuple[list[bytes], int]]:
    def change(row: list[bytes], separator: bytes) -> tuple[list[bytes], int]:
        return [*row[:at], value, *row[at + 1 :]], at

    return change


def short(row: list[bytes], separator: bytes) -> tuple[list[bytes], int]:
    return row[:-1], 3


def shorter(row: list[bytes], separator: bytes) -> tuple[list[bytes], int]:
    return row[:2], 2


def long(row: list[bytes], separator: bytes) -> tuple[list[bytes], int]:
    return [*row, b"surplus"], 4


def blank(row: list[bytes], separator: bytes) -> tuple[list[bytes], int]:
    return [b""], 0


ROW_FAULTS: Mapping[str, Callable[[list[bytes], bytes], tuple[list[bytes], int]]] = {
    "no user": cell(0, b""),
    "no item": cell(1, b""),
    "rating nan": cell(2, b"nan"),
    "rating infinite": cell(2, b"inf"),
    "rating minus infinite": cell(2, b"-inf"),
    "rating a word": cell(2, b"good"),
    "rating too large": cell(2, b"1e99"),
    "rating dated": cell(2, b"2024-01-01"),
    "time negative": cell(3, b"-5"),
    "time a word": cell(3, b"yesterday"),
    "time in ms among s": cell(3, b"881250949123"),
    "time in us among s": cell(3, b"881250949123456"),
    "time missing": cell(3, b""),
    "time ISO among numbers": cell(3, b"1997-12-04T15:55:49"),
    "time beyond 64 bits": cell(3, b"99999999999999999999"),
    "short": short,
    "shorter": shorter,
    "long": long,
    "bad UTF-8 user": cell(0, b"u\xff"),
    "bad UTF-8 item": cell(1, b"caf\xe9"),
    "NUL in an id": cell(1, b"1\x002"),
}


def text_faults() -> Iterator[Bad]:
    """Every fault in a row, in every form, near the start, in the middle and at the end."""
    for form in FORMS:
        for name, fault in ROW_FAULTS.items():
            for at in (1, 6, N_ROWS - 1):
                table = rows()
                table[at], column = fault(table[at], form.separator)
                place = form.columns[column] if column < 4 else "field 5"
                yield Bad(
                    f"{form.name}: {name} in row {at}",
                    {"events" + form.suffix: form.text(table)},
                    form.first_row + at,
                    place,
                )
        table = rows()
        table[6] = [b""]
        text = form.text(table)
        yield Bad(
            f"{form.name}: a blank line",
            {"events" + form.suffix: text},
            form.first_row + 6,
            form.columns[0],
        )


def quote_faults() -> Iterator[Bad]:
    """Quotes that do not enclose fields."""
    head = b"user,item,review\n"
    for name, line, column in (
        ("never closed", b'u1,i1,"good', "review"),
        ("inside a field", b'u1,i"1,good', "item"),
        ("text after it", b'"u1"x,i1,good', "user"),
        ("closed late", b'u1,"i1,good\nu2,i2,bad', "item"),
    ):
        text = head + b"u0,i0,fine\n" + line + b"\nu3,i3,fine\n"
        yield Bad(f"quote {name}", {"events.csv": text}, 3, column)
        yield Bad(f"quote {name}, crlf", {"events.csv": text.replace(b"\n", b"\r\n")}, 3, column)


def file_faults() -> Iterator[Bad]:
    """Files that are wrong as a whole."""
    good = FORMS[0].text(rows())
    packed = gzip.compress(good * 50, mtime=0)
    one = {"events.csv": good}
    whole = {
        "empty": (b"", 1),
        "blank lines": (b"\n\n\n", 1),
        "spaces": (b"   \n", 1),
        "header only": (b"user,item\n", 1),
        "no separator": (b"user\nu1\nu2\n", 1),
        "UTF-16": ("user,item\nu1,i1\n".encode("utf-16"), 1),
        "binary": (bytes(range(256)) * 4, None),
        "zip": (b"PK\x03\x04" + good, 1),
        "xz": (b"\xfd7zXZ\x00" + good, 1),
        "bzip2": (b"BZh9" + good, 1),
        "zstd": (b"\x28\xb5\x2f\xfd" + good, 1),
        "arrow": (b"ARROW1" + good, 1),
        "hdf5": (b"\x89HDF" + good, 1),
        "sqlite": (b"SQLite format 3\x00" + good, 1),
        "json array": (b'[{"user":"u1","item":"i1"}]', 1),
        "html": (b"<!DOCTYPE html>\n<html><body>404</body></html>\n", 1),
        "two columns of one name": (b"user,item,item\nu1,i1,i2\n", 1),
        "no user": (b"item,rating\ni1,3\n", 1),
        "no item": (b"user,rating\nu1,3\n", 1),
        "old Mac line ends": (b"user,item\ru1,i1\ru2,i2\r", None),
    }
    for name, (content, row) in whole.items():
        yield Bad(f"file: {name}", {"events.csv": content}, row)
    for name, content in {
        "truncated": packed[:-20],
        "truncated early": packed[:30],
        "header of gzip only": packed[:10],
        "two bytes": packed[:2],
        "checksum": packed[:-8] + b"\0\0\0\0" + packed[-4:],
        "size": packed[:-4] + b"\1\2\3\4",
        "flipped": packed[:40] + bytes([packed[40] ^ 0xFF]) + packed[41:],
        "of nothing": gzip.compress(b"", mtime=0),
        "trailing rubbish": packed + b"rubbish",
    }.items():
        yield Bad(f"gzip {name}", {"events.csv.gz": content})
    for role, near in (("user", "usr_id"), ("item", "itm_id"), ("time", "timestmp")):
        yield Bad(f"misspelt column for {role}", one, 1, near, {"mapping": {role: near}})
    yield Bad("misspelt role", one, arguments={"mapping": {"usr": "user_id"}}, usage=True)
    yield Bad("a weight that is nan", one, arguments={"kinds": {"a": float("nan")}}, usage=True)
    yield Bad("kinds without a kind", one, 1, "kind", {"kinds": {"view": 1.0}})
    kinds = b"user,item,event\nu1,i1,view\nu2,i1,veiw\n"
    yield Bad("unknown kind", {"events.csv": kinds}, 3, "event", {"kinds": {"view": 1.0}})


JSON_FAULTS: Mapping[str, tuple[bytes, str | None]] = {
    "torn": (b'{"user": "u1", "item":', None),
    "text": (b"hello", None),
    "a list": (b'["u1", "i1"]', None),
    "a number": (b"3", None),
    "two objects": (b'{"user": "u1", "item": "i1"}{"user": "u2", "item": "i2"}', None),
    "comma behind": (b'{"user": "u1", "item": "i1"},', None),
    "NaN": (b'{"user": "u1", "item": "i1", "rating": NaN}', None),
    "Infinity": (b'{"user": "u1", "item": "i1", "rating": Infinity}', None),
    "single quotes": (b"{'user': 'u1', 'item': 'i1'}", None),
    "bad UTF-8": (b'{"user": "u\xff", "item": "i1", "rating": 1, "time": 881250949}', None),
    "no user": (b'{"item": "i1", "rating": 1, "time": 881250949}', "user"),
    "null user": (b'{"user": null, "item": "i1", "rating": 1, "time": 881250949}', "user"),
    "empty item": (b'{"user": "u1", "item": "", "rating": 1, "time": 881250949}', "item"),
    "object id": (b'{"user": {"id": 1}, "item": "i1", "rating": 1, "time": 881250949}', "user"),
    "list id": (b'{"user": "u1", "item": [1], "rating": 1, "time": 881250949}', "item"),
    "true id": (b'{"user": true, "item": "i1", "rating": 1, "time": 881250949}', "user"),
    "broken id": (b'{"user": 1.5, "item": "i1", "rating": 1, "time": 881250949}', "user"),
    "rating text": (b'{"user": "u1", "item": "i1", "rating": "good", "time": 881250949}', "rating"),
    "rating large": (b'{"user": "u1", "item": "i1", "rating": 1e300, "time": 881250949}', "rating"),
    "time text": (b'{"user": "u1", "item": "i1", "rating": 1, "time": "noon"}', "time"),
    "time negative": (b'{"user": "u1", "item": "i1", "rating": 1, "time": -1}', "time"),
    "time in ms": (b'{"user": "u1", "item": "i1", "rating": 1, "time": 881250949000}', "time"),
    "no time": (b'{"user": "u1", "item": "i1", "rating": 1}', "time"),
    "time huge": (
        b'{"user": "u1", "item": "i1", "time": 99999999999999999999}',
        "time",
    ),
    "NUL": (b'{"user": "u\\u0000", "item": "i1", "rating": 1, "time": 881250949}', "user"),
}


def json_lines() -> list[bytes]:
    """Twelve good events as JSON."""
    return [
        json.dumps(
            {"user": f"u{k % 4}", "item": f"i{k % 5}", "rating": 3.5, "time": 881250949 + k}
        ).encode()
        for k in range(N_ROWS)
    ]


def json_faults() -> Iterator[Bad]:
    """Every bad line, at two places, and past the sample that guesses are made from."""
    for name, (line, column) in JSON_FAULTS.items():
        for at in (2, N_ROWS - 1):
            table = json_lines()
            table[at] = line
            yield Bad(
                f"jsonl: {name} in row {at}",
                {"events.jsonl": b"\n".join(table) + b"\n"},
                at + 1,
                column,
            )
        table = json_lines() * 30
        table[300] = line
        yield Bad(f"jsonl: {name} late", {"events.jsonl": b"\n".join(table)}, 301, column)


def parquet(frame: pl.DataFrame, **options: object) -> bytes:
    """A frame as the bytes of a Parquet file."""
    out = io.BytesIO()
    frame.write_parquet(out, **options)
    return out.getvalue()


def events(**changed: pl.Series) -> pl.DataFrame:
    """A hundred good events, some columns replaced."""
    n = 100
    good = pl.DataFrame(
        {
            "user": [f"u{k % 7}" for k in range(n)],
            "item": [k % 11 for k in range(n)],
            "rating": [float(k % 5 + 1) for k in range(n)],
            "time": [881250949 + k for k in range(n)],
        }
    )
    return good.with_columns(**changed)


def odd_columns() -> Iterator[tuple[str, pl.DataFrame, str, int]]:
    """Frames with one bad value: what, the frame, the column, the row (from 0)."""
    base = events()

    def put(column: str, at: int, value: object, dtype: pl.DataType | None = None) -> pl.DataFrame:
        values = base[column].to_list()
        values[at] = value
        return base.with_columns(pl.Series(column, values, dtype=dtype, strict=False))

    yield "null user", put("user", 70, None), "user", 70
    yield "empty user", put("user", 70, ""), "user", 70
    yield "null item", put("item", 3, None), "item", 3
    yield "item as float nan", put("item", 3, float("nan"), pl.Float64()), "item", 3
    yield "item as float fraction", put("item", 3, 1.5, pl.Float64()), "item", 3
    yield "item past 2**53 as float", put("item", 99, 2.0**60, pl.Float64()), "item", 99
    yield "rating nan", put("rating", 50, float("nan")), "rating", 50
    yield "rating infinite", put("rating", 50, float("inf")), "rating", 50
    yield "rating past float32", put("rating", 50, 1e200), "rating", 50
    yield "time null", put("time", 99, None), "time", 99
    yield "time negative", put("time", 0, -1), "time", 0
    yield "time in ms", put("time", 64, 881250949000), "time", 64
    words = base.with_columns(rating=pl.Series(["good"] * 100))
    yield "ratings of words", words, "rating", 0
    yield "ids of booleans", base.with_columns(user=pl.Series([True] * 100)), "user", 0
    yield "ids of lists", base.with_columns(item=pl.Series([[1]] * 100)), "item", 0
    yield "times of booleans", base.with_columns(time=pl.Series([True] * 100)), "time", 0


def parquet_faults() -> Iterator[Bad]:
    """Bad values, with the row group; torn and altered files."""
    for name, frame, column, at in odd_columns():
        content = parquet(frame, row_group_size=50)
        place = f"{column} (row group {at // 50})"
        yield Bad(f"parquet: {name}", {"events.parquet": content}, None, place)
    good = parquet(events(), row_group_size=50)
    for name, content in {
        "torn": good[: len(good) // 2],
        "no magic at the end": good[:-1],
        "magic alone": b"PAR1",
        "empty inside": b"PAR1" + b"\0" * 20 + b"PAR1",
        "footer length": good[:-8] + b"\xff\xff\xff\x7fPAR1",
        "text named parquet": b"user,item\nu1,i1\n",
        "footer of zeros": good[:-200] + b"\0" * 192 + good[-8:],
        "pages of zeros": good[:4] + b"\0" * (len(good) // 2) + good[4 + len(good) // 2 :],
        "pages of ones": good[:4] + b"\xff" * (len(good) // 2) + good[4 + len(good) // 2 :],
        "no rows": parquet(events().head(0)),
        "no user column": parquet(events().drop("user")),
    }.items():
        yield Bad(f"parquet: {name}", {"events.parquet": content})


def item_faults() -> Iterator[Bad]:
    """Catalogues and people that cannot be."""
    log = {"events.csv": b"user,item\nu1,i1\nu2,i2\n"}
    for name, content, row, column in (
        ("two titles", b"item,title\ni1,A\ni2,B\ni1,C\n", 4, "title"),
        ("two titles, one empty", b"item,title\ni1,A\ni1,\n", 3, "title"),
        ("empty", b"", 1, None),
        ("header only", b"item,title\n", 1, None),
        ("no id column", b"colour,title\nred,A\n", 1, "item"),
        ("an empty id", b"item,title\ni1,A\n,B\n", 3, "item"),
        ("ragged", b"item,title\ni1,A\ni2\n", 3, "title"),
        ("too long", b"item,title\ni1,A\ni2,B,C\n", 3, "field 3"),
        ("bad UTF-8", b"item,title\ni1,A\ni2,caf\xe9\n", 3, "title"),
        ("an open quote", b'item,title\ni1,"A\ni2,B\n', 2, "title"),
        ("NUL", b"item,title\ni1,A\ni2,\0\n", 3, "title"),
    ):
        yield Bad(f"items: {name}", {**log, "items.csv": content}, row, column)
    for name, content, row in (
        ("no id column", b"colour,age\nred,3\n", 1),
        ("an empty id", b"user,age\nu1,3\n,4\n", 3),
        ("two ages", b"user,age\nu1,3\nu1,4\n", 3),
    ):
        yield Bad(f"people: {name}", {**log, "people.csv": content}, row)


def corpus() -> list[Bad]:
    """All of them."""
    makers = (text_faults, quote_faults, file_faults, json_faults, parquet_faults, item_faults)
    return [bad for maker in makers for bad in maker()]


def good_files() -> dict[str, bytes]:
    """Valid logs, to be mutated."""
    files = {form.name + form.suffix: form.text(rows()) for form in FORMS}
    files["quoted.csv"] = (
        b'user,item,rating,review\n"u,1",i1,3,"so ""good"", really"\nu2,"i\n2",4,\nu3,i3,5,plain\n'
    )
    files["iso.csv"] = b"user,item,time\nu1,i1,2024-01-05T10:00:00Z\nu2,i2,2024-02-05T10:00:00Z\n"
    files["unicode.csv"] = "user,item,rating\nü,日本,3\né,日本語,4\n😀,b,5\n".encode()
    files["lines.jsonl"] = b"\n".join(json_lines()) + b"\n"
    files["packed.csv.gz"] = gzip.compress(FORMS[0].text(rows()), mtime=0)
    files["table.parquet"] = parquet(events(), row_group_size=50)
    return files


def mutated(content: bytes, rng: random.Random) -> bytes:
    """A few bytes changed, inserted, removed, doubled or cut off."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
        at = rng.randrange(len(changed)) if changed else 0
        match rng.randrange(6):
            case 0 if changed:
                changed[at] = rng.randrange(256)
            case 1:
                changed.insert(at, rng.choice(b'\0\n\r",;\t:|{}[]\\ -.0129eE\xff\xc3'))
            case 2 if changed:
                del changed[at : at + rng.choice((1, 1, 5, 40))]
            case 3:
                changed[at:at] = changed[at : at + rng.choice((3, 20, 60))]
            case 4 if rng.random() < 0.3:
                del changed[at:]
            case _ if changed:
                other = rng.randrange(len(changed))
                changed[at], changed[other] = changed[other], changed[at]
    return bytes(changed)
