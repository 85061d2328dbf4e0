import numpy as np
import pytest
from coding_worlds import data_of, vectors_of

from penchant.core import Deadline, DeadlinePassed, Run, UsageError
from penchant.indexing import RQVAE, Coded, report_index
from penchant.indexing.rqvae import encode, latents

SMALL = {"hidden": (32,), "latent": 8, "levels": 2, "width": 8, "batch_size": 64, "steps": 200}


def bunches(n_bunches=8, each=25):
    """Vectors in bunches."""
    middle = vectors_of(n_bunches, 16) * 3
    return np.repeat(middle, each, 0) + 0.1 * vectors_of(n_bunches * each, 16, seed=1)


def test_items_of_a_bunch_share_their_first_code(given):
    index = RQVAE(vectors=given(bunches()), **SMALL).code(data_of(200), Run()).index
    first = index.padded()[:, 0].reshape(8, 25)
    same = np.mean([np.bincount(row).max() / 25 for row in first])
    assert same > 0.9
    assert len(np.unique(np.median(first, axis=1))) >= 5


def test_codes_are_used_evenly_enough(given):
    vectors = vectors_of(400, 16)
    report = report_index(RQVAE(vectors=given(vectors), **SMALL).code(data_of(400), Run()).index)
    assert min(report.usage[:2]) == 1.0
    assert min(report.perplexity[:2]) > 6


def test_a_code_that_no_item_has_is_moved(given):
    import torch

    from penchant.indexing.rqvae_training import Network

    scheme = RQVAE(vectors=given(vectors_of(1)), **SMALL)
    network = Network(scheme, 16, 8)
    items = torch.from_numpy(vectors_of(50, 16))
    network.start(items, Run())
    with torch.no_grad():
        network.codebooks()[0].weight[3] = 1e6
        network.revive(items, np.random.default_rng(0))
        left = network.encoder(items)
        moved = network.codebooks()[0].weight[3]
        assert float((left - moved).square().sum(1).min()) < 1e-9


def test_numpy_codes_as_torch_does(given):
    import torch

    vectors = bunches()
    coded = RQVAE(vectors=given(vectors), **SMALL).code(data_of(200), Run())
    arrays = coded.learned.arrays
    x = torch.from_numpy(vectors / np.linalg.norm(vectors, axis=1, keepdims=True) * 4)
    for layer in range(2):
        weight, bias = (
            torch.from_numpy(arrays[f"encoder_{layer}_{p}"]) for p in ("weight", "bias")
        )
        x = torch.nn.functional.linear(torch.relu(x) if layer else x, weight, bias)
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    assert latents(coded.learned, unit) == pytest.approx(x.numpy(), abs=1e-4)
    stored = coded.index.padded()[:, :2] - np.asarray(coded.index.starts[:2])
    assert (encode(coded.learned, unit) == stored).all()


def test_a_stopped_training_goes_on_where_it_was(given, tmp_path):
    scheme = RQVAE(vectors=given(bunches()), **SMALL)
    whole = scheme.code(data_of(200), Run())
    with pytest.raises(DeadlinePassed):
        scheme.code(data_of(200), Run(folder=tmp_path, deadline=Deadline.after(0.05)))
    resumed = scheme.code(data_of(200), Run(folder=tmp_path))
    for name, array in whole.learned.arrays.items():
        assert (resumed.learned.arrays[name] == array).all()


def test_new_items_are_coded_without_torch(given):
    vectors = bunches()
    coded = RQVAE(vectors=given(vectors), **SMALL).code(data_of(199), Run())
    grown = Coded.restored(coded.state()).appended(data_of(200).catalog, Run()).index
    assert grown.padded()[199, 0] in grown.padded()[175:199, 0]


@pytest.mark.parametrize(
    "options",
    [{"latent": 0}, {"hidden": (0,)}, {"commitment": 0.0}, {"levels": 0}, {"reset_every": 0}],
)
def test_impossible_options_are_refused(options):
    with pytest.raises(UsageError, match="need"):
        RQVAE(**options)
