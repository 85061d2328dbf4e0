"""Tiger: generative retrieval, in which a model writes the codes of the next item.

Rajput et al., "Recommender Systems with Generative Retrieval", NeurIPS 2023, arXiv:2305.05065.

Texts of items become vectors, vectors become short tuples of codes (alike items share their first
codes), and a small encoder-decoder learns to write the codes of what comes next. Beam search walks
the trie of the codes there are, so every answer is a real item that the query leaves open.
Differs from the paper: residual k-means in place of RQ-VAE; by default one encoder position an item
and a causal encoder, which learns from every position of a history at once (:meth:`Tiger.paper`
has one position a code and reads both ways); each level has a softmax of its own; no user token.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from penchant.backbones.asking import CodedItems, ReadAlike, answer
from penchant.backbones.seq2seq import CodeSeq2Seq, Shape
from penchant.core import DataError, Ragged, Run, State, UsageError
from penchant.data import (
    Cases,
    Catalog,
    Dataset,
    History,
    Queries,
    Rankings,
    positives,
    recommend_by_score,
)
from penchant.indexing import Coded, ResidualKMeans, Scheme
from penchant.indexing.examples import Examples, every_position, last_position
from penchant.train import (
    Identity,
    Supervised,
    TrainingRecord,
    fingerprint,
    torch_draws,
    train,
    validation,
)

LEAST_STEPS = 150
"""Few events need many passes."""
SCHEME = ResidualKMeans()
TRAINING = Supervised(
    steps=1_000, batch_size=512, learning_rate=2e-3, weight_decay=0.01, patience=4
)


@dataclass(frozen=True, kw_only=True)
class Tiger:
    """Generative retrieval over semantic ids.

    >>> import penchant as pn
    >>> from penchant.indexing import ResidualKMeans, TextVectors
    >>> words = ResidualKMeans(vectors=TextVectors(encoder=pn.HashedText()))
    >>> quick = pn.Tiger(scheme=words, training=pn.Supervised(steps=20, batch_size=256))
    >>> model = pn.fit(quick, pn.data.mini_world())
    >>> len(model.recommend(history=[], k=3))
    3
    """

    scheme: Scheme = SCHEME
    """What makes codes: any whose codes stand level by level."""
    max_history: int = 50
    """Newest items of a history that are looked at."""
    dimension: int = 128
    heads: int = 4
    head_dimension: int = 32
    feed_forward: int = 256
    encoder_layers: int = 2
    decoder_layers: int = 1
    dropout: float = 0.2
    position_per_code: bool = False
    """Each code of the history is an encoder position, and not each item."""
    causal: bool = True
    """One reading of a history teaches all its positions, and not only the last."""
    beams: int = 20
    """Ways followed at once; never fewer than the answers asked for."""
    passes: int = 30
    """Over the data, at most; a small data set needs fewer steps than ``training`` allows."""
    training: Supervised = TRAINING
    """``batch_size`` counts items to be written. Minutes on one core."""

    def __post_init__(self) -> None:
        for name in ("max_history", "beams", "passes"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        self.shape((2,))

    @classmethod
    def paper(cls) -> "Tiger":
        """The published settings (section 4.1), as far as this method has them."""
        training = Supervised(
            steps=200_000, batch_size=256, learning_rate=1e-3, warmup=0.05, patience=None
        )
        return cls(
            max_history=20,
            heads=6,
            head_dimension=64,
            feed_forward=1024,
            encoder_layers=4,
            decoder_layers=4,
            dropout=0.1,
            position_per_code=True,
            causal=False,
            passes=1_000_000,
            training=training,
        )

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "TigerRecommender":
        """Learns from positive events; ``valid`` stops the training when it no longer helps.

        Raises:
            DataError: Nobody has two events, so that nothing follows anything.
            UsageError: The scheme's codes do not stand level by level.
        """
        sequences, _ = positives(data)
        if not (sequences.lengths > 1).any():
            raise DataError(
                f"nobody in {data.name} has two events, so nothing follows anything",
                hint="Popular, or a method that reads texts, can learn from such data",
            )
        coded = run.stage("index").once(lambda: self.scheme.code(data, run), Coded.restored)
        if coded.index.depth > len(coded.index.widths):
            raise UsageError(
                f"scheme={coded.index.scheme}: its codes share one vocabulary, Tiger writes one "
                "code a level; use another scheme, or a method on a text model"
            )
        with torch_draws(run, "tiger.weights"):
            model = CodeSeq2Seq(self.shape(coded.index.widths)).to(run.device)
        fitted = TigerRecommender.of(self, model, coded, TrainingRecord(0, 0, 0.0))
        examples = every_position if self.causal else last_position
        batches, per_pass = examples(
            sequences, self.max_history, self.training.batch_size, run, "tiger.batches"
        )
        steps = min(self.training.steps, max(LEAST_STEPS, self.passes * per_pass))
        targets = np.zeros(0, np.int32) if valid is None else valid.relevant.values
        record = train(
            model,
            batches,
            fitted.loss,
            replace(self.training, steps=steps),
            run,
            identity=Identity(
                name="tiger",
                options=asdict(self),
                data=fingerprint(
                    sequences.values, sequences.offsets, coded.index.codes.values, targets
                ),
            ),
            valid=None if valid is None else validation(fitted, valid, run, most=1_000),
        )
        return replace(fitted, record=record)

    def restore(self, state: State, catalog: Catalog, run: Run) -> "TigerRecommender":
        """The recommender that gave this state.

        Raises:
            UsageError: The codes are of another catalogue.
        """
        coded = Coded.restored(state.parts["index"])
        coded.index.check_catalogue(catalog.ids.series())
        with torch_draws(run, "tiger.weights"):
            model = CodeSeq2Seq(self.shape(coded.index.widths))
        weights = {name: torch.from_numpy(state.arrays[name]) for name in model.state_dict()}
        model.load_state_dict(weights)
        model.to(run.device).eval()
        record = TrainingRecord.of(state.json["record"])
        return TigerRecommender.of(self, model, coded, record)

    def shape(self, widths: tuple[int, ...]) -> Shape:
        """The size of the model for codes of these widths."""
        return Shape(
            widths=widths,
            dimension=self.dimension,
            heads=self.heads,
            head_dimension=self.head_dimension,
            feed_forward=self.feed_forward,
            encoder_layers=self.encoder_layers,
            decoder_layers=self.decoder_layers,
            dropout=self.dropout,
            position_per_code=self.position_per_code,
            causal=self.causal,
        )


@dataclass(frozen=True, eq=False)
class TigerRecommender:
    """A fitted :class:`Tiger`; scores are natural logs of the probability of all codes."""

    method: Tiger
    model: CodeSeq2Seq
    coded: Coded
    record: TrainingRecord
    items: CodedItems

    @classmethod
    def of(
        cls, method: Tiger, model: CodeSeq2Seq, coded: Coded, record: TrainingRecord
    ) -> "TigerRecommender":
        """With the codes where the model is."""
        return cls(
            method, model, coded, record, CodedItems.of(coded.index, str(model.begin.device))
        )

    def loss(self, examples: Examples) -> Tensor:
        """Mean cross entropy of a code, in nats."""
        total, written = torch.zeros((), device=self.items.codes.device), 0
        for seen, wanted in examples:
            targets = self.items.of_items(wanted)
            total = total + self.model(self.items.of_items(seen), targets).sum()
            written += int((wanted >= 0).sum()) * targets.shape[2]
        return total / max(1, written)

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The open items that the beams find most probable; ``k`` whenever ``k`` are open."""
        known = self.items.known(queries.histories.items).tail(self.method.max_history)
        beams = self.method.beams
        with torch_draws(run, "tiger.search"):
            return answer(self.model, self.items, known, queries, k, beams=beams, run=run)

    def similar(self, items: NDArray[np.int32], k: int, run: Run) -> Rankings:
        """The items whose codes the model has learned to read alike; scores are cosines."""
        itself = History(Ragged(np.asarray(items, np.int32), np.arange(len(items) + 1)))
        n_items = len(self.coded.index)
        near = ReadAlike(self.model, self.items)
        return recommend_by_score(near, Queries(itself).unseen(), k, run, n_items)

    def with_items(self, catalog: Catalog, run: Run) -> "TigerRecommender":
        """The same recommender for a catalogue with more items after the present ones.

        A new item gets the codes that its scheme finds for it. Nothing is trained.

        Raises:
            UsageError: The present items do not begin the catalogue, or no code is free.
        """
        coded = self.coded.appended(catalog, run)
        return self.of(self.method, self.model, coded, self.record)

    def state(self) -> State:
        """Weights, codes, and how the training went."""
        arrays: dict[str, NDArray[Any]] = {  # Any: as State has it
            name: tensor.cpu().numpy() for name, tensor in self.model.state_dict().items()
        }
        json = {"record": self.record.json()}
        return State(json, arrays, {"index": self.coded.state()})
