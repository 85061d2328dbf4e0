"""What the books hold, in sums; and how a part of it is forgotten."""

from collections.abc import Mapping
from pathlib import Path

from penchant.core import UnknownName
from penchant.language.books.file import connect, explained, transaction

GROUPS = {
    "model": "model",
    "prompt": "template",
    "verb": "verb",
    "account": "account",
    "day": "date(at, 'unixepoch')",
}
"""What calls can be summed by, and how SQLite says it."""

Row = Mapping[str, str | float]


def sum_calls(file: Path, by: str = "model") -> list[Row]:
    """What was asked, by group; the dearest first.

    Returns:
        For each group its name, ``calls`` that were made, ``failed`` of them, ``kept`` answers,
        ``prompt_tokens``, ``completion_tokens``, ``seconds``, ``cost``.

    Raises:
        UnknownName: Calls cannot be summed by that.
        StorageError: The file holds no books.
    """
    if by not in GROUPS:
        raise UnknownName("group of calls", by, GROUPS)
    sums = (
        "count(*) AS calls, sum(failure != '') AS failed, sum(kept) AS kept, "
        "sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens, "
        "sum(seconds) AS seconds, sum(cost) AS cost"
    )
    asked = (
        f"SELECT {GROUPS[by]} AS grouped, {sums} FROM calls GROUP BY grouped "
        "ORDER BY cost DESC, prompt_tokens + completion_tokens DESC, grouped"
    )
    connection = connect(file, must_exist=True)
    try:
        with explained(file):
            found = connection.execute(asked)
            names = [by, *(column[0] for column in found.description[1:])]
            return [dict(zip(names, row, strict=True)) for row in found]
    finally:
        connection.close()


def count_failures(file: Path) -> dict[str, int]:
    """How many calls failed, by kind."""
    connection = connect(file, must_exist=True)
    try:
        with explained(file):
            asked = "SELECT failure, count(*) FROM calls WHERE failure != '' GROUP BY failure"
            return dict(connection.execute(asked).fetchall())
    finally:
        connection.close()


def forget_answers(file: Path, *, prompt: str = "", model: str = "") -> int:
    """Answers of the books that are to be asked anew; what they cost stays on the books.

    Args:
        file: The books.
        prompt: Of this prompt: ``name``, or ``name@version``; empty: of all.
        model: Of this model, by name or fingerprint; empty: of all.

    Returns:
        How many answers were forgotten. Their words are overwritten.

    Raises:
        StorageError: The file holds no books, or cannot be written.
    """
    connect(file, must_exist=True).close()
    connection = connect(file)
    chosen = (
        "kept AND (:prompt = '' OR template = :prompt OR template GLOB :prompt || '[@#]*') "
        "AND (:model = '' OR model = :model OR fingerprint = :model)"
    )
    try:
        with explained(file):
            connection.execute("PRAGMA secure_delete=ON")
            with transaction(connection):
                done = connection.execute(
                    f"UPDATE calls SET kept = 0, text = '', numbers = x'' WHERE {chosen}",
                    {"prompt": prompt, "model": model},
                )
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return done.rowcount
    finally:
        connection.close()
