"""Answers in the wild: what is read out of them, and what is counted."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.prompting.likeness import common_length, likeness, most_alike
from penchant.prompting.reading import KINDS, count_failures, read_order, read_titles

SHOWN = [
    "Toy Story (1995)",
    "Usual Suspects, The (1995)",
    "Heat",
    "12 Angry Men",
    "Ocean's Eleven",
    "Me, Myself & Irene",
]


@pytest.mark.parametrize(
    "text",
    [
        "3, 1, 2",
        "3 1 2",
        "3 > 1 > 2",
        "[3] > [1] > [2]",
        "[3, 1, 2]",
        "['3', '1', '2']",
        '["3", "1", "2"]',
        "[3, 1, 2",
        '{"order": [3, 1, 2]}',
        '[{"rank": 1, "id": 3}, {"rank": 2, "id": 1}, {"rank": 3, "id": 2}]',
        "```json\n[3, 1, 2]\n```",
        "1. 3\n2. 1\n3. 2",
        "1. 3, 2. 1, 3. 2",
        "1) 3\n2) 1\n3) 2",
        "1. Candidate 3\n2. Candidate 1\n3. Candidate 2",
        "1. [3] Heat\n2. [1] Toy Story\n3. [2] Big",
        "3. Heat\n1. Toy Story\n2. Big",
        "3\n1\n2",
        "Sure! Here is my ranking:\n3, 1, 2",
        "I would watch 3 first, then 1 and finally 2.",
        "<think>1, 2, 3? No.</think>3, 1, 2",
        "3、1、2",
        "\u0663, \u0661, \u0662",
        "Mi lista: 3, 1, 2.",
    ],
)
def test_an_order_is_read_from_every_form_of_list(text):
    read = read_order(text, 4)
    assert read.order.tolist() == [2, 0, 1]
    assert read.failures == {}


@pytest.mark.parametrize(
    ("text", "n", "order", "failures"),
    [
        ("", 3, [], {"unreadable": 1}),
        ("I like films about trains.", 3, [], {"unreadable": 1}),
        ("3, 3, 9", 3, [2], {"duplicate": 1, "invalid": 1}),
        ("0, 7", 3, [], {"invalid": 2, "unreadable": 1}),
        ("1, 2, 3, 4, 5", 5, [0, 1, 2, 3, 4], {"copied": 1}),
        ("1, 2, 4, 6, 7", 9, [0, 1, 3, 5, 6], {"copied": 1}),
        ("1, 2, 3, 4", 6, [0, 1, 2, 3], {}),
        ("2, 1, 3, 4, 5", 5, [1, 0, 2, 3, 4], {}),
        ("1, 2", 2, [0, 1], {}),
        ("2", 3, [1], {}),
        ("100% sure: 2", 3, [1], {}),
        ("**2**", 3, [1], {}),
        ("2 (Heat)", 3, [1], {}),
        ("I would go with number 2, then 3.", 3, [1, 2], {}),
        ('{"answer": 2}', 3, [1], {}),
        ("Answer: 2\nI took it for 3 reasons.", 3, [1], {}),
    ],
)
def test_what_is_wrong_with_an_order_is_counted_by_kind(text, n, order, failures):
    read = read_order(text, n)
    assert (read.order.tolist(), read.failures) == (order, failures)


@pytest.mark.parametrize(
    "text",
    [
        "I can't rank these 10 movies.",
        "Sorry, I cannot help. (Error 5)",
        "Error code: 5",
        "Top 3: 5",
        "I have 2 questions and 3 comments.",
        "Somewhere between 7 and 10 of them are good.",
        "It won 7 awards in 2 years, and has 4/5 stars.",
    ],
)
def test_a_number_in_a_sentence_that_chooses_nothing_is_no_order(text):
    read = read_order(text, 10)
    assert (read.order.tolist(), read.failures) == ([], {"unreadable": 1})


def test_the_numbers_of_a_list_of_titles_are_ranks():
    text = "1. Heat\n2. 12 Angry Men\n3. Toy Story (1995)"
    assert read_order(text, 6, titles=SHOWN).order.tolist() == [2, 3, 0]
    assert read_order("3, 1", 6, titles=SHOWN).order.tolist() == [2, 0]
    explained = "3, 1\n\nToy Story is warm, and Heat is long."
    assert read_order(explained, 6, titles=SHOWN).order.tolist() == [2, 0]
    assert read_order("1. Heat", 6, titles=SHOWN).order.tolist() == [2]
    assert read_order("1 is my choice", 6, titles=SHOWN).order.tolist() == [0]
    assert read_order("I would pick Heat.", 6, titles=SHOWN).order.tolist() == [2]


def test_ranks_of_invented_titles_name_no_candidates():
    read = read_order("1. Casablanca\n2. Vertigo", 6, titles=SHOWN)
    assert (read.order.tolist(), read.failures) == ([], {"invalid": 2, "unreadable": 1})
    assert read_order("1. 12 Angry Men\n2. 13 Going on 30", 20).order.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Heat\nToy Story (1995)", [2, 0]),
        ("1. Heat\n2. Toy Story (1995)", [2, 0]),
        ("- **Heat**\n- *Toy Story (1995)*", [2, 0]),
        ("['Heat', 'Toy Story (1995)']", [2, 0]),
        ("['Ocean's Eleven', 'Heat']", [4, 2]),
        ('["Heat", "Toy Story (1995)"]', [2, 0]),
        ('{"films": ["Heat", "12 Angry Men"]}', [2, 3]),
        ('[{"title": "Heat"}, {"title": "12 Angry Men"}]', [2, 3]),
        ("1. Heat - tense and long\n2. 12 Angry Men: one room", [2, 3]),
        ("Heat, Me, Myself & Irene, 12 Angry Men", [2, 5, 3]),
        ('You might like "Heat".\nAnd "12 Angry Men" too.', [2, 3]),
        ("HEAT.\n12 angry men!", [2, 3]),
        ("Here you are:\n\nHeat\n12 Angry Men", [2, 3]),
        ("3, 1", [2, 0]),
    ],
)
@pytest.mark.parametrize("mode", ["strict", "fuzzy"])
def test_titles_are_read_from_every_form_of_list(text, order, mode):
    read = read_titles(text, SHOWN, mode=mode)
    assert (read.order.tolist(), read.failures) == (order, {})


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Toy Story", [0]),
        ("The Usual Suspects", [1]),
        ("The Usual Suspectz", [1]),
        ("Toy Stroy", [0]),
        ("Oceans Eleven (2001)", [4]),
        ("I would go for Toy Story (1995) and then Heat.", [0, 2]),
    ],
)
def test_only_fuzzy_reading_forgives(text, order):
    assert read_titles(text, SHOWN, mode="fuzzy").order.tolist() == order
    strict = read_titles(text, SHOWN)
    assert strict.order.tolist() == []
    assert strict.failures["invalid"] >= 1


def test_titles_of_the_history_are_told_from_invented_ones():
    text = "Casino\nHeat\nHeat\nThe Film That Never Was"
    read = read_titles(text, SHOWN, mode="fuzzy", history=["Casino", "Heat"])
    assert read.order.tolist() == [2]
    assert read.failures == {"duplicate": 1, "history": 1, "invalid": 1}


def test_a_title_that_fits_two_candidates_names_neither():
    assert read_titles("Part X", ["Part 1", "Part 2"], mode="fuzzy").order.tolist() == []


def test_a_short_title_is_no_word_of_a_sentence():
    text = "I think it is up to you"
    assert read_titles(text, ["It", "Up"], mode="fuzzy").order.tolist() == []


def test_talk_around_a_list_is_no_invented_title():
    text = "Of course.\n1. Heat\n2. Toy Story\n\nThe answer is 10, for I like Ocean's Eleven best."
    read = read_titles(text, SHOWN, mode="fuzzy")
    assert (read.order.tolist(), read.failures) == ([2, 0], {})


def test_a_list_that_was_begun_for_the_model_goes_on():
    assert read_titles("Heat\n2. 12 Angry Men\n3. Casablanca", SHOWN).order.tolist() == [2, 3]


def test_a_title_that_begins_with_a_number_is_no_line_of_a_list():
    shown = ["2001: A Space Odyssey", "1984", "Heat"]
    for text in ("2001: A Space Odyssey\n1984", "1. 2001: A Space Odyssey\n2. 1984"):
        assert read_titles(text, shown).order.tolist() == [0, 1]


def test_answers_in_another_language_name_what_they_name():
    text = "Te recomiendo:\n1. Heat\n2. Doce hombres sin piedad"
    read = read_titles(text, SHOWN, mode="fuzzy")
    assert (read.order.tolist(), read.failures) == ([2], {"invalid": 1})
    assert read_titles("千と千尋\n羅生門", ["羅生門", "千と千尋"]).order.tolist() == [1, 0]


def test_failures_of_many_answers_are_added():
    read = [read_order("1, 1", 3), read_order("9", 3), read_order("2", 3)]
    assert count_failures(read) == {"duplicate": 1, "invalid": 1, "unreadable": 1}


@given(st.text(max_size=300), st.integers(1, 8))
def test_whatever_a_model_says_places_are_of_candidates_and_stand_once(text, n):
    titles = [f"The Film {number}" for number in range(n)]
    for read in (
        read_order(text, n),
        read_order(text, n, titles=titles),
        read_titles(text, titles),
        read_titles(text, titles, mode="fuzzy", history=["Heat"]),
    ):
        order = read.order.tolist()
        assert len(set(order)) == len(order)
        assert all(0 <= place < n for place in order)
        assert set(read.failures) <= set(KINDS)
        assert bool(order) != ("unreadable" in read.failures)


@given(st.permutations(range(8)), st.sampled_from([", ", "\n", " > ", "] > ["]))
def test_an_order_survives_being_written(order, between):
    text = between.join(str(place + 1) for place in order)
    text = f"[{text}]" if "]" in between else text
    assert read_order(text, 8).order.tolist() == order


@given(st.text("abc ", max_size=12), st.text("abc ", max_size=12))
def test_the_common_length_is_that_of_the_table(one, two):
    table = [[0] * (len(two) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(two):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
            )
    assert common_length(one, two) == table[-1][-1]


def test_likeness_counts_both_lengths():
    assert likeness("alien", "alien") == 1
    assert likeness("alien", "aliens") < 1
    assert most_alike("alien", ["aliens", "alien"]) == 1
    assert most_alike("abc", ["xyz"]) is None


@pytest.mark.parametrize("text", ["[" * 20_000, "1. " * 7_000, "9" * 20_000, "- " * 10_000])
def test_no_answer_takes_long_to_read(text):
    began = time.process_time()
    read_order(text, 20)
    read_titles(text, [f"The Film {number}" for number in range(20)], mode="fuzzy")
    assert time.process_time() - began < 2
