import re

import pytest

from penchant.codes import ItemIndex, check_segmentation, item_words
from penchant.core import Ragged, UsageError


def test_every_code_has_a_word_of_its_own():
    words = item_words(ItemIndex(Ragged.of([[0, 3, 5]]), (3, 2, 4), "", ""))
    assert words == ["<a_0>", "<a_1>", "<a_2>", "<b_0>", "<b_1>", *(f"<c_{i}>" for i in range(4))]
    many = item_words(ItemIndex(Ragged.of([range(60)]), (1,) * 60, "", ""))
    assert len(set(many)) == 60


def test_codes_that_all_positions_share_have_one_name():
    index = ItemIndex(Ragged.of([[2, 1, 0], [2, 0]]), (3,), "", "")
    assert item_words(index) == ["<t_0>", "<t_1>", "<t_2>"]


def test_a_tokenizer_that_splits_words_is_refused():
    words = ["<a_1>", "<a_12>", "<b_0>"]
    whole = re.compile("<[^>]+>").findall
    check_segmentation(["<a_12><b_0>", "<a_1>"], words, whole)
    with pytest.raises(UsageError, match=r"<a_12><b_0>.*tokens that are never split"):
        check_segmentation(["<a_12><b_0>"], words, lambda text: re.findall("<a_1|.", text))
