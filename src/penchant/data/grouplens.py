"""MovieLens 100K as GroupLens packs it, rewritten in RecBole's atomic files, byte for byte.

So the data set is the same wherever it came from, and one sha256 vouches for both.
"""

import re
from pathlib import Path

from penchant.core import AssetError, Converted, WebArchive

NEEDS = ("u.data", "u.item", "u.user")
GENRES = (
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
)
"""What the last 19 columns of ``u.item`` stand for."""
LAST_PARENTHESES = re.compile(r"(?P<title>.*?) ?\((?P<year>[^()]*)\) ?")
NAMELESS = "unkonwn"
"""RecBole's word for the title and year of the movie that has neither."""


def to_atomic(folder: Path, into: Path) -> None:
    """Writes ``ml-100k.inter``, ``.item`` and ``.user`` from ``u.data``, ``u.item`` and ``u.user``.

    Raises:
        AssetError: A line is not as GroupLens writes it.
    """
    data, items, people = (
        (folder / name).read_text(encoding="latin-1").splitlines() for name in NEEDS
    )
    head = "user_id:token\titem_id:token\trating:float\ttimestamp:float"
    _write(into / "ml-100k.inter", [head, *data])
    head = "user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token"
    _write(into / "ml-100k.user", [head, *(line.replace("|", "\t") for line in people)])
    head = "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq"
    _write(into / "ml-100k.item", [head, *map(_atomic_item, items)])


def _atomic_item(line: str) -> str:
    number, name, _, _, _, *flags = line.split("|")
    if len(flags) != len(GENRES):
        raise AssetError(f"u.item: {len(flags)} genres of movie {number}, not {len(GENRES)}")
    found = LAST_PARENTHESES.fullmatch(name)
    title, year = (found["title"], found["year"]) if found else (NAMELESS, NAMELESS)
    genres = [genre for genre, flag in zip(GENRES, flags, strict=True) if flag == "1"]
    return "\t".join([number, title, year, " ".join(genres)])


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


GROUPLENS = Converted(
    WebArchive(
        "https://files.grouplens.org/datasets/movielens/ml-100k.zip",
        {name: f"ml-100k/{name}" for name in NEEDS},
    ),
    NEEDS,
    to_atomic,
)
"""Where MovieLens 100K is at home."""
