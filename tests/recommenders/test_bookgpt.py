"""BookGPT: scores and summaries asked of a language model in five parts."""

from dataclasses import replace

import numpy as np
import pytest

import penchant as pn
from penchant.core import Ragged, Run, UnknownName, UsageError
from penchant.data import Flag
from penchant.language import ScriptedLM
from penchant.recommenders.bookgpt import BookGPT


def script(tmp_path, *answers):
    return ScriptedLM(answers=answers, heard=str(tmp_path / "heard"))


def items(*rows):
    return np.array(rows, np.int32)


@pytest.fixture
def known(films):
    histories = films.histories().take(np.array([0]))
    return pn.data.Queries(histories, np.array([0], np.int32)).unseen()


def test_a_persons_scores_follow_what_they_gave(films, known, tmp_path, heard):
    method = BookGPT(lm=script(tmp_path, "(1) 4.5"), author="director", noun="film", shots=2)
    assert method.fit(films, Run()).rate(known, items(5), Run()).tolist() == [4.5]
    text = heard()[0]
    assert "professional film user preference modeling expert" in text
    assert "(1) Alien, Author: Scott, Score: 2.0\n(2) Aliens, Author: Cameron, Score: 3.0" in text
    assert "(1) Solaris, Author: Somebody" in text


def test_a_score_for_everybody_is_put_on_the_scale_of_the_data(films, known, tmp_path, heard):
    method = BookGPT(lm=script(tmp_path, "5"), task="item", noun="film", shots=2)
    # 5 of 0 to 10 is the middle of 1 to 5.
    assert method.fit(films, Run()).rate(known, items(5), Run()).tolist() == [3]
    assert "between 0 and 10" in heard()[0]


def test_examples_are_what_most_people_rated_and_never_the_item_itself(
    films, known, tmp_path, heard
):
    method = BookGPT(lm=script(tmp_path, "5"), task="item", shots=2)
    method.fit(films, Run()).rate(known, items(0), Run())
    # Alien got 2 and 4, Aliens 3 and 5: 3 and 4 of 1 to 5. Heat, which two rated too, is asked.
    assert (
        "(1) Alien, Author: unknown, Score: 5.0\n(2) Aliens, Author: unknown, Score: 7.5"
        in (heard()[0])
    )
    assert heard()[0].count("Heat") == 1


def test_without_examples_the_title_is_all(films, known, tmp_path, heard):
    BookGPT(lm=script(tmp_path, "5"), task="item", shots=0).fit(films, Run()).rate(
        known, items(5), Run()
    )
    assert "Please rate the book named: Solaris." in heard()[0]


def test_a_stranger_is_answered_with_what_items_are_worth(films, ask, tmp_path, heard):
    fitted = BookGPT(lm=script(tmp_path, "10")).fit(films, Run())
    assert fitted.rate(ask([[0]]), items(5), Run()).tolist() == [5]
    assert "User A" not in heard()[0]


def test_candidates_are_ordered_by_score_a_few_in_a_prompt(films, known, tmp_path, heard):
    lm = script(tmp_path, "(1) 2.0\n(2) 5.0", "4.0")
    queries = replace(known, candidates=Ragged.of([[3, 5, 7]]))
    answer = BookGPT(lm=lm, at_once=2).fit(films, Run()).recommend(queries, 3, Run())
    assert answer.items[0].tolist() == [5, 7, 3]
    assert answer.scores[0].tolist() == [5, 4, 2]
    assert len(heard()) == 2


def test_scores_that_cannot_be_read_cost_the_row_nothing(films, known, notes):
    queries = replace(known, candidates=Ragged.of([[7, 3, 5]]))
    fitted = BookGPT(lm=ScriptedLM(behaviour="prose")).fit(films, Run())
    answer = fitted.recommend(queries, 3, Run(watch=notes))
    assert answer.items[0].tolist() == [7, 3, 5]
    assert answer.flags[0] == Flag.DEGRADED
    assert "3 unreadable" in notes.said[-1]


@pytest.mark.parametrize("behaviour", ["silent", "down", "wrong-key"])
def test_a_model_that_fails_gives_no_rating_and_no_text(films, known, behaviour):
    fitted = BookGPT(lm=ScriptedLM(behaviour=behaviour)).fit(films, Run())
    assert np.isnan(fitted.rate(known, items(5), Run())).all()
    assert fitted.write(known, items(5), Run()) == [""]


def test_a_summary_recommends_an_item(films, known, tmp_path, heard):
    fitted = BookGPT(lm=script(tmp_path, "A slow\nfilm."), noun="film").fit(films, Run())
    assert fitted.write(known, items(5, -1)[:1], Run()) == ["A slow film."]
    assert 'recommends the film "Solaris" written by unknown' in heard()[0]
    assert 'somebody who chose "Heat", "Alien", "Aliens"' in heard()[0]


def test_it_knows_nothing_of_who_is_held_out(films, known, tmp_path, heard):
    BookGPT(lm=script(tmp_path, "4")).fit(films, Run()).rate(known, items(3), Run())
    assert not any("Solaris" in text for text in heard())


@pytest.mark.parametrize(
    ("options", "error"), [({"task": "all"}, UnknownName), ({"at_once": 0}, UsageError)]
)
def test_what_cannot_be_is_refused(options, error):
    with pytest.raises(error):
        BookGPT(**options)
