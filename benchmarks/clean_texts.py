"""What the redaction of persons and the search for instructions take out of texts without either.

Run: ``PENCHANT_DATA=... python benchmarks/clean_texts.py``. Titles of MovieLens 1M and of Amazon
video games; reviews of beauty products and of clothes, among which a few may really hold either.
"""

import csv
import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

from record import write_record

from penchant.language import find_instructions, redact

DATA = Path(os.environ["PENCHANT_DATA"])


def titles(file: str) -> Iterator[str]:
    """Of a table whose second column they are."""
    with gzip.open(DATA / "llmrank" / file, "rt", encoding="utf-8") as lines:
        yield from (line.rstrip("\n").split("\t")[1] for line in list(lines)[1:])


def beauty() -> Iterator[str]:
    """Reviews of beauty products."""
    with gzip.open(DATA / "amazon-all-beauty-2018-reviews" / "All_Beauty_5.json.gz") as lines:
        yield from (text for line in lines if (text := json.loads(line).get("reviewText")))


def clothes() -> Iterator[str]:
    """Reviews of clothes."""
    file = DATA / "womens-clothing-reviews" / "womens_clothing_reviews.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        yield from (text for row in csv.DictReader(lines) if (text := row["Review Text"]))


def main() -> None:
    """Counts texts, and what was found in them."""
    sources = {
        "movie titles": titles("ml-1m/ml-1m.item.gz"),
        "game titles": titles("Games/Games.item.gz"),
        "beauty reviews": beauty(),
        "clothing reviews": clothes(),
    }
    figures = {}
    for name, texts in sources.items():
        told = list(dict.fromkeys(texts))
        spoken = sum(bool(find_instructions(text)) for text in told)
        named = sum(bool(redact(text).found) for text in told)
        figures[name] = {
            "texts": len(told),
            "with_instructions": spoken,
            "with_instructions_share": spoken / len(told),
            "with_persons": named,
        }
    write_record("clean_texts", figures, note="texts, each counted once")


if __name__ == "__main__":
    main()
