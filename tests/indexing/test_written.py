"""Codes of every scheme can be written by a model and searched by beams."""

import numpy as np
import pytest
import torch
from quick_schemes import QUICK

from penchant.backbones import TrieTensors, search
from penchant.backbones.code_decoder import Decoder
from penchant.backbones.seq2seq import EncoderDecoder
from penchant.core import Ragged, Run, UsageError
from penchant.data import History, Queries, leave_last_out, mini_world
from penchant.indexing import GivenIndex, write_index
from penchant.recommenders.tiger import Tiger
from penchant.train import Supervised

N_ITEMS = 150
SMALL = Decoder(dimension=16, heads=1, layers=1, feed_forward=16)


def tiger(scheme, model=SMALL):
    return Tiger(scheme=scheme, model=model, training=Supervised(steps=2, batch_size=64))


def asked(histories, **options):
    return Queries(History(Ragged.of(histories)), **options)


@pytest.fixture(scope="module")
def train():
    return leave_last_out(mini_world()).train


@pytest.mark.parametrize("name", sorted(QUICK.keys() - {"given"}))
def test_tiger_writes_codes_of_every_scheme(name, train):
    fitted = tiger(QUICK[name]).fit(train, Run())
    found = fitted.recommend(asked([[1, 2], []]), N_ITEMS, Run())
    assert sorted(found.items[0].tolist()) == list(range(N_ITEMS))


def test_an_encoder_decoder_refuses_codes_that_share_one_vocabulary(train):
    with pytest.raises(UsageError, match="title"):
        tiger(QUICK["title"], EncoderDecoder()).fit(train, Run())


def test_an_item_without_codes_is_never_answered_and_not_read(train, tmp_path):
    coded = QUICK["category"].code(train, Run()).without([2, 7])
    write_index(coded, train.catalog, tmp_path / "index")
    fitted = tiger(GivenIndex(path=str(tmp_path / "index"))).fit(train, Run())
    found = fitted.recommend(asked([[1, 2], [1]]), N_ITEMS, Run())
    assert found.items[0].tolist() == found.items[1].tolist()
    assert sorted(found.items[0].tolist()) == [-1, -1, *sorted(set(range(N_ITEMS)) - {2, 7})]


class Even:
    """Writes every code of a vocabulary with the same probability."""

    def __init__(self, rows, vocabulary):
        self.rows, self.vocabulary = rows, vocabulary

    def write(self, parents, tokens):
        beams = 1 if tokens is None else tokens.shape[1]
        value = -float(np.log(self.vocabulary))
        return torch.full((self.rows, beams, self.vocabulary), value), 0


@pytest.mark.parametrize("name", sorted(QUICK.keys() - {"given"}))
def test_beams_find_every_item_once_and_no_tombstone(name, train):
    index = QUICK[name].code(train, Run()).without([3, 5]).index
    trie = TrieTensors.of(index.trie(), "cpu")
    queries = asked([[], []], excluded=Ragged.of([[1, 3], []]))
    found = search(Even(2, index.vocabulary), trie, queries, N_ITEMS, beams=1, run=Run())
    open_items = [sorted(set(range(N_ITEMS)) - closed) for closed in ({1, 3, 5}, {3, 5})]
    for row, wanted in enumerate(open_items):
        assert sorted(item for item in found.items[row].tolist() if item >= 0) == wanted
    lengths = index.codes.lengths[found.items[1][: N_ITEMS - 2]]
    by_length = -lengths * np.log(index.vocabulary)
    assert found.scores[1][: N_ITEMS - 2] == pytest.approx(by_length, rel=1e-5)
