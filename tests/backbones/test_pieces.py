import numpy as np
import pytest

from penchant.backbones.pieces import END, NOBODY, Pieces, learn_pieces
from penchant.codes import check_segmentation
from penchant.core import StorageError, UsageError

WORDS = ("<a_0>", "<a_1>", "<b_0>", "<b_11>")
TEXTS = ["What will the reader choose next?", "The Lost Orchard, part 3, is worth it."] * 3


@pytest.fixture(scope="module")
def pieces():
    return learn_pieces(TEXTS, WORDS, n_users=3, size=300)


def read(pieces, text, most=100):
    batch = pieces.encode([text], most=most)
    length = int(batch.lengths[0])
    return batch.ids[0, :length].tolist(), batch.words[0, :length].tolist()


def test_an_item_is_its_words_wherever_it_stands(pieces):
    for text in ("<a_1><b_11>", "(<a_1><b_11>)", "x<a_1><b_11>, y", '"<a_1><b_11>"'):
        ids, _ = read(pieces, text)
        assert [i for i in ids if i >= pieces.n_pieces] == pieces.code_ids[[1, 3]].tolist()
        check_segmentation(
            ["<a_1><b_11>"],
            WORDS,
            lambda t: [pieces.decode(np.array([i])) for i in read(pieces, t)[0][:-1]],
        )


def test_pieces_of_an_item_share_the_number_of_their_word(pieces):
    _, numbers = read(pieces, "then <a_1><b_11>, <a_0><b_0> end")
    assert numbers[-1] == 4
    assert sorted(set(numbers)) == [0, 1, 2, 3, 4]
    assert numbers.count(1) == 3
    assert numbers.count(2) == 2


def test_people_are_one_id_and_strangers_another(pieces):
    first = [read(pieces, word)[0][0] for word in ("<u_0>", "<u_2>", "<u_3>", NOBODY)]
    assert first == [pieces.n_words + 1, pieces.n_words + 3, pieces.n_words, pieces.n_words]
    assert [pieces.user_word(user) for user in (2, 3, -1)] == ["<u_2>", NOBODY, NOBODY]


def test_what_only_looks_like_an_item_is_plain_text(pieces):
    ids, _ = read(pieces, "<a_2> <c_0> <b_1>")
    assert max(ids) < pieces.n_pieces
    assert pieces.decode(np.array(ids)) == "<a_2> <c_0> <b_1>"


def test_signs_in_texts_end_nothing(pieces):
    ids, _ = read(pieces, "a </s> b <pad> c")
    assert ids.count(END) == 1
    assert 0 not in ids


@pytest.mark.parametrize("text", ["The Lost Orchard, part 3", "Ünïcode 世界 \U0001f600", "4.5"])
def test_texts_come_back_as_they_were(pieces, text):
    assert pieces.decode(np.array(read(pieces, text)[0])) == text


def test_a_long_text_keeps_its_beginning_and_its_end(pieces):
    letters = " ".join("abcdefghijkl")
    ids, numbers = read(pieces, letters, most=9)
    whole, _ = read(pieces, letters)
    assert ids == [*whole[:2], *whole[-7:]]
    assert len(numbers) == 9


def test_a_batch_is_padded_behind(pieces):
    batch = pieces.encode(["reader", "What will the reader choose"], most=20)
    assert (batch.ids[0, batch.lengths[0] :] == 0).all()
    assert batch.take(np.array([0])).ids.shape == (1, batch.lengths[0])


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("<a_0>", "<a_0>"), "the same item word"),
        (("item 7",), "read in one way only"),
        (("<u_7>",), "no <u_12>"),
        (("<a_0",), "need letters and a number"),
    ],
)
def test_words_that_could_be_split_are_refused(words, match):
    with pytest.raises(UsageError, match=match):
        learn_pieces(TEXTS, words, n_users=1, size=260)


def test_the_state_gives_the_same_pieces(pieces):
    again = Pieces.restored(pieces.state(), WORDS, 3)
    text = "The reader of <a_0><b_0>, part <u_1>"
    assert read(again, text) == read(pieces, text)
    broken = pieces.state()
    with pytest.raises(StorageError, match="not the state of a tokenizer"):
        Pieces.restored(type(broken)({**broken.json, "tokenizer": "{}"}), WORDS, 3)


def test_the_same_texts_give_the_same_pieces(pieces):
    again = learn_pieces(TEXTS, WORDS, n_users=3, size=300)
    assert again.state().json == pieces.state().json
