"""How the files of each published data set are read; one function, one family of files."""

import gzip
import html
import io
import zipfile
from pathlib import Path

import numpy as np
import polars as pl

from penchant.data.assemble import assemble, sequences
from penchant.data.text_files import (
    atomic_table,
    backslashed_table,
    lines_of_numbers,
    numbered_lines,
    plain_table,
    year_in_title,
)
from penchant.data.words import Dataset

SECOND = 1_000_000
"""µs"""


def movielens_100k(folder: Path, name: str, triples: Path | None = None) -> Dataset:
    """RecBole's atomic files; ``triples``: where those of Freebase lie, if they could be had."""
    events, items, people = (
        atomic_table(folder / f"ml-100k.{part}") for part in ("inter", "item", "user")
    )
    return assemble(
        events.select(
            user="user_id",
            item="item_id",
            time=pl.col("timestamp").cast(pl.Float64).cast(pl.Int64) * SECOND,
            rating=pl.col("rating").cast(pl.Float32),
        ),
        items=items.select(
            id="item_id",
            title="movie_title",
            categories=pl.col("class").str.split(" "),
            year=pl.col("release_year").cast(pl.Int32, strict=False),
        ),
        people=people.select(
            "gender", "occupation", "zip_code", id="user_id", age=pl.col("age").cast(pl.Int32)
        ),
        name=name,
        tables={} if triples is None else _freebase(triples),
    )


def _freebase(folder: Path) -> dict[str, pl.DataFrame]:
    triples, links = (atomic_table(folder / f"ml-100k.{part}") for part in ("kg", "link"))
    return {
        "triples": triples.select(head="head_id", relation="relation_id", tail="tail_id"),
        "entities": links.select(item="item_id", entity="entity_id"),
    }


def amazon_sequences(folder: Path, name: str) -> Dataset:
    """S3-Rec's ``user item item …``; titles and ASINs where there are any."""
    users, histories = numbered_lines(folder / "sequential.txt")
    events = sequences(histories).with_columns(
        user=pl.Series(np.repeat(users, histories.lengths)).cast(pl.String)
    )
    items = None
    if (folder / "items.tsv").exists():
        table = pl.read_csv(folder / "items.tsv", separator="\t", infer_schema=False)
        paths = pl.col("categories_json").str.json_decode(pl.List(pl.List(pl.String)))
        items = table.select(
            "asin",
            id="item_id",
            title="title",
            # The paths of an item mostly share their beginning: each name is kept once.
            categories=paths.list.eval(pl.element().explode()).list.unique(maintain_order=True),
        )
    else:
        numbers = np.arange(1, int(histories.values.max()) + 1)
        items = pl.DataFrame({"id": pl.Series(numbers).cast(pl.String)})
    return assemble(events, items=items, name=name)


def games(folder: Path, name: str) -> Dataset:
    """LLMRank's Video Games: whole histories, the last item apart."""
    lines = atomic_table(folder / "Games-6k/Games-6k.test.inter")
    whole = lines.select(
        "user_id", item=(pl.col("item_id_list") + " " + pl.col("item_id")).str.split(" ")
    )
    items = atomic_table(folder / "Games/Games.item").select(id="item_id", title="title")
    return assemble(whole.select("item", user="user_id").explode("item"), items=items, name=name)


def movielens_small(folder: Path, name: str) -> Dataset:
    """Ratings, genres and free tags; overviews from TMDB for a third of the movies."""
    ratings, movies, links, tags, tmdb = (
        pl.read_csv(folder / f"{part}.csv", infer_schema=False)
        for part in ("ratings", "movies", "links", "tags", "tmdb_5000_movies")
    )
    overviews = links.join(tmdb.select(tmdbId="id", description="overview"), on="tmdbId")
    items = movies.join(overviews, on="movieId", how="left", maintain_order="left").select(
        "title",
        "description",
        id="movieId",
        categories=pl.col("genres").str.split("|"),
        year=year_in_title(),
    )
    stamp = pl.col("timestamp").cast(pl.Int64) * SECOND
    events = ratings.select(
        user="userId", item="movieId", time=stamp, rating=pl.col("rating").cast(pl.Float32)
    )
    said = tags.select("tag", user="userId", item="movieId", time=stamp)
    return assemble(events, items=items, name=name, tables={"tags": said})


def lastfm(folder: Path, name: str) -> Dataset:
    """HetRec's listening counts (as ratings) with MKR's triples."""
    counts = pl.read_csv(folder / "user_artists.dat", separator="\t", infer_schema=False)
    return assemble(
        counts.select(
            user="userID",
            item="artistID",
            rating=pl.col("weight").cast(pl.Float32),
            kind=pl.lit("listened"),
        ),
        name=name,
        tables={
            "triples": plain_table(folder / "kg.txt", ["head", "relation", "tail"]),
            "entities": plain_table(folder / "item_index2entity_id.txt", ["item", "entity"]),
        },
    )


def diginetica(folder: Path, name: str) -> Dataset:
    """Training sessions; each session is a user."""
    return assemble(sequences(lines_of_numbers(folder / "all_train_seq.txt")), name=name)


def anime(folder: Path, name: str) -> Dataset:
    """Explicit ratings of MyAnimeList; genres and kinds."""
    with zipfile.ZipFile(folder / "anime.zip") as zipped:
        ratings, info = (
            pl.read_csv(
                zipped.read(f"anime/{part}.dat"),
                separator="\t",
                infer_schema=False,
                quote_char=None,
            )
            for part in ("anime_ratings", "anime_info")
        )
    items = info.select(
        id="anime_ids",
        title=pl.col("name").map_elements(html.unescape, pl.String),
        categories=pl.col("genre").str.split(", "),
        medium="type",
    )
    events = ratings.select(
        user="User_ID", item="Anime_ID", rating=pl.col("Feedback").cast(pl.Float32)
    )
    return assemble(events, items=items, name=name)


def book_crossing(folder: Path, name: str) -> Dataset:
    """All ratings (0 = implicit, here without a rating), books, people, MKR's triples."""
    ratings, books, users = (
        backslashed_table(folder / f"BX-{part}.csv") for part in ("Book-Ratings", "Books", "Users")
    )
    stars = pl.col("Book-Rating").cast(pl.Float32)
    events = ratings.select(
        user="User-ID", item="ISBN", rating=pl.when(stars > 0).then(stars), kind=pl.lit("read")
    )
    titles = books["Book-Title"].map_elements(html.unescape, pl.String)
    items = books.with_columns(titles).select(
        id="ISBN",
        title="Book-Title",
        author="Book-Author",
        publisher="Publisher",
        year=pl.col("Year-Of-Publication").cast(pl.Int32, strict=False),
        image="Image-URL-L",
    )
    people = users.select(
        id="User-ID", location="Location", age=pl.col("Age").cast(pl.Int32, strict=False)
    )
    read = people.join(events.select(id="user").unique(), on="id", how="semi")
    return assemble(
        events,
        items=items.unique("id", keep="first", maintain_order=True),
        people=read,
        name=name,
        tables={
            "triples": plain_table(folder / "kg_mkr/kg.txt", ["head", "relation", "tail"]),
            "entities": plain_table(folder / "kg_mkr/item_index2entity_id.txt", ["item", "entity"]),
        },
    )


def amazon_reviews(folder: Path, name: str) -> Dataset:
    """JSON lines of Amazon 2018; repeated reviews once, names of reviewers left out."""
    with gzip.open(folder / "All_Beauty_5.json.gz") as file:
        lines = pl.read_ndjson(io.BytesIO(file.read()), infer_schema_length=None)
    events = lines.select(
        "summary",
        user="reviewerID",
        item="asin",
        time=pl.col("unixReviewTime").cast(pl.Int64) * SECOND,
        rating=pl.col("overall").cast(pl.Float32),
        review="reviewText",
    ).unique(maintain_order=True, subset=["user", "item", "review"])
    return assemble(events, name=name)
