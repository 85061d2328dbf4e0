"""The network of :class:`penchant.indexing.rqvae.RQVAE`, and how it learns."""

from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from penchant.core import Json, Run, State
from penchant.indexing.quantizer import ResidualQuantizer
from penchant.indexing.rqvae import RQVAE, scaled
from penchant.train import Identity, Supervised, fingerprint, shuffled_rows, torch_draws, train


def trained(
    scheme: RQVAE, vectors: NDArray[np.float32], width: int, options: dict[str, Json], run: Run
) -> State:
    """The weights of the encoder and the codebooks.

    Args:
        scheme: Sizes and rates.
        vectors: (n, dimension) unit rows, n at least 1.
        width: Codes of each level.
        options: Of the scheme, as JSON.
        run: Its folder keeps checkpoints.
    """
    with torch_draws(run, "rqvae.weights"):
        network = Network(scheme, vectors.shape[1], width).to(run.device)
        items = torch.from_numpy(scaled(vectors)).to(run.device)
        network.start(items, run)
    rows_of = shuffled_rows(len(vectors), scheme.batch_size, run, "rqvae.batches")

    def loss(batch: tuple[int, NDArray[np.int64]]) -> Tensor:
        step, rows = batch
        if step and step % scheme.reset_every == 0 and step < scheme.steps // 2:
            network.revive(items, run.rng("rqvae.reset", step))
        chosen = items[torch.from_numpy(rows).to(items.device)]
        badness: Tensor = network(chosen, scheme.commitment)
        return badness

    train(
        network,
        lambda step: (step, rows_of(step)),
        loss,
        Supervised(
            steps=scheme.steps,
            batch_size=scheme.batch_size,
            learning_rate=scheme.learning_rate,
            patience=None,
            checkpoint_every=250,
        ),
        run,
        identity=Identity(name="rq-vae", options=options, data=fingerprint(vectors)),
    )
    return State(arrays=network.learned())


class Network(nn.Module):
    """Encoder, codebooks, decoder."""

    def __init__(self, scheme: RQVAE, dimension: int, width: int) -> None:
        super().__init__()
        sizes = (dimension, *scheme.hidden, scheme.latent)
        self.encoder = _layers(sizes)
        self.decoder = _layers(sizes[::-1])
        self.books = nn.ModuleList(nn.Embedding(width, scheme.latent) for _ in range(scheme.levels))

    def forward(self, items: Tensor, commitment: float) -> Tensor:
        """How badly items are made again, and how far their latent vectors are from the codes."""
        latent = self.encoder(items)
        left, summed, apart = latent, torch.zeros_like(latent), torch.zeros((), device=items.device)
        for book in self.codebooks():
            chosen = book(_nearest(left, book.weight))
            apart = apart + functional.mse_loss(chosen, left.detach())
            apart = apart + commitment * functional.mse_loss(left, chosen.detach())
            summed = summed + chosen
            left = left - chosen.detach()
        straight = latent + (summed - latent).detach()
        return functional.mse_loss(self.decoder(straight), items) + apart

    def codebooks(self) -> list[nn.Embedding]:
        """One a level."""
        return [book for book in self.books if isinstance(book, nn.Embedding)]

    @torch.no_grad()
    def start(self, items: Tensor, run: Run) -> None:
        """Codebooks from k-means over the latent vectors of all items."""
        latent = self.encoder(items).cpu().numpy()
        widths = tuple(len(book.weight) for book in self.codebooks())
        rng = run.rng("rqvae.start")
        fitted = ResidualQuantizer.fit(latent, widths, rng, iterations=10)
        for book, centres in zip(self.codebooks(), fitted.codebooks, strict=True):
            book.weight.copy_(torch.from_numpy(centres))

    @torch.no_grad()
    def revive(self, items: Tensor, rng: np.random.Generator) -> None:
        """Moves each code that no item has to what some item has left over at its level."""
        left = self.encoder(items)
        for book in self.codebooks():
            chosen = _nearest(left, book.weight)
            dead = torch.bincount(chosen, minlength=len(book.weight)) == 0
            drawn = rng.integers(len(left), size=int(dead.sum()))
            book.weight[dead] = left[torch.from_numpy(drawn).to(left.device)]
            left = left - book(_nearest(left, book.weight))

    def learned(self) -> dict[str, NDArray[np.float32]]:
        """What coding needs."""
        arrays: dict[str, Tensor] = {
            f"codebook_{i}": book.weight for i, book in enumerate(self.codebooks())
        }
        linear = [layer for layer in self.encoder if isinstance(layer, nn.Linear)]
        for i, layer in enumerate(linear):
            arrays[f"encoder_{i}_weight"], arrays[f"encoder_{i}_bias"] = layer.weight, layer.bias
        return {name: values.detach().cpu().numpy().copy() for name, values in arrays.items()}


def _layers(sizes: tuple[int, ...]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _nearest(vectors: Tensor, centres: Tensor) -> Tensor:
    """(n,) the nearest centre of each vector."""
    with torch.no_grad():
        away: Tensor = centres.square().sum(1) - 2 * vectors @ centres.T
        return away.argmin(1)
