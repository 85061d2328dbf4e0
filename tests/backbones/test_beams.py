import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.backbones import CodeSeq2Seq, EncoderDecoder, Seq2SeqWriter, TrieTensors, search
from penchant.codes import build_trie
from penchant.core import Ragged, Run, offsets_of
from penchant.data import History, Queries
from penchant.train import torch_draws

WIDTHS = (5, 4, 3)
N_ITEMS = 30
SHAPES = [
    {},
    {"position_per_code": True},
    {"causal": False},
    {"causal": False, "position_per_code": True, "decoder_layers": 2},
]


def catalogue(seed=0):
    """(n_items, 3) codes, no two alike."""
    everything = np.stack(np.meshgrid(*map(np.arange, WIDTHS), indexing="ij"), -1).reshape(-1, 3)
    chosen = np.random.default_rng(seed).permutation(len(everything))[:N_ITEMS]
    return everything[chosen] + np.array([0, 5, 9])


def model_of(**options):
    shape = {"dimension": 16, "heads": 2, "head_dimension": 8, "feed_forward": 32, "dropout": 0.0}
    with torch_draws(Run(), "test"):
        model = CodeSeq2Seq(EncoderDecoder(**{**shape, **options}), WIDTHS)
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.5)
    return model.eval()


def histories_of(lengths, codes, seed=1):
    items = np.random.default_rng(seed).integers(0, N_ITEMS, (len(lengths), max(lengths)))
    padded = codes[items]
    padded[np.arange(max(lengths)) >= np.array(lengths)[:, None]] = -1
    return torch.from_numpy(padded)


@torch.no_grad()
def log_probs(model, history, codes):
    """(n_items,) what the model gives each item, by teaching it all of them: the oracle."""
    seen = history[(history >= 0).any(1)][None].expand(len(codes), -1, -1)
    targets = torch.from_numpy(codes)[:, None]
    if model.shape.causal:
        nothing = torch.full((len(codes), seen.shape[1], codes.shape[1]), -1)
        targets = torch.cat([nothing, targets], 1)
    return -model(seen, targets)[:, -1].sum(1).numpy()


@pytest.mark.parametrize("options", SHAPES)
def test_with_beams_for_all_the_order_is_that_of_the_whole_catalogue(options):
    model, codes = model_of(**options), catalogue()
    histories = histories_of([4, 0, 1], codes)
    trie = TrieTensors.of(build_trie(as_ragged(codes)), "cpu")
    with torch.no_grad():
        writer = Seq2SeqWriter(model, histories)
    queries = Queries(History(Ragged.empty(3)))
    found = search(writer, trie, queries, N_ITEMS, beams=N_ITEMS, run=Run())
    for row in range(3):
        wanted = log_probs(model, histories[row], codes)
        assert found.items[row].tolist() == np.argsort(-wanted).tolist()
        assert found.scores[row] == pytest.approx(np.sort(wanted)[::-1], abs=1e-4)


def as_ragged(codes):
    return Ragged(codes.astype(np.int32).ravel(), offsets_of(np.full(len(codes), codes.shape[1])))


class RandomWriter:
    """Log probabilities drawn at random; some are the same, so that there are ties."""

    def __init__(self, n, vocabulary, seed):
        self.n, self.vocabulary = n, vocabulary
        self.rng = np.random.default_rng(seed)

    def write(self, parents, tokens):
        width = 1 if parents is None else parents.shape[1]
        drawn = self.rng.integers(0, 4, (self.n, width, self.vocabulary)) / 2
        return torch.from_numpy(drawn).float().log_softmax(-1), 0


some_items = st.lists(st.lists(st.integers(-1, N_ITEMS), max_size=N_ITEMS), min_size=3, max_size=3)


@settings(max_examples=150, deadline=None)
@given(
    codes=st.lists(
        st.lists(st.integers(0, 3), min_size=0, max_size=3).map(lambda c: (*c, 4)),
        min_size=N_ITEMS,
        max_size=N_ITEMS,
        unique=True,
    ),
    seed=st.integers(0, 10_000),
    k=st.integers(1, 12),
    beams=st.integers(1, 6),
    allowed=st.none() | st.lists(st.booleans(), min_size=N_ITEMS, max_size=N_ITEMS),
    candidates=st.none() | some_items,
    excluded=st.none() | some_items,
)
def test_answers_are_open_and_different_and_as_many_as_there_are(
    codes, seed, k, beams, allowed, candidates, excluded
):
    queries = Queries(
        History(Ragged.empty(3)),
        allowed=None if allowed is None else np.array(allowed),
        candidates=None if candidates is None else Ragged.of(candidates),
        excluded=None if excluded is None else Ragged.of(excluded),
    )
    trie = TrieTensors.of(build_trie(Ragged.of(codes)), "cpu")
    found = search(RandomWriter(3, 5, seed), trie, queries, k, beams=beams, run=Run())
    assert found.items.shape == found.scores.shape == (3, k)
    for row in range(3):
        is_open = set(range(N_ITEMS))
        is_open &= is_open if candidates is None else set(candidates[row])
        is_open -= set() if excluded is None else set(excluded[row])
        is_open -= set() if allowed is None else {i for i in is_open if not allowed[i]}
        answered = found.items[row][found.items[row] >= 0].tolist()
        assert set(answered) <= is_open
        assert len(answered) == len(set(answered)) == min(k, len(is_open))
        scores = found.scores[row][: len(answered)]
        assert (np.diff(scores) <= 0).all()
        assert np.isnan(found.scores[row][len(answered) :]).all()


def test_nothing_is_found_where_there_is_nothing():
    trie = TrieTensors.of(build_trie(Ragged.empty(2)), "cpu")
    found = search(
        RandomWriter(1, 5, 0), trie, Queries(History(Ragged.empty(1))), 2, beams=4, run=Run()
    )
    assert found.items.tolist() == [[-1, -1]]


@pytest.mark.parametrize("options", SHAPES[:2])
def test_what_comes_later_does_not_change_what_was_said_before(options):
    model, codes = model_of(**options), catalogue()
    histories = histories_of([6], codes)
    targets = torch.cat([histories, histories[:, :1]], 1)
    changed = histories.clone()
    changed[:, 4:] = histories[:, :2]
    with torch.no_grad():
        before, after = model(histories, targets), model(changed, targets)
    assert torch.allclose(before[:, :5], after[:, :5], atol=1e-5)
    assert not torch.allclose(before[:, 5:], after[:, 5:], atol=1e-3)


def test_padding_changes_nothing():
    for options in SHAPES:
        model, codes = model_of(**options), catalogue()
        alone, among = histories_of([3], codes), histories_of([3, 9], codes)
        among[0, :3] = alone[0]
        with torch.no_grad():
            one, _ = Seq2SeqWriter(model, alone).write(None, None)
            both, _ = Seq2SeqWriter(model, among).write(None, None)
        assert torch.allclose(one[0], both[0], atol=1e-5)


def test_no_target_costs_nothing():
    model, codes = model_of(), catalogue()
    histories = histories_of([4], codes)
    targets = torch.full((1, 5, 3), -1)
    assert model(histories, targets).abs().sum() == 0
