"""Prompts out of five parts: BookGPT's own can be built from them, word for word."""

import pytest

from penchant.core import DataError, UsageError
from penchant.prompting import FiveParts, prompt

ROLE = "Suppose you are a book rating expert who is skilled in rating different books."
FORM = "Only the score between 0 and 10 points needs to be output,"
BOUNDARY = "without any other textual explanation."
SCORED = [
    {"title": "Nineteen Eighty-Four", "author": "George Orwell", "score": "9.4"},
    {"title": "Harry Potter", "author": "J.K.Rowling", "score": "9.7"},
]


def told(filled) -> str:
    return " ".join(filled.messages[-1].content.split())


def test_the_zero_shot_prompt_of_bookgpt_is_made_of_its_parts():
    parts = FiveParts(
        role=ROLE, task="Please rate the book named: {{ title }}.", form=FORM, boundary=BOUNDARY
    )
    built = parts.template("rate-book").fill(title="Emma")
    assert told(built) == told(prompt("book-rate-zero-shot").fill(title="Emma"))


def test_the_few_shot_prompt_of_bookgpt_is_made_of_its_parts():
    parts = FiveParts(
        role=ROLE,
        examples_before="Examples of rating results for some known books are as follows:",
        example="({{ loop.index }}) {{ row.title }}, Author: {{ row.author }}, "
        "Score: {{ row.score }}",
        columns={"title": "of a book", "author": "of it", "score": "of it"},
        task='Please rate the book "{{ title }}" written by {{ author }}.',
        form=FORM,
        boundary=BOUNDARY,
    )
    made = parts.template("rate-book-by-examples")
    asked = {"title": "Emma", "author": "Jane Austen"}
    shown = prompt("book-rate-few-shot").fill(rated=SCORED, **asked)
    assert told(made.fill(examples=SCORED, **asked)) == told(shown)
    without = told(made.fill(**asked))
    assert without.startswith(ROLE + " Please rate")
    assert "Examples" not in without


def test_the_preference_prompt_of_bookgpt_is_made_of_its_parts():
    parts = FiveParts(
        role="Assuming you are a professional book user preference modeling expert, you need to "
        "rate User A's preferences on different books, with a rating range of 1-5 points. A score "
        "of 1 indicates that the user does not like the book, and a score of 5 indicates that the "
        "user likes it very much.",
        examples_before="Known user A's rating results for some books are as follows:",
        example="({{ loop.index }}) {{ row.title }}, Author: {{ row.author }}, "
        "Score: {{ row.score }}",
        columns={"title": "of a book", "author": "of it", "score": "for it"},
        task="Please rate the following books and predict User A's preferences for these books. "
        "(1) {{ title }}, Author: {{ author }}",
        form="The output result does not require any textual explanation,",
        boundary="only the scoring and retaining 2 significant digits.",
    )
    asked = {"title": "The Alchemist", "author": "Paulo Coelho"}
    shown = prompt("book-preference-few-shot").fill(rated=SCORED, asked=[asked])
    assert told(parts.template("prefer").fill(examples=SCORED, **asked)) == told(shown)


def test_a_role_can_be_told_apart():
    parts = FiveParts(role='You are "{{ who }}".', task="Answer {{ question }}", system=True)
    made = parts.template("ask", slots={"who": "a name"}, defaults={"who": "Ann"})
    filled = made.fill(question="why?")
    assert [(one.role, one.content) for one in filled.messages] == [
        ("system", 'You are "Ann".'),
        ("user", "Answer why?"),
    ]
    with pytest.raises(UsageError, match="ask@1 needs question"):
        made.fill(who="Bob")


def test_another_part_is_another_prompt():
    one = FiveParts(task="Rate {{ title }}").template("rate-it")
    two = FiveParts(task="Rate {{ title }}", boundary="Only that.").template("rate-it")
    assert one.key == two.key
    assert one.template != two.template


def test_parts_are_held_to_the_rules_of_files():
    with pytest.raises(DataError, match="calls or multiplies"):
        FiveParts(task="{{ 'x' * 1000000 }}").template("rate-it")
    with pytest.raises(DataError, match=r"role: .*wanted Jinja"):
        FiveParts(role="{{ who", task="Rate.").template("rate-it")
    with pytest.raises(DataError, match="protected attribute"):
        FiveParts(task="Guess the gender of {{ who }}").template("rate-it")
    with pytest.raises(DataError, match="wanted small letters"):
        FiveParts(task="Rate.").template("Rate it")
    with pytest.raises(DataError, match=r"cannot be filled"):
        FiveParts(task="Rate.", example="{{ row.titel }}", columns={"title": "x"}).template("r")
