"""RQ-VAE: vectors to codes by a network and its residual codebooks, learned together.

Rajput et al., "Recommender Systems with Generative Retrieval", NeurIPS 2023, arXiv:2305.05065,
section 3.1.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, State, UsageError, write_options
from penchant.data import Catalog, Dataset
from penchant.indexing.item_vectors import ItemVectors, TextVectors
from penchant.indexing.prefixes import check_sizes, fitting_width, told_apart, told_apart_from
from penchant.indexing.quantizer import ResidualQuantizer
from penchant.indexing.random_codes import RandomCodes
from penchant.indexing.residual import known_rows, quantizer_of
from penchant.indexing.scheme import KINDS, Coded

TEXTS = TextVectors()


@dataclass(frozen=True, kw_only=True)
class RQVAE:
    """A residual-quantised variational autoencoder, and a last code for items that collide.

    An encoder makes a latent vector, each level codes what the levels before left over, and a
    decoder makes the vector again from the sum of the codes' vectors. Gradients pass the codes
    straight through. Codebooks start from k-means over the first latent vectors; a code that no
    item has is moved, every so often, to a vector that some level has left over. Differs from the
    paper: AdamW with a falling rate in place of Adagrad, minutes in place of 20,000 passes.
    """

    vectors: ItemVectors = TEXTS
    """What codes are made of."""
    levels: int = 3
    """Codes per item, before the last one."""
    width: int = 256
    """Different codes per level; not more than a quarter of the items."""
    hidden: tuple[int, ...] = (512, 256, 128)
    """Layers of the encoder; the decoder has them the other way round."""
    latent: int = 32
    """Dimension of the vectors that are coded."""
    commitment: float = 0.25
    """How much the encoder is drawn to its codes, beside the codes to it."""
    reset_every: int = 100
    """Steps between looks for codes that no item has."""
    steps: int = 1_500
    """Of training."""
    batch_size: int = 512
    """Items."""
    learning_rate: float = 1e-3
    spare: int = 16
    """Last codes kept free for items that come later."""

    def __post_init__(self) -> None:
        check_sizes(levels=self.levels, width=self.width, spare=self.spare)
        for name in ("latent", "reset_every", "steps", "batch_size"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        if min(self.hidden, default=1) < 1:
            raise UsageError(f"hidden={self.hidden}: need at least 1 in each layer")
        for name in ("commitment", "learning_rate"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name}={getattr(self, name)}: need more than 0")

    def code(self, data: Dataset, run: Run) -> Coded:
        """See :class:`Scheme`; a training that was stopped is resumed in the run's folder."""
        used = self.vectors.chosen(data, run)
        vectors = used.of(data, run)
        known = known_rows(vectors, run)
        if not known.any():
            drawn = RandomCodes(levels=self.levels, width=self.width, spare=self.spare)
            return drawn.code(data, run)
        from penchant.indexing.rqvae_training import trained  # torch takes a second to import

        scheme = replace(self, vectors=used)
        widths = (fitting_width(self.width, len(vectors)),) * self.levels
        options = write_options(scheme, KINDS)
        learned = trained(self, vectors[known], widths[0], options, run.within("rq-vae"))
        rng = run.rng("indexing.rqvae")
        prefixes = rng.integers(widths, size=(len(vectors), self.levels))
        prefixes[known] = encode(learned, vectors[known])
        codes, all_widths = told_apart(prefixes, widths, self.spare, run)
        kept = State(arrays=learned.arrays, assets=used.assets())
        return Coded.of(scheme, codes, all_widths, data, learned=kept, tells_apart=True)

    def more(self, coded: Coded, catalog: Catalog, run: Run) -> Coded:
        """The codes that the encoder finds; an item without a vector draws its codes."""
        index = coded.index
        vectors = self.vectors.of_new(catalog, len(index), run)
        wanted = coded.learned.arrays["encoder_0_weight"].shape[1]
        if vectors.shape[1] != wanted:
            raise UsageError(
                f"the new items have vectors of dimension {vectors.shape[1]}, the codes were made "
                f"from dimension {wanted}: use the same encoder or file"
            )
        rng, widths = run.rng("indexing.append", len(index)), index.widths[:-1]
        prefixes = rng.integers(widths, size=(len(vectors), len(widths)))
        known = (vectors != 0).any(1)
        prefixes[known] = encode(coded.learned, vectors[known])
        return coded.grown(told_apart_from(index, prefixes), catalog)


def encode(learned: State, vectors: NDArray[np.float32]) -> NDArray[np.int32]:
    """(n, levels) codes of vectors, by numpy: an index is used without torch."""
    quantizer: ResidualQuantizer = quantizer_of(learned)
    return quantizer.encode(latents(learned, vectors))


def latents(learned: State, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, latent) what the encoder makes of vectors."""
    layers = sum(name.endswith("_weight") for name in learned.arrays)
    x = scaled(vectors)
    for layer in range(layers):
        weight, bias = (learned.arrays[f"encoder_{layer}_{part}"] for part in ("weight", "bias"))
        x = x @ weight.T + bias
        if layer < layers - 1:
            x = np.maximum(x, 0)
    return np.asarray(x, np.float32)


def scaled(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit rows with entries of about 1, as networks are made for."""
    return np.asarray(vectors * np.sqrt(vectors.shape[1]), np.float32)
