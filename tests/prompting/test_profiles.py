"""Profiles: from training alone, without protected attributes, each value checked."""

import json

import polars as pl
import pytest

import penchant as pn
from penchant.core import Run, UsageError
from penchant.language import ScriptedLM
from penchant.prompting import genres_of, with_profiles, write_profiles

ANSWER = (
    "{age: 30, liked genre: space|history|cooking, disliked genre: cooking, liked directors: Ann}"
)


@pytest.fixture(scope="module")
def split():
    return pn.data.split_time(pn.data.mini_world())


def heard(path):
    return [json.loads(line)["text"] for line in path.read_text().splitlines()]


def test_a_profile_is_made_of_training_and_of_nothing_else(split, tmp_path):
    path = tmp_path / "heard"
    write_profiles(ScriptedLM(heard=str(path)), split.train, range(40), run=Run(), max_history=500)
    titles = split.train.catalog.titles()
    histories = split.train.histories().items
    asked = [user for user in range(40) if len(histories[user])]
    held_out = dict(
        zip(split.test.queries.users.tolist(), map(list, split.test.relevant), strict=True)
    )
    checked = 0
    for user, text in zip(asked, heard(path), strict=True):
        known = {titles[item] for item in histories[user]}
        assert all(title in text for title in known)
        unknown = {titles[item] for item in held_out.get(user, [])} - known
        assert not any(f"{title} (" in text for title in unknown)
        checked += len(unknown)
    assert checked > 0


def test_protected_attributes_are_neither_asked_for_nor_kept(split, tmp_path):
    path = tmp_path / "heard"
    lm = ScriptedLM(answers=(ANSWER,), heard=str(path))
    made = write_profiles(lm, split.train, [0, 1], run=Run())
    assert "age" not in " ".join(heard(path)).casefold().split()
    assert "age" not in made.frame["trait"].to_list()
    assert made.failures["protected"] == 2


def test_protected_attributes_can_be_wanted(split):
    lm = ScriptedLM(answers=(ANSWER,))
    made = write_profiles(lm, split.train, [0], run=Run(), protected=True)
    assert made.frame.filter(trait="age")["value"].to_list() == ["30"]


def test_a_genre_that_was_never_chosen_is_not_liked_and_none_is_both(split):
    lm = ScriptedLM(answers=(ANSWER,))
    made = write_profiles(lm, split.train, range(10), run=Run(), max_history=500)
    genres, histories = genres_of(split.train.catalog), split.train.histories().items
    for user in range(10):
        chosen = {genre for item in histories[user] for genre in genres[item]}
        liked = made.frame.filter(user=user, trait="liked genre")["value"].to_list()
        assert set(liked) == {"space", "history"} & chosen
        assert made.frame.filter(user=user, trait="disliked genre").is_empty()
    assert made.failures["contradiction"] == 10


@pytest.mark.parametrize("behaviour", ["down", "wrong-key", "prose", "hostile"])
def test_a_model_that_fails_leaves_no_profile(split, behaviour):
    made = write_profiles(ScriptedLM(behaviour=behaviour), split.train, [0, 1, 2], run=Run())
    assert made.frame.is_empty()
    assert (made.n_asked, made.n_valid) == (3, 0)
    assert sum(made.failures.values()) == 3


def test_profiles_become_columns_of_the_people_table(split):
    lm = ScriptedLM(answers=("liked genre: books",))
    made = write_profiles(lm, split.train, [0, 5], run=Run(), max_history=500)
    table = with_profiles(split.train, made).people.table
    assert len(table) == len(split.train.people)
    told = table.filter(pl.col("liked genre").is_not_null())["id"].to_list()
    rows = sorted(made.frame["user"].unique().to_list())
    assert told == [split.train.people.table["id"][row] for row in rows]


def test_an_unknown_person_is_refused(split):
    with pytest.raises(UsageError, match="no person 10000"):
        write_profiles(ScriptedLM(), split.train, [10_000], run=Run())
