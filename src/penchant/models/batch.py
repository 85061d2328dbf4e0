"""Recommendations for whole files of queries, in parts that survive an interruption."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from penchant.core import DataError, Silent, UsageError, hash_file, sweep, write_file
from penchant.evaluate import Fallbacks
from penchant.models.asking import Answer, Asked, notes_of
from penchant.models.model import Model
from penchant.models.rules import Rules
from penchant.models.tables import check_table, read_table, write_table

BATCH = 5_000
"""Queries answered, and kept, at a time."""


def recommend_file(  # noqa: PLR0913  # each is a choice of its own
    model: Model,
    queries: Path,
    out: Path,
    *,
    k: int = 10,
    where: str | None = None,
    exclude: Sequence[str] = (),
    again: bool = False,
    rules: Rules | None = None,
) -> int:
    """Answers every row of a file; returns how many recommendations were written.

    Finished parts are kept in ``OUT.parts`` until all are done: the same call continues after an
    interruption.

    Args:
        model: Who is asked; its watcher is told how it goes.
        queries: CSV, JSON lines or Parquet with a column ``user``, or a column ``history`` (a list
            of item ids, or a text with commas) and perhaps ``user`` to answer under.
        out: CSV, JSON lines or Parquet, with the columns of :meth:`Model.recommend`.
        k: As in :meth:`Model.recommend`, like the rest.
        where: A filter.
        exclude: Item ids.
        again: Whether items of the history may come back.
        rules: Of each list as a whole.

    Raises:
        DataError: The file cannot be read, or has neither column.
        UsageError: ``OUT.parts`` belongs to another question.
    """
    check_table(out)
    rows = read_table(queries)
    if not {"user", "history"} & set(rows.columns):
        raise DataError(
            f"has the columns {', '.join(rows.columns)}",
            file=queries,
            hint="name one 'user' (ids), or 'history' (item ids, oldest first)",
        )
    facts = [model.record.method, model.record.fingerprint, model.run.seed, hash_file(queries)]
    asked = [k, where, list(exclude), again, BATCH, *([str(rules)] if rules else [])]
    key = hashlib.sha256(json.dumps([facts, asked], sort_keys=True).encode()).hexdigest()
    parts = _parts(out, key)
    heard = Fallbacks.over(Silent())
    quiet = replace(model, run=replace(model.run, watch=heard.watch))
    users, items = dict[str, None](), dict[str, None]()
    for number, start in enumerate(range(0, len(rows), BATCH)):
        path = parts / f"part-{number:06d}.parquet"
        if not path.exists():
            question = _ask(quiet, rows[start : start + BATCH], start)
            answer = quiet.answer(
                question, k=k, where=where, exclude=exclude or None, again=again, rules=rules
            )
            _keep(answer, path)
            heard.count(answer.rankings)
            users.update(dict.fromkeys(answer.unknown_users))
            items.update(dict.fromkeys(answer.unknown_items))
        model.run.watch.progress("recommend", min(start + BATCH, len(rows)), len(rows))
    for note in [*notes_of(tuple(users), tuple(items)), *heard.told(model.name)]:
        model.run.watch.note(note)
    heard.warn(model.name, model.run.watch)
    files = sorted(parts.glob("part-*.parquet"))
    read = [pl.read_parquet(file) for file in files]
    frame = pl.concat(read) if read else quiet.answer(quiet.ask([])).frame
    write_table(frame, out)
    shutil.rmtree(parts)
    return len(frame)


def because(model: Model, asked: Asked, found: Answer) -> pl.DataFrame:
    """The answer with a column ``because``: the past title that speaks loudest for each item.

    Raises:
        UsageError: The method cannot tell.
    """
    real = found.rankings.items >= 0
    rows = real.nonzero()[0]
    names = found.frame["user"].to_list()
    each = Asked(names, asked.queries.take(rows))
    told = model.evidence(each, found.frame["item"].to_list(), k=1)
    named = told.select("user", "item", because="title").unique(["user", "item"], keep="first")
    return found.frame.join(named, on=["user", "item"], how="left", maintain_order="left")


def _parts(out: Path, key: str) -> Path:
    parts = out.with_name(f"{out.name}.parts")
    mark = parts / "question"
    if mark.exists() and mark.read_text(encoding="utf-8") != key:
        raise UsageError(f"{parts} holds parts of another question; remove it, or change --out")
    sweep(parts)
    if not mark.exists():
        with write_file(mark) as temporary:
            temporary.write_text(key, encoding="utf-8")
    return parts


def _keep(answer: Answer, path: Path) -> None:
    with write_file(path) as temporary:
        answer.frame.write_parquet(temporary)


def _ask(model: Model, rows: pl.DataFrame, start: int) -> Asked:
    if "history" not in rows.columns:
        return model.ask(users=rows["user"].cast(pl.String).fill_null("").to_list())
    history = rows["history"]
    if not isinstance(history.dtype, pl.List):
        history = history.cast(pl.String).fill_null("").str.split(",")
    lists = history.cast(pl.List(pl.String)).fill_null([]).to_list()
    histories = [[item.strip() for item in listed if item and item.strip()] for listed in lists]
    asked = model.ask(histories=histories)
    if "user" in rows.columns:
        return replace(asked, names=rows["user"].cast(pl.String).fill_null("").to_list())
    return replace(asked, names=[f"row{start + n + 1}" for n in range(len(rows))])
