"""The checks of the leak audit that look into texts, tables and candidate lists."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import Ragged, Run
from penchant.data.audit_checks import Check
from penchant.data.holdout import is_among
from penchant.data.words import Dataset, Split

SAMPLE = 2_000
"""Queries that the slower checks look at."""


def check_texts(split: Split, data: Dataset | None, seed: int) -> Check:
    """Whether texts about people or items were made with test events.

    A person's text that names the answer more often than somebody else's, an item's text that names
    the person, or quotes a review that is held out. Figure: the largest excess.
    """
    test = split.test
    sample = np.arange(len(test))
    if len(sample) > SAMPLE:
        sample = Run(seed=seed).rng("audit.texts").choice(len(test), SAMPLE, replace=False)
    cases = test.take(np.sort(sample))
    profiles = _texts(split.train.people.table)
    stories = _texts(split.train.catalog.table, but=("title",))
    titles = split.train.catalog.titles()
    item_ids = split.train.catalog.ids.series().to_list()
    user_ids = split.train.people.ids.series().to_list()
    pairs = [
        (int(user), int(item))
        for user, item in zip(
            cases.slices["user"].to_numpy()[cases.relevant.rows()],
            cases.relevant.values,
            strict=True,
        )
        if user >= 0
    ]
    others = [item for _, item in pairs[1:] + pairs[:1]]
    found: list[tuple[float, str]] = []
    if profiles and pairs:
        named = [_names(profiles[u], titles[i], item_ids[i]) for u, i in pairs]
        chance = [
            _names(profiles[u], titles[i], item_ids[i])
            for (u, _), i in zip(pairs, others, strict=True)
        ]
        excess = float(np.mean(named)) - float(np.mean(chance))
        found.append((excess, "profiles name the answers of their people"))
    if stories and pairs:
        named = [_names(stories[i], user_ids[u], user_ids[u]) for u, i in pairs]
        found.append((float(np.mean(named)), "item texts name the people who are asked about them"))
        if data is not None and "review" in data.events.columns:
            found.append((_quoted(split, data, stories), "item texts quote reviews held out"))
    if not found:
        return Check("texts", "passed", 0.0, "there are no texts that could give answers away")
    figure, what = max(found)
    if figure > 0.02:
        return Check("texts", "failed", figure, f"{figure:.1%} beyond chance: {what}")
    return Check("texts", "passed", max(0.0, figure), "texts do not name what is asked")


def _texts(table: pl.DataFrame, *, but: tuple[str, ...] = ()) -> list[str]:
    """One text a row of all columns that hold text; empty when there is none."""
    parts = []
    for column, dtype in table.schema.items():
        if column == "id" or column in but:
            continue
        if dtype == pl.String:
            parts.append(pl.col(column).fill_null(""))
        elif dtype == pl.List(pl.String):
            parts.append(pl.col(column).list.join(" ").fill_null(""))
    if not parts:
        return []
    return table.select(pl.concat_str(parts, separator=" ")).to_series().to_list()


def _names(text: str, title: str, id_: str) -> bool:
    """Whether a text holds a title or an id as whole words."""
    padded = f" {text} "
    return (len(title) > 3 and title in text) or (len(id_) > 3 and f" {id_} " in padded)


def _quoted(split: Split, data: Dataset, stories: list[str]) -> float:
    """The share of held-out reviews that stand in the text of their item."""
    held = data.events.join(
        split.train_and_valid.events.select("user", "item"), on=["user", "item"], how="anti"
    ).filter(pl.col("review").str.len_chars() >= 20)
    quoted = [review in stories[item] for item, review in held.select("item", "review").iter_rows()]
    return float(np.mean(quoted)) if quoted else 0.0


def check_counts(split: Split) -> Check:
    """Whether a number in the catalogue or the people table counts the test events too.

    Figure: of those with test events, the share for which the column is the count with them.
    """
    known, answers = split.train_and_valid.events, split.test.relevant
    users = split.test.slices["user"].to_numpy()[answers.rows()]
    worst, where = 0.0, ""
    for what, table, before, held in (
        ("items", split.train.catalog.table, known["item"].to_numpy(), answers.values),
        ("people", split.train.people.table, known["user"].to_numpy(), users[users >= 0]),
    ):
        earlier = np.bincount(before, minlength=len(table))
        more = np.bincount(held, minlength=len(table))
        touched = more > 0
        for column, dtype in table.schema.items():
            if dtype.is_numeric() and touched.any():
                values = table[column].cast(pl.Float64).to_numpy()
                share = float((values == earlier + more)[touched].mean())
                if share > worst:
                    worst, where = share, f"{what}.{column}"
    if worst > 0.5:
        why = f"{where} is the number of events with the test part in {worst:.0%} of the cases"
        return Check("counts", "failed", worst, f"{why}; count again on the training part")
    return Check("counts", "passed", worst, "no column counts the test events")


def check_candidates(split: Split) -> Check:
    """Whether the place of the answer in its list of candidates, or its popularity, gives it away.

    Figure: how often the best of these guesses is right.
    """
    candidates = split.test.queries.candidates
    if candidates is None or len(split.test) == 0:
        return Check("candidates", "passed", 0.0, "the whole catalogue is ranked")
    counts = np.bincount(split.train.events["item"].to_numpy(), minlength=len(split.train.catalog))
    right = _answers_in(candidates, split.test.relevant)
    missing = (
        1 - np.bincount(candidates.rows(), right, minlength=len(split.test)).astype(bool).mean()
    )
    place = np.arange(len(right)) - np.repeat(candidates.offsets[:-1], candidates.lengths)
    from_end = np.repeat(candidates.lengths, candidates.lengths) - 1 - place
    n = len(split.test)
    placed = (
        max(np.bincount(place[right]).max(initial=0), np.bincount(from_end[right]).max(initial=0))
        / n
    )
    order = np.lexsort((-counts[candidates.values], candidates.rows()))
    filled = candidates.lengths > 0
    popular = right[order[candidates.offsets[:-1][filled]]].sum() / n
    chance = float((1 / np.maximum(1, candidates.lengths)).mean())
    said = (
        f"of {n:,} candidate lists (chance {chance:.1%}): the answer stands in one place in "
        f"{placed:.1%}, is the most popular in {popular:.1%}, is missing in {missing:.1%}"
    )
    if placed > max(0.5, 3 * chance) and chance < 0.5:
        return Check("candidates", "failed", float(placed), f"{said}: shuffle the lists")
    worst = float(max(placed, popular))
    if worst > 3 * chance and n >= 20:
        return Check("candidates", "warned", worst, f"{said}: draw candidates like the answers")
    return Check("candidates", "passed", worst, said)


def _answers_in(candidates: Ragged, relevant: Ragged) -> NDArray[np.bool_]:
    """(n_values of candidates,) whether each is an answer of its row."""
    width = 1 + max(candidates.values.max(initial=0), relevant.values.max(initial=0))
    asked = relevant.rows().astype(np.int64) * width + relevant.values
    return is_among(candidates.rows().astype(np.int64) * width + candidates.values, asked)


def check_dates(split: Split) -> Check:
    """Whether dates about people or items are later than the queries.

    Figure: the largest share of values, of those asked about, that lie after the query.
    """
    test = split.test
    if test.queries.now is None:
        return Check("dates", "passed", None, "there are no times to compare dates with")
    rows = test.relevant.rows()
    now = pl.Series("now", test.queries.now).cast(pl.Datetime("us"))
    users = test.slices["user"].to_numpy()
    known = users >= 0
    worst, where = 0.0, ""
    for what, table, of, at in (
        ("people", split.train.people.table, users[known], now.filter(pl.Series(known))),
        ("items", split.train.catalog.table, test.relevant.values, now.gather(rows)),
    ):
        for column, dtype in table.schema.items():
            if dtype in (pl.Date, pl.Datetime) and len(of):
                dates = table[column].gather(of)
                plain = dates.dt.replace_time_zone(None) if dtype == pl.Datetime else dates
                later = (plain.cast(pl.Datetime("us")) > at).fill_null(False).to_numpy()
                share = float(later.mean())
                if share > worst:
                    worst, where = share, f"{what}.{column}"
    if where.startswith("people") and worst > 0.01:
        why = (
            f"{where} is later than the query in {worst:.1%} of the cases: it was known only later"
        )
        return Check("dates", "failed", worst, why)
    if worst > 0:
        return Check("dates", "warned", worst, f"{where} is later than the query in {worst:.1%}")
    return Check("dates", "passed", 0.0, "no date is later than the query it belongs to")
