"""Search by words."""

import numpy as np
import pytest

from penchant.core import UsageError, read_state, write_state
from penchant.retrieve import LexicalIndex, words_of

TEXTS = ["The red shoe", "a blue shoe, blue", "the sky", "", "Amélie, the blue film"]


def test_scores_are_those_of_the_formula():
    # Robertson and Zaragoza, equation 3.15, with Lucene's idf, worked out for one word.
    index = LexicalIndex.of(TEXTS)
    n, found_in = 5, 2
    idf = np.log(1 + (n - found_in + 0.5) / (found_in + 0.5))
    lengths = np.array([3, 4, 2, 0, 4])
    counts = np.array([0, 2, 0, 0, 1])
    norms = 1.5 * (1 - 0.75 + 0.75 * lengths / lengths.mean())
    expected = idf * counts / (counts + norms)
    assert index.score(["blue"])[0] == pytest.approx(expected, rel=1e-5)


def test_scores_of_many_words_are_those_of_bm25s():
    import bm25s

    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{word}" for word in rng.integers(0, 50, 12)) for _ in range(40)]
    oracle = bm25s.BM25(k1=1.2, b=0.5, method="lucene")
    oracle.index([words_of(text) for text in texts], show_progress=False)
    found = LexicalIndex.of(texts, k1=1.2, b=0.5).score(["w3 w7 w49", "w1", "nothing here"])
    for row, asked in enumerate([["w3", "w7", "w49"], ["w1"]]):
        assert found[row] == pytest.approx(oracle.get_scores(asked), rel=1e-5)
    assert not found[2].any()


def test_case_accents_and_marks_do_not_matter():
    index = LexicalIndex.of(TEXTS)
    assert index.score(["AMELIE!", "amélie", "Ame\u0301lie"]).argmax(1).tolist() == [4, 4, 4]


def test_a_word_said_twice_counts_once():
    once, twice = LexicalIndex.of(TEXTS).score(["blue shoe", "blue blue shoe blue"])
    assert once.tolist() == twice.tolist()


def test_signs_of_languages_without_blanks_are_words():
    index = LexicalIndex.of(["千と千尋の神隠し", "七人の侍", "東京物語"])
    assert index.score(["侍の映画", "東京"]).argmax(1).tolist() == [1, 2]


@pytest.mark.parametrize("texts", [[], ["", ""], ["!!"]])
def test_without_words_nothing_is_found(texts):
    assert LexicalIndex.of(texts).score(["anything", ""]).tolist() == [[0.0] * len(texts)] * 2


def test_no_question_has_no_scores():
    assert LexicalIndex.of(TEXTS).score([]).shape == (0, 5)


def test_an_index_comes_back_from_disk(tmp_path):
    index = LexicalIndex.of(TEXTS)
    write_state(index.state(), tmp_path, "words")
    back = LexicalIndex.restore(read_state(tmp_path, "words"))
    asked = ["blue shoe", "the sky", "", "zzz"]
    assert back.score(asked).tolist() == index.score(asked).tolist()
    assert len(back) == 5


def test_what_cannot_be_is_refused():
    with pytest.raises(UsageError, match="k1=-1"):
        LexicalIndex.of(TEXTS, k1=-1)
    with pytest.raises(UsageError, match="b=2"):
        LexicalIndex.of(TEXTS, b=2)


def test_a_very_long_question_is_read_in_part():
    index = LexicalIndex.of(TEXTS)
    assert not index.score(["x " * 5_000 + "blue"]).any()
