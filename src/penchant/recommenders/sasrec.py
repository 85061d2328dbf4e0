"""SASRec: a small causal transformer over the items of a history.

Kang and McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, arXiv:1808.09781.

Every item of a history attends to itself and to what came before it, and its last layer is compared
with the embeddings of all items to say what comes next. Differs from the paper: softmax over all or
over sampled items in place of one negative and binary cross entropy, which is what its strong
re-runs have in common (Klenitskiy and Vasilev, "Turning Dross Into Gold Loss: is BERT4Rec really
better than SASRec?", RecSys 2023); item embeddings begin where co-occurrence in the training data
puts them; normalisation stands before each layer; histories are packed without padding; long
histories are cut into windows anew in each pass where the paper keeps the newest part only.
"""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from penchant.backbones.causal import ItemTransformer
from penchant.backbones.packed import Packed
from penchant.core import DataError, Ragged, Run, State, UsageError
from penchant.data import (
    Cases,
    Catalog,
    Dataset,
    Queries,
    Rankings,
    Ranks,
    positives,
    ranks_by_score,
    recommend_by_score,
    similar_by_vectors,
)
from penchant.train import (
    Identity,
    NextItems,
    Supervised,
    TrainingRecord,
    fingerprint,
    full_softmax,
    neighbour_vectors,
    next_item_batches,
    sampled_softmax,
    torch_draws,
    torch_threads,
    train,
    validation,
)

TRAINING = Supervised(
    steps=4_000, batch_size=1_024, learning_rate=2e-3, evaluate_every=250, patience=4
)
"""About a minute on one core for histories of any length."""


@dataclass(frozen=True, kw_only=True)
class SASRec:
    """What comes next, by self-attention over what came before.

    >>> import penchant as pn
    >>> quick = pn.SASRec(training=pn.Supervised(steps=50, batch_size=256))
    >>> model = pn.fit(quick, pn.data.mini_world())
    >>> len(model.recommend(history=[], k=3))
    3
    """

    dimension: int = 64
    """Of items and hidden states."""
    layers: int = 2
    heads: int = 2
    """A divisor of the dimension."""
    dropout: float = 0.4
    max_history: int = 50
    """Newest items of a history that are looked at."""
    negatives: int | None = 256
    """Items drawn for each batch to be told from the right ones; ``None``: all items."""
    start: Literal["neighbours", "random"] = "neighbours"
    """Where item embeddings begin: see :func:`~penchant.train.neighbour_vectors`."""
    temperature: float | None = None
    """What cosines are divided by; ``None``: scores are inner products, as in the paper. With a
    random start, 0.07 learns several times faster than inner products."""
    training: Supervised = TRAINING
    """``batch_size`` counts events, about: histories of any length cost the same."""

    def __post_init__(self) -> None:
        for name in ("dimension", "layers", "heads", "max_history"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        if self.dimension % self.heads:
            raise UsageError(f"heads={self.heads}: need a divisor of dimension={self.dimension}")
        if not 0 <= self.dropout < 1:
            raise UsageError(f"dropout={self.dropout}: need a share from 0 to below 1")
        if self.temperature is not None and not self.temperature > 0:
            raise UsageError(f"temperature={self.temperature}: need more than 0, or none")
        if self.negatives is not None and self.negatives < 1:
            raise UsageError(f"negatives={self.negatives}: need at least 1, or none for all items")

    @classmethod
    def paper(cls) -> "SASRec":
        """The published sizes and rates for sparse data, but for the loss, which is softmax here.

        For MovieLens 1M the paper has ``max_history=200, dropout=0.2``.
        """
        return cls(
            dimension=50,
            heads=1,
            dropout=0.5,
            negatives=None,
            start="random",
            training=Supervised(
                steps=30_000,
                batch_size=1_024,
                learning_rate=1e-3,
                warmup=0.0,
                schedule="constant",
                clip=None,
                evaluate_every=500,
                patience=20,
            ),
        )

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "SASRecRecommender":
        """Learns from positive events; ``valid`` stops the training when it no longer helps.

        Raises:
            DataError: Nobody has two events, so that nothing follows anything.
        """
        items, _ = positives(data)
        if not (items.lengths > 1).any():
            raise DataError(
                f"nobody in {data.name} has two events, so nothing follows anything",
                hint="Popular, or a method that reads texts, can learn from such data",
            )
        n_items = len(data.catalog)
        network = self._new_network(items, n_items, run)
        counts = np.bincount(items.values, minlength=n_items).astype(np.float32)
        fitted = SASRecRecommender(self, network, counts, TrainingRecord(0, 0, 0.0))
        batches, _ = next_item_batches(
            items, self.max_history, self.training.batch_size, run, "sasrec.batches"
        )

        def loss(step_and_batch: tuple[int, NextItems]) -> Tensor:
            return self._loss(network, *step_and_batch, run)

        record = train(
            network,
            lambda step: (step, batches(step)),
            loss,
            self.training,
            run,
            identity=Identity(
                name="sasrec",
                options=asdict(self),
                data=fingerprint(items.values, items.offsets, _targets(valid)),
            ),
            valid=None if valid is None else validation(fitted, valid, run),
        )
        return replace(fitted, record=record)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "SASRecRecommender":
        """The recommender that gave this state."""
        network = self._empty_network(len(catalog), run)
        weights = {name: torch.from_numpy(state.arrays[name]) for name in network.state_dict()}
        network.load_state_dict(weights)
        record = TrainingRecord.of(state.json["record"])
        network.to(run.device).eval()
        return SASRecRecommender(self, network, state.arrays["counts"], record)

    def _empty_network(self, n_items: int, run: Run) -> ItemTransformer:
        with torch_draws(run, "sasrec.weights"):
            return ItemTransformer(
                n_items,
                self.max_history,
                dimension=self.dimension,
                layers=self.layers,
                heads=self.heads,
                dropout=self.dropout,
            )

    def _new_network(self, items: Ragged, n_items: int, run: Run) -> ItemTransformer:
        network = self._empty_network(n_items, run)
        if self.start == "neighbours":
            vectors = neighbour_vectors(items, n_items, self.dimension, run.rng("sasrec.start"))
            with torch.no_grad():
                network.items.weight.copy_(torch.from_numpy(vectors))
        return network.to(run.device)

    def _query(self, hidden: Tensor) -> Tensor:
        """What is multiplied with :meth:`_key` of items to score them."""
        if self.temperature is None:
            return hidden
        return functional.normalize(hidden, dim=1) / self.temperature

    def _key(self, embedded: Tensor) -> Tensor:
        return embedded if self.temperature is None else functional.normalize(embedded, dim=1)

    def _loss(self, network: ItemTransformer, step: int, batch: NextItems, run: Run) -> Tensor:
        items = torch.from_numpy(batch.items).to(run.device)
        targets = torch.from_numpy(batch.targets).to(run.device)
        packed = batch.packed.to(run.device)
        if self.negatives is None:
            hidden = network(network.items(items), packed)
            return full_softmax(self._query(hidden) @ self._key(network.items.weight).T, targets)
        n_items = network.items.num_embeddings
        drawn = run.rng("sasrec.negatives", step).integers(n_items, size=self.negatives)
        negatives = torch.from_numpy(drawn).to(run.device)
        # One lookup: each has a gradient of the size of the whole table.
        looked_up = network.items(torch.cat([items, targets, negatives]))
        seen, right, wrong = looked_up.split([len(items), len(targets), len(negatives)])
        hidden = network(seen, packed)
        positive = (self._query(hidden) * self._key(right)).sum(1)
        log_q = torch.full((len(negatives),), -math.log(n_items), device=run.device)
        negative = self._query(hidden) @ self._key(wrong).T
        return sampled_softmax(positive, negative, targets, negatives, log_q)


@dataclass(frozen=True, eq=False)
class SASRecRecommender:
    """A fitted :class:`SASRec`; scores are natural logs of odds, up to a constant for each row."""

    method: SASRec
    network: ItemTransformer
    counts: NDArray[np.float32]
    """(n_items,) training events: the answer to an empty history."""
    record: TrainingRecord

    def score(self, queries: Queries, run: Run) -> NDArray[np.float32]:
        """(n, n_items) logits; without a history, log of the share of training events."""
        histories = _known(queries.histories.items)
        some = np.flatnonzero(histories.lengths)
        if len(some) == len(histories):
            return self._scores(histories, run)
        scores = np.empty((len(queries), len(self.counts)), np.float32)
        scores[histories.lengths == 0] = np.log((self.counts + 1) / (self.counts + 1).sum())
        if len(some):
            scores[some] = self._scores(histories.take(some), run)
        return scores

    def _scores(self, histories: Ragged, run: Run) -> NDArray[np.float32]:
        """(n, n_items) of histories, none of them empty."""
        with torch.no_grad(), torch_threads(run):
            query = self.method._query(self._encode(histories))
            scored = query @ self.method._key(self.network.items.weight).T
        found: NDArray[np.float32] = scored.cpu().numpy()
        return found

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The open items most likely to come next."""
        return recommend_by_score(self, queries, k, run, len(self.counts))

    def ranks(self, queries: Queries, relevant: Ragged, run: Run) -> Ranks:
        """Where each relevant item stands."""
        return ranks_by_score(self, queries, relevant, run, len(self.counts))

    def similar(self, items: NDArray[np.int32], k: int, run: Run) -> Rankings:
        """The items with the nearest embeddings; scores are cosines."""
        return similar_by_vectors(self.vectors(np.arange(len(self.counts))), items, k, run)

    def vectors(self, items: NDArray[np.integer]) -> NDArray[np.float32]:
        """(n, d) the embeddings of items."""
        rows = torch.from_numpy(np.asarray(items, np.int64)).to(self.network.items.weight.device)
        with torch.no_grad():
            found: NDArray[np.float32] = self.network.items.weight[rows].float().cpu().numpy()
        return found

    def state(self) -> State:
        """Weights, counts, and how the training went."""
        arrays: dict[str, NDArray[Any]] = {  # Any: as State has it
            name: tensor.cpu().numpy() for name, tensor in self.network.state_dict().items()
        }
        return State({"record": self.record.json()}, {**arrays, "counts": self.counts})

    def _encode(self, histories: Ragged) -> Tensor:
        """(n, d) the last hidden state of each history, none of them empty."""
        newest = histories.tail(self.method.max_history)
        order = np.argsort(-newest.lengths, kind="stable")
        newest = newest.take(order)
        device = self.network.items.weight.device
        packed = Packed.of(newest.lengths).to(str(device))
        items = torch.from_numpy(newest.values.astype(np.int64)).to(device)
        hidden = self.network(self.network.items(items), packed)
        back = torch.from_numpy(packed.ends()[np.argsort(order)]).to(device)
        picked: Tensor = hidden.index_select(0, back)
        return picked


def _known(histories: Ragged) -> Ragged:
    """Without unknown items (-1)."""
    known = histories.values >= 0
    return Ragged.from_rows(histories.rows()[known], histories.values[known], len(histories))


def _targets(valid: Cases | None) -> NDArray[np.int32]:
    return np.zeros(0, np.int32) if valid is None else valid.relevant.values
