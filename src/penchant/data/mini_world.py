"""A bookshop that never was: small, drawn in a second, and with something in it to learn.

People have tastes (genres), read series in order (part i, then part i + 1), and follow the season.
Young people lean to space and romance, older ones to history and cooking, so that attributes say
something and fairness can be asked about. Ids are drawn at random and give nothing away.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Run, UsageError
from penchant.data.ids import Ids
from penchant.data.mini_words import (
    BLAME,
    FACES,
    FAMILY_NAMES,
    GENDERS,
    GENRES,
    GIVEN_NAMES,
    LOCALES,
    MIXED,
    OPENINGS,
    PRAISE,
)
from penchant.data.words import EVENT_SCHEMA, Catalog, Dataset, People

PARTS = 5
"""Items of a series."""
DAY = 86_400_000_000
"""µs"""
START = 1_640_995_200_000_000
"""2022-01-01, µs."""
DAYS = 730
CONTINUES = 0.7
"""How often somebody goes on with the series of their last item."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What the events are drawn from."""

    genre_of_series: NDArray[np.int64]
    """(n_series,)"""
    item_of_part: NDArray[np.int64]
    """(n_series, PARTS) rows of the catalogue"""
    appeal: NDArray[np.float64]
    """(n_series,) how often a series is begun, relative to others"""
    quality: NDArray[np.float64]
    """(n_items,) in stars, around 0"""
    tastes: NDArray[np.float64]
    """(n_people, n_genres) rows sum to 1"""


def mini_world(seed: int = 0, *, scale: float = 1.0, n_users: int | None = None) -> Dataset:
    """200 people, 150 items and about 4,500 events over two years; the same for the same seed.

    Columns: events with times, ratings (1 to 5) and short reviews; items with title, description,
    categories, price, year, series, part, author; people with age, gender and locale. Tables:
    ``triples`` (head, relation, tail), ``entities`` (item, entity) and ``ties`` (user, friend).

    Args:
        seed: Of all draws.
        scale: Multiplies the numbers of people and of items.
        n_users: People, whatever the scale.

    >>> import penchant as pn
    >>> data = pn.data.mini_world()
    >>> len(data.people), len(data.catalog), data.has_times
    (200, 150, True)
    """
    if not scale > 0 or (n_users is not None and n_users < 1):
        raise UsageError(f"scale={scale}, n_users={n_users}: need at least one person and one item")
    run = Run(seed=seed)
    people = round(200 * scale) if n_users is None else n_users
    series = max(len(GENRES), round(30 * scale))
    table, attributes = _items(series, run), _people(max(1, people), run)
    world = _world(table, attributes, run)
    return Dataset(
        Catalog(Ids(table["id"]), table.drop("genre_row", "series_row")),
        People(Ids(attributes["id"]), attributes),
        _events(world, table, run),
        name="mini-world",
        tables={
            "triples": _triples(table),
            "entities": table.select(item=pl.int_range(pl.len(), dtype=pl.Int32), entity="id"),
            "ties": _ties(world, run),
        },
    )


def _items(n_series: int, run: Run) -> pl.DataFrame:
    rng = run.rng("mini_world.items")
    n = n_series * PARTS
    rows = []
    names: set[str] = set()
    for series in range(n_series):
        genre = GENRES[series % len(GENRES)]
        name = f"{rng.choice(genre.adjectives)} {rng.choice(genre.nouns)}"
        # A taken name gets a number: titles tell items apart at every scale.
        name = name if name not in names else f"{name} {len(names) + 1}"
        names.add(name)
        author = f"{rng.choice(GIVEN_NAMES)} {rng.choice(FAMILY_NAMES)}"
        first_year = int(rng.integers(2005, 2018))
        for part in range(1, PARTS + 1):
            about = str(rng.choice(OPENINGS)).format(
                part=part,
                subject=genre.subject,
                subject_capital=genre.subject[0].upper() + genre.subject[1:],
            )
            rows.append(
                {
                    "title": f"The {name}, part {part}",
                    "description": f"{about} {rng.choice(FACES)}",
                    "categories": ["books", genre.name],
                    "price": round(genre.price * float(rng.uniform(0.7, 1.5)), 2),
                    "year": first_year + part - 1,
                    "series": f"The {name}",
                    "part": part,
                    "author": author,
                    "genre_row": series % len(GENRES),
                    "series_row": series,
                }
            )
    order = rng.permutation(n)
    shuffled = pl.DataFrame(rows)[order]
    room = 90_000 if n <= 90_000 else 10 * n
    ids = pl.Series("id", [f"b{number:05d}" for number in rng.permutation(room)[:n] + 10_000])
    return shuffled.insert_column(0, ids)


def _people(n: int, run: Run) -> pl.DataFrame:
    rng = run.rng("mini_world.people")
    return pl.DataFrame(
        {
            "id": [f"u{number:06d}" for number in rng.permutation(900_000)[:n] + 100_000],
            "age": rng.integers(16, 80, n),
            "gender": rng.choice(GENDERS, n, p=(0.48, 0.48, 0.04)),
            "locale": rng.choice(LOCALES, n, p=(0.55, 0.2, 0.15, 0.1)),
        }
    )


def _world(table: pl.DataFrame, people: pl.DataFrame, run: Run) -> World:
    rng = run.rng("mini_world.tastes")
    by_part = table.with_row_index("row").sort("series_row", "part")
    genres = by_part["genre_row"].to_numpy()[::PARTS].astype(np.int64)
    n_series = len(genres)
    # Mystery, space, romance, cooking, history, nature: half of the world leans by age.
    young = np.array([1.0, 2.0, 1.8, 0.6, 0.5, 1.0])
    old = np.array([1.0, 0.5, 0.7, 1.6, 2.0, 1.0])
    weight = np.clip((people["age"].to_numpy()[:, None] - 16) / 64, 0, 1)
    lean = 0.35 * ((1 - weight) * young + weight * old)
    tastes = rng.gamma(lean) + 1e-3
    return World(
        genres,
        by_part["row"].to_numpy().reshape(n_series, PARTS).astype(np.int64),
        rng.permutation(1.0 / np.arange(1, n_series + 1) ** 0.8),
        rng.normal(0, 0.5, len(table)),
        tastes / tastes.sum(1, keepdims=True),
    )


def _events(world: World, table: pl.DataFrame, run: Run) -> pl.DataFrame:
    rng = run.rng("mini_world.events")
    n_people = len(world.tastes)
    lengths = 6 + np.minimum(rng.geometric(1 / 17, n_people), 60)
    begins = rng.uniform(0, DAYS * 0.85, n_people)
    users, items, times = [], [], []
    for user in range(n_people):
        gaps = rng.exponential((DAYS - begins[user]) / lengths[user], lengths[user])
        days = begins[user] + np.cumsum(gaps)
        days = days[days < DAYS] if (days < DAYS).sum() >= 4 else begins[user] + np.arange(4.0)
        for day, item in zip(days, _walk(world, user, days, rng), strict=False):
            users.append(user)
            items.append(item)
            times.append(START + int(day * 86_400) * 1_000_000)
    rows = np.array(users), np.array(items)
    ratings = _ratings(world, table, rows[0], rows[1], rng)
    frame = pl.DataFrame(
        {
            "user": rows[0],
            "item": rows[1],
            "time": times,
            "rating": ratings,
            "kind": ["bought"] * len(users),
            "review": _reviews(table, rows[1], ratings, run),
        }
    )
    typed = [pl.col(name).cast(dtype) for name, dtype in EVENT_SCHEMA.items()]
    return frame.with_columns(typed).sort("user", "time", maintain_order=True)


def _walk(
    world: World, user: int, days: NDArray[np.float64], rng: np.random.Generator
) -> list[int]:
    """The items that one person takes, in order; each at most once."""
    n_series = len(world.genre_of_series)
    read = np.zeros(n_series, np.int64)
    months = (days / 365.25 * 12) % 12
    peaks = np.array([genre.peak_month - 1 for genre in GENRES])
    series, walked = -1, []
    for month in months:
        if series < 0 or read[series] >= PARTS or rng.random() >= CONTINUES:
            away = np.minimum((month - peaks) % 12, (peaks - month) % 12)
            liked = world.tastes[user] * np.exp(-away / 2.0)
            weights = liked[world.genre_of_series] * world.appeal * (read < PARTS)
            if weights.sum() == 0:
                break
            series = int(np.searchsorted(np.cumsum(weights), rng.random() * weights.sum()))
        walked.append(int(world.item_of_part[series, read[series]]))
        read[series] += 1
    return walked


def _ratings(
    world: World,
    table: pl.DataFrame,
    users: NDArray[np.int64],
    items: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    taste = world.tastes[users, table["genre_row"].to_numpy()[items]]
    stars = 2.8 + 2.0 * taste + world.quality[items] + rng.normal(0, 0.6, len(users))
    return np.asarray(np.clip(np.round(stars), 1, 5), np.float32)


def _reviews(
    table: pl.DataFrame, items: NDArray[np.int64], ratings: NDArray[np.float32], run: Run
) -> list[str | None]:
    """Two people in three say something."""
    rng = run.rng("mini_world.reviews")
    genres = [GENRES[row] for row in table["genre_row"].to_list()]
    said: list[str | None] = []
    for item, rating in zip(items, ratings, strict=True):
        speaks, which, noun = rng.random(3)
        tone = PRAISE if rating >= 4 else MIXED if rating >= 3 else BLAME
        genre = genres[item]
        text = tone[int(which * len(tone))].format(
            noun=genre.nouns[int(noun * len(genre.nouns))].lower(), genre=genre.name
        )
        said.append(text if speaks < 2 / 3 else None)
    return said


def _triples(table: pl.DataFrame) -> pl.DataFrame:
    """(head, relation, tail): what each item is part of, who wrote it, what it is about."""
    parts = [
        table.select(head="id", relation=pl.lit("series"), tail="series"),
        table.select(head="id", relation=pl.lit("author"), tail="author"),
        table.select(head="id", relation=pl.lit("genre"), tail=pl.col("categories").list.get(1)),
    ]
    return pl.concat(parts)


def _ties(world: World, run: Run) -> pl.DataFrame:
    """(user, friend): three people each, those of like taste rather than others; both ways."""
    rng = run.rng("mini_world.ties")
    n = len(world.tastes)
    unit = world.tastes / np.linalg.norm(world.tastes, axis=1, keepdims=True)
    pairs = set()
    for user in range(n):
        likeness = np.exp(4 * (unit @ unit[user]))
        likeness[user] = 0
        share = likeness / likeness.sum() if n > 1 else likeness
        for friend in rng.choice(n, min(3, n - 1), replace=False, p=share) if n > 1 else ():
            pairs |= {(user, int(friend)), (int(friend), user)}
    return pl.DataFrame(sorted(pairs), {"user": pl.Int32, "friend": pl.Int32}, orient="row")
