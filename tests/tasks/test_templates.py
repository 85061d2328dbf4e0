"""Prompt files: what ships, and what is refused with place and advice."""

import contextlib
import json
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.core import DataError, UnknownName, UsageError
from penchant.tasks import (
    FAMILIES,
    SLOTS,
    parse_template,
    read_template,
    template,
    templates,
)

OF_P5 = {
    "rating": 10,
    "sequential": 13,
    "explanation": 12,
    "review": 4,
    "direct": 8,
    "zero-shot": 7,
}
"""Geng et al., RecSys 2022: 1-1 to 1-10, 2-1 to 2-13 and so on, Z-1 to Z-7."""

HEAD = """+++
family = "rating"
name = "rating-99"
version = 1
slots = ["user", "item", "rating"]
target = "{{ rating }}"
answer = "rating"
seen = true
+++
How does {{ user }} rate {{ item }}?
"""
FILE = "rating-99@1.jinja"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_as_many_ways_to_ask_as_in_p5(family):
    assert len(templates(family)) >= OF_P5[family]


@pytest.mark.parametrize("family", FAMILIES)
def test_one_or_two_of_a_family_are_held_back(family):
    assert 1 <= len(templates(family, seen=False)) <= 2
    seen = templates(family, seen=True)
    assert {*seen} | {*templates(family, seen=False)} == {*templates(family)}
    assert all(made.seen for made in seen)


def test_no_two_templates_ask_the_same():
    texts = [re.sub(r"\W+", " ", made.source.lower()) for made in templates()]
    assert len(set(texts)) == len(texts)


def test_templates_come_by_family_and_number():
    names = [made.name for made in templates("sequential")]
    assert names == [f"sequential-{number}" for number in range(1, len(names) + 1)]
    assert [made.family for made in templates()] == sorted(
        (made.family for made in templates()), key=FAMILIES.index
    )


def test_ten_seen_and_one_unseen_ask_for_the_next_item_of_a_history_and_of_a_person():
    for family in ("sequential", "direct"):
        plain = [
            made
            for made in templates(family)
            if made.answer == "item" and "candidates" not in made.slots
        ]
        assert sum(made.seen for made in plain) >= 10
        assert sum(not made.seen for made in plain) >= 1


@pytest.mark.parametrize("made", templates(), ids=lambda made: made.key)
def test_a_template_asks_and_replies(made):
    lists = {"candidates", "history", "rated_history"}
    values = {slot: [f"~{slot}~"] if slot in lists else f"~{slot}~" for slot in made.slots}
    said = made.ask(values) + made.reply(values)
    assert [slot for slot in made.slots if f"~{slot}~" not in said] == []
    assert set(made.slots) == {*made.asked_slots, *made.replied_slots} <= set(SLOTS)
    assert not set(made.replied_slots) & set(made.asked_slots) & {"rating", "answer", "choice"}


def test_a_name_with_and_without_version():
    assert template("sequential-3") is not None
    assert template("sequential-3@1") == template("sequential-3")
    assert template("sequential-3").key == "sequential-3@1"
    with pytest.raises(UnknownName, match="did you mean 'sequential-"):
        template("sequental-3")
    with pytest.raises(UnknownName):
        template("sequential-3@99")
    with pytest.raises(UnknownName, match="did you mean 'rating'"):
        templates("ratings")


def test_a_template_is_a_value():
    with pytest.raises(FrozenInstanceError):
        template("rating-1").seen = False  # type: ignore[misc]
    assert len({template("rating-1"), template("rating-1")}) == 1


def test_files_are_read_when_they_are_asked_for():
    code = """
import json, pathlib
read, real = [], pathlib.Path.read_text
def watched(self, *args, **options):
    read.extend([self.name] * (self.suffix == ".jinja"))
    return real(self, *args, **options)
pathlib.Path.read_text = watched
from penchant.tasks import template
before = list(read)
template("rating-1"), template("rating-1")
print(json.dumps([before, read]))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [[], ["rating-1@1.jinja"]]


def test_a_file_of_ones_own(tmp_path):
    file = tmp_path / FILE
    file.write_text(HEAD)
    made = read_template(file)
    assert made.ask({"user": "Ann", "item": "Emma"}) == "How does Ann rate Emma?"
    assert made.reply({"rating": "4"}) == "4"
    with pytest.raises(DataError, match="cannot be read"):
        read_template(tmp_path / "missing.jinja")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="UTF-8"):
        read_template(file)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("+++\nfamily", "family", r"jinja:1: no front matter; wanted TOML between two lines"),
        ('"rating-99"', '"rating-99', r"jinja:3: the front matter is not TOML"),
        ("seen = true\n", "", r"seen is missing; wanted true"),
        ("seen = true", 'seen = "yes"', r"seen = 'yes'; wanted true"),
        ("version = 1", "version = true", r"version = True; wanted a whole number"),
        ("version = 1", "version = 0", r"version = 0; wanted a whole number from 1"),
        ('family = "rating"', 'family = "ratings"', r"family = 'ratings'; wanted one of rating"),
        ('answer = "rating"', 'answer = "stars"', r"answer = 'stars'; wanted one of item"),
        ('name = "rating-99"', 'name = "other-99"', r"name = 'other-99'; wanted the family"),
        ("seen =", "seem =", r"has 'seem'; did you mean 'seen'"),
        ('"{{ rating }}"', '" "', r"target = ' '; wanted the right answer"),
        ("How does {{ user }} rate {{ item }}?", "", r"jinja:10: the prompt is empty"),
        ("{{ item }}", "{{ itm }}", r"jinja:10: no slot 'itm'; did you mean 'item'"),
        ('"item", ', "", r"jinja:10: slot 'item' is used and not declared"),
        ('"item", ', '"item", "title", ', r"slot 'title' is declared and not used"),
        ('"item", ', '"item", "tilte", ', r"no slot 'tilte'; did you mean 'title'"),
        ("{{ item }}", "\n{% if item %}", r"jinja:11: [\s\S]*wanted Jinja"),
        ("{{ item }}", "{{ item | shout }}", r"jinja:10: No filter named 'shout'"),
        ("{{ item }}", "{{ item.__class__.__mro__ }}", r"cannot be filled: [\s\S]*unsafe"),
        ("{{ item }}", "{{ item }}{% include 'x' %}", r"cannot be filled"),
        ("{{ item }}", "{{ item }}\n{{ 'x' * 1000000000 }}", r"jinja:11: calls or multiplies"),
        ("{{ item }}", "{{ item.center(1000000000) }}", r"jinja:10: calls or multiplies"),
        ("{{ item }}", "{{ item | center(1000000000) }}", r"jinja:10: No filter named 'center'"),
        ("{{ item }}", "{{ " + "(" * 5_000, r"nested too deeply"),
        ("version = 1", "version = " + "[" * 5_000, r"nested too deeply"),
        ('["user", ', '[7, "user", ', r"slots = \[7, 'user'"),
        ('["user", ', '["(user", "user", ', r"no slot '\(user'; did you mean 'user'"),
    ],
)
def test_a_broken_file_is_refused_with_place_and_advice(old, new, said):
    assert old in HEAD
    with pytest.raises(DataError, match=said) as refused:
        parse_template(HEAD.replace(old, new, 1), FILE)
    assert FILE in str(refused.value)
    assert "hint: " in str(refused.value)


PIECES = ("{{", "}}", "{% if", "%}", "|", "(", ")", '"', "'", "+++", "\n", "=", "item", "\0", "é")


@given(
    st.lists(
        st.tuples(st.integers(0, len(HEAD)), st.integers(0, 12), st.sampled_from(PIECES)),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_a_file_says_it_is_read_or_refused(changes):
    text = HEAD
    for place, cut, piece in changes:
        text = text[:place] + piece + text[place + cut :]
    with contextlib.suppress(DataError):
        assert parse_template(text, FILE).key == "rating-99@1"


def test_a_file_is_called_as_its_template():
    with pytest.raises(DataError, match=r"call it rating-99@1\.jinja"):
        parse_template(HEAD, "rating-98@1.jinja")


def test_a_missing_value_is_named():
    with pytest.raises(UsageError, match="rating-99@1 needs item: the words of the item"):
        parse_template(HEAD, FILE).ask({"user": "Ann"})


def test_values_are_never_read_as_templates():
    made = parse_template(HEAD, FILE)
    trick = "{{ user }}{% for x in range(9) %}x{% endfor %}"
    assert made.ask({"user": "Ann", "item": trick}) == f"How does Ann rate {trick}?"
