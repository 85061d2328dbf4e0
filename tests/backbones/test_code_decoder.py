from dataclasses import replace

import numpy as np
import pytest
import torch

from penchant.backbones.beams import TrieTensors, search
from penchant.backbones.code_decoder import CodeDecoder, Decoder, DecoderWriter
from penchant.backbones.packed import Packed
from penchant.codes import build_trie
from penchant.core import Ragged, Run, UsageError
from penchant.data import History, Queries

WIDTHS = (5, 4, 3)
ITEMS = np.array([[a, 5 + b, 9 + c] for a in range(5) for b in range(4) for c in range(3)])[::2]
SHAPE = Decoder(dimension=16, layers=2, heads=2, feed_forward=24)


@pytest.fixture(params=[None, 0.5])
def model(request):
    torch.manual_seed(3)
    made = CodeDecoder(replace(SHAPE, temperature=request.param), WIDTHS, max_history=12)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return made.eval()


def read(model, histories):
    histories = sorted(histories, key=len, reverse=True)
    packed = Packed.of(np.array([len(h) for h in histories]))
    codes = torch.from_numpy(ITEMS[np.concatenate(histories)])
    return model.read(codes, packed, None)[torch.from_numpy(packed.ends())]


def exact(model, state):
    """(n_items,) log probabilities, item by item by the chain rule."""
    states = state.expand(len(ITEMS), -1)
    return -model.losses(states, torch.from_numpy(ITEMS)).sum(1)


def test_a_history_is_read_alike_alone_and_among_others(model):
    histories = [[1, 5, 9, 2, 7], [3, 3], [8]]
    together = read(model, histories)
    for state, history in zip(together, histories, strict=True):
        torch.testing.assert_close(state, read(model, [history])[0])


def test_probabilities_of_all_ways_add_up_to_one(model):
    everything = [[a, 5 + b, 9 + c] for a in range(5) for b in range(4) for c in range(3)]
    states = read(model, [[1, 2]]).expand(60, -1)
    losses = model.losses(states, torch.tensor(everything)).sum(1)
    assert float((-losses).exp().sum().detach()) == pytest.approx(1.0, abs=1e-5)


def test_many_beams_find_the_order_of_exact_scores(model):
    states = read(model, [[1, 5, 9], [3, 3]])
    trie = TrieTensors.of(build_trie(Ragged.of(ITEMS.tolist())), "cpu")
    queries = Queries(History(Ragged.of([[], []])))
    writer = DecoderWriter(model, states)
    found = search(writer, trie, queries, 10, beams=len(ITEMS), run=Run())
    for row in range(2):
        scores = exact(model, states[row]).detach().numpy()
        order = np.argsort(-scores)[:10]
        assert found.items[row].tolist() == order.tolist()
        np.testing.assert_allclose(found.scores[row], scores[order], rtol=1e-5)


def test_words_of_one_vocabulary_and_many_lengths():
    torch.manual_seed(1)
    words = [[1, 2, 0], [1, 0], [3, 3, 2, 0], [2, 0]]  # 0 ends
    model = CodeDecoder(SHAPE, (4,), 5, depth=4).eval()
    trie = TrieTensors.of(build_trie(Ragged.of(words)), "cpu")
    state = torch.randn(1, 16)
    queries = Queries(History(Ragged.of([[]])))
    found = search(DecoderWriter(model, state), trie, queries, 4, beams=4, run=Run())
    padded = torch.tensor([word + [-1] * (4 - len(word)) for word in words])
    scores = -model.losses(state.expand(4, -1), padded).sum(1).detach().numpy()
    assert found.items[0].tolist() == np.argsort(-scores).tolist()
    np.testing.assert_allclose(found.scores[0], np.sort(scores)[::-1], rtol=1e-5)


def test_people_are_heard_where_there_are_tokens_for_them():
    torch.manual_seed(0)
    model = CodeDecoder(Decoder(dimension=8, heads=1, user_tokens=3), WIDTHS, 4).eval()
    packed, codes = Packed.of(np.array([2])), torch.from_numpy(ITEMS[[0, 4]])
    unknown = model.read(codes, packed, torch.tensor([-1, -1]))
    torch.testing.assert_close(unknown, model.read(codes, packed, None))
    assert not torch.equal(unknown, model.read(codes, packed, torch.tensor([2, 2])))


@pytest.mark.parametrize(
    "options",
    [
        {"layers": 0},
        {"dimension": 10, "heads": 3},
        {"dropout": 1.0},
        {"user_tokens": -1},
        {"temperature": 0.0},
    ],
)
def test_sizes_that_cannot_be_are_refused(options):
    with pytest.raises(UsageError, match="need"):
        Decoder(**options)
