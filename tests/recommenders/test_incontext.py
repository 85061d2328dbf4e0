"""InContext: five tasks asked of a language model that learned none of them."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import penchant as pn
from penchant.core import Ragged, Run, UnknownName, UsageError
from penchant.data import Flag
from penchant.language import ScriptedLM
from penchant.recommenders.incontext import InContext


def script(tmp_path, *answers, **options):
    return ScriptedLM(answers=answers, heard=str(tmp_path / "heard"), **options)


@pytest.fixture
def known(films):
    """The history of u0, as it asks again."""
    histories = films.histories().take(np.array([0]))
    return pn.data.Queries(histories, np.array([0], np.int32)).unseen()


def items(*rows):
    return np.array(rows, np.int32)


@pytest.mark.parametrize(
    ("said", "rating"),
    [("(4 stars, 85%)", 4), ("3.5", 3.5), ("I would say 2 stars.", 2)],
)
def test_ratings_are_read(films, known, said, rating):
    fitted = InContext(lm=ScriptedLM(answers=(said,))).fit(films, Run())
    assert fitted.rate(known, items(5), Run()).tolist() == [rating]


@pytest.mark.parametrize("said", ["", "Great film!", "7", "(90%)"])
def test_ratings_that_cannot_be_read_are_missing(films, known, said, notes):
    fitted = InContext(lm=ScriptedLM(answers=(said,))).fit(films, Run())
    assert np.isnan(fitted.rate(known, items(5), Run(watch=notes))).all()
    assert notes.said[0].startswith("in-context, 1 question: 1 ")


def test_no_answer_is_counted_once(films, known, notes):
    fitted = InContext(lm=ScriptedLM(behaviour="down")).fit(films, Run())
    assert np.isnan(fitted.rate(known, items(5, -1)[:1], Run(watch=notes))).all()
    (said,) = notes.said
    assert said.startswith("in-context, 1 question: 1 down; they have no rating\n  hint: see that")


def test_few_shot_ratings_tell_what_the_person_gave(films, known, tmp_path, heard):
    lm = script(tmp_path, "3")
    InContext(lm=lm, shots=2).fit(films, Run()).rate(known, items(5), Run())
    assert "1. Alien, 2.0;\n2. Aliens, 3.0;" in heard()[0]
    assert 'the product: "Solaris"' in heard()[0]
    assert "Heat" not in heard()[0]


def test_zero_shot_ratings_tell_the_item_alone(films, known, tmp_path, heard):
    lm = script(tmp_path, "3")
    InContext(lm=lm, shots=0).fit(films, Run()).rate(known, items(5), Run())
    assert 'product_title: "Solaris", and product_category: art?' in heard()[0]
    assert "Alien" not in heard()[0]


def test_a_stranger_is_asked_about_without_examples(films, ask, tmp_path, heard):
    fitted = InContext(lm=script(tmp_path, "3")).fit(films, Run())
    fitted.rate(ask([[]]), items(5), Run())
    assert "rating history" not in heard()[0]


def test_any_item_can_be_named_next(films, known):
    lm = ScriptedLM(answers=("['Solaris', 'Alien', 'Emma', 'The Film That Is Not']",))
    fitted = InContext(lm=lm, task="next").fit(films, Run())
    answer = fitted.recommend(known, 4, Run())
    assert answer.items[0, :2].tolist() == [5, 6]
    assert answer.flags[0] == 0


def test_candidates_are_shown_in_an_order_of_each_questions_own(films, ask, tmp_path, heard):
    pools = Ragged.of([[3, 4, 5, 6, 7, 8]] * 4)
    queries = replace(ask([[0, 1], [1, 0], [0, 2], [0, 1]]).unseen(), candidates=pools)
    fitted = InContext(lm=script(tmp_path, "x"), shots=0).fit(films, Run())
    fitted.recommend(queries, 3, Run())
    orders = [text[text.index("Candidates:") :] for text in heard()]
    assert len(set(orders)) == 3
    assert orders[0] == orders[3]


def test_titles_of_the_pool_come_first(films, ask):
    lm = ScriptedLM(answers=("['Ran', 'Emma', 'Heat', 'Alien']",))
    queries = replace(ask([[0, 1]]).unseen(), candidates=Ragged.of([[3, 6, 7, 8]]))
    answer = InContext(lm=lm).fit(films, Run()).recommend(queries, 4, Run())
    assert answer.items[0].tolist() == [7, 6, 3, 8]


def test_the_example_is_what_was_chosen_last_among_other_items(films, known, tmp_path, heard):
    queries = replace(known, candidates=Ragged.of([[5, 6, 7]]))
    InContext(lm=script(tmp_path, "x"), shots=1).fit(films, Run()).recommend(queries, 2, Run())
    text = heard()[0]
    pool = text[text.index("from a pool of candidates") : text.index("please recommend")]
    assert 'has interacted with "Aliens"' in text
    assert '"Aliens"' in pool
    assert not any(f'"{title}"' in pool for title in ("Heat", "Alien", "Solaris", "Emma", "Ran"))


def test_nobody_without_history_is_asked_about(films, ask, tmp_path, heard):
    fitted = InContext(lm=script(tmp_path, "x")).fit(films, Run())
    answer = fitted.recommend(ask([[], [-1]]), 3, Run())
    assert heard() == []
    assert answer.flags.tolist() == [0, 0]
    assert (answer.items >= 0).all()


@pytest.mark.parametrize("task", ["direct", "next"])
@pytest.mark.parametrize("behaviour", ["prose", "inventing", "repeating", "limited", "wrong-key"])
def test_rows_without_an_item_are_degraded(films, known, behaviour, task):
    lm = ScriptedLM(behaviour=behaviour)
    if behaviour == "inventing":
        lm = ScriptedLM(answers=("['The Film That Is Not']",))
    answer = InContext(lm=lm, task=task).fit(films, Run()).recommend(known, 7, Run())
    assert answer.flags[0] == Flag.DEGRADED
    assert sorted(answer.items[0].tolist()) == [3, 4, 5, 6, 7, 8, 9]


def test_explanations_tell_what_the_person_wrote_before(films, known, tmp_path, heard):
    lm = script(tmp_path, "Because it is\nquiet.\x1b[31m")
    fitted = InContext(lm=lm, shots=1).fit(films, Run())
    assert fitted.write(known, items(5), Run()) == ["Because it is quiet. [31m"]
    assert 'product "Aliens" and its explanation "Review 2."' in heard()[0]
    assert "2.0-star explanation" in heard()[0]


def test_explanations_of_strangers_tell_the_history(films, ask, tmp_path, heard):
    fitted = InContext(lm=script(tmp_path, "Fine.")).fit(films, Run())
    assert fitted.write(ask([[3], []]), items(5, 99), Run()) == ["Fine.", ""]
    assert "interaction history:\n1. Toy Story\n" in heard()[0]
    assert "5.0-star" in heard()[0]


def test_reviews_are_summarised(films, known, tmp_path, heard):
    lm = script(tmp_path, "Too slow.")
    fitted = InContext(lm=lm, writing="summary", shots=1, words=3).fit(films, Run())
    queries = replace(known, texts=["It went on and on."])
    assert fitted.write(queries, items(5), Run()) == ["Too slow."]
    assert 'Review: "Review 2. More words.". Summary: "Summary 2"' in heard()[0]
    assert 'from user: "It went on and on."' in heard()[0]
    assert "around 3 words" in heard()[0]
    with pytest.raises(UsageError, match=r"a review in queries\.texts"):
        fitted.write(known, items(5), Run())


def test_it_is_evaluated_like_any_method():
    data = pn.data.mini_world()
    split = pn.data.split_time(data)
    fitted = InContext(lm=ScriptedLM(answers=("4",))).fit(split.train, Run())
    rated = pn.data.rated_cases(split.test, data).take(np.arange(20))
    report = pn.evaluate(fitted, rated)
    assert report.summary().filter(metric="unreadable")["value"][0] == 0


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"task": "netx"}, UnknownName),
        ({"writing": "poem"}, UnknownName),
        ({"shots": -1}, UsageError),
        ({"examples": "best"}, UnknownName),
        ({"words": 0}, UsageError),
    ],
)
def test_what_cannot_be_is_refused(options, error):
    with pytest.raises(error):
        InContext(**options)


def test_expected_ratings_are_the_mean_of_steps_by_likelihood(films, known):
    lm = ScriptedLM()
    fitted = InContext(lm=lm, ratings="expected").fit(films, Run())
    rating = fitted.rate(known, items(5), Run())
    prompt = fitted._rating(known, 5, Run())
    steps = np.array([1, 2, 3, 4, 5])
    logs = lm.open(Run()).score([prompt], [[str(step) for step in steps]], run=Run()).log_probs
    assert rating == pytest.approx([(np.exp(logs) * steps).sum() / np.exp(logs).sum()], rel=1e-5)


@pytest.mark.parametrize("behaviour", ["down", "garbled", "wrong-key"])
def test_expected_ratings_are_missing_where_the_model_fails(films, known, behaviour, notes):
    fitted = InContext(lm=ScriptedLM(behaviour=behaviour), ratings="expected").fit(films, Run())
    assert np.isnan(fitted.rate(known, items(5), Run(watch=notes))).all()
    assert "they have no rating" in notes.said[-1]


def test_what_an_erased_person_wrote_is_no_example_any_more(films):
    model = pn.fit(InContext(lm=ScriptedLM(), shots=2), films)
    wrote = next(iter(model.recommender.past.rows))
    name = model.people.ids.series()[wrote]
    erased = model.erase([name])
    assert wrote not in erased.recommender.past.rows
    assert len(erased.recommender.past.rows) == len(model.recommender.past.rows) - 1


def test_the_nearest_ratings_are_of_titles_like_the_one_in_question(films, known, tmp_path, heard):
    retitled = films.catalog.table.with_columns(
        pl.when(pl.col("id") == "f5").then(pl.lit("Heat 2")).otherwise("title").alias("title")
    )
    data = replace(films, catalog=replace(films.catalog, table=retitled))
    lm = script(tmp_path, "3")
    InContext(lm=lm, shots=1, examples="nearest").fit(data, Run()).rate(known, items(5), Run())
    assert "1. Heat, " in heard()[0]
    assert "Alien" not in heard()[0]


def test_the_nearest_texts_may_be_of_others_and_are_erased_with_them(films, tmp_path, heard):
    """Nobody has rated more than three films, so what others said of this one is nearest."""
    lm = script(tmp_path, "As you like it.")
    fitted = InContext(lm=lm, shots=2, examples="nearest").fit(films, Run())
    asker = replace(films.histories(), items=Ragged.of([[3], [], [], []])).take(np.array([0]))
    query = pn.data.Queries(asker, np.array([-1], np.int32))
    fitted.write(query, items(5), Run())
    texts = pn.data.event_texts(films, "explanation")
    about = films.events["item"].to_numpy() == 5
    said = [text for text, is_it in zip(texts, about, strict=True) if is_it]
    assert said
    assert all(text in heard()[0] for text in said)
    erased = fitted.forget(np.arange(4))
    erased.write(query, items(5), Run())
    assert not any(text in heard()[-1] for text in said)


def test_random_examples_are_the_same_with_the_same_seed(films, known, tmp_path, heard):
    lm = script(tmp_path, "3")
    fitted = InContext(lm=lm, shots=1, examples="random").fit(films, Run())
    for seed in (0, 0, *range(1, 12)):
        fitted.rate(known, items(5), Run(seed=seed))
    asked = heard()
    assert asked[0] == asked[1]
    assert len(set(asked)) > 1
