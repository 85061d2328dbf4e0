"""From a log and a catalogue in CSV files to recommendations with filters and reasons.

Takes seconds: ``python examples/shop.py``. The files are written first, from a generated bookshop,
so that there is something to read; with files of your own, begin at ``pn.data.read``.
"""

import tempfile
from pathlib import Path

import polars as pl

import penchant as pn


def write_files(folder: Path) -> None:
    """``log.csv`` and ``catalogue.csv``, as a shop might export them."""
    world = pn.data.mini_world()
    people, books = world.people.table["id"], world.catalog.table["id"]
    log = world.events.select(
        customer=people.gather(world.events["user"]),
        book=books.gather(world.events["item"]),
        when=pl.from_epoch("time", time_unit="us").dt.to_string("iso:strict"),
    )
    log.write_csv(folder / "log.csv")
    world.catalog.table.select(pl.col("id").alias("book"), "title", "year", "price").write_csv(
        folder / "catalogue.csv"
    )


def main() -> None:
    """Reads, fits, recommends, explains, saves."""
    folder = Path(tempfile.mkdtemp())
    write_files(folder)
    data = pn.data.read(
        folder / "log.csv",
        items=folder / "catalogue.csv",
        mapping={"user": "customer", "item": "book", "time": "when"},
    )
    print(f"{len(data.events)} events of {len(data.people)} people and {len(data.catalog)} books")

    model = pn.fit(pn.CoVisit(), data)
    reader = data.people.table["id"][0]
    best = model.recommend(users=[reader], k=3, where="price < 20 and year >= 2000")
    print(best)

    asked = model.ask(users=[reader] * len(best))
    print(model.evidence(asked, best["item"].to_list(), k=1).select("item", "because", "title"))

    model.save(folder / "model")
    again = pn.load(folder / "model").recommend(users=[reader], k=3)
    print(f"the same after loading: {again.equals(model.recommend(users=[reader], k=3))}")


if __name__ == "__main__":
    main()
