"""Tiger: generative retrieval, in which a model writes the codes of the next item.

Rajput et al., "Recommender Systems with Generative Retrieval", NeurIPS 2023, arXiv:2305.05065.

Items become short tuples of codes (alike items share their first codes), and a small model learns
to write the codes of what comes next. Beam search walks the trie of the codes there are, so every
answer is a real item that the query leaves open.
Differs from the paper: residual k-means in place of RQ-VAE by default; one position an item and a
decoder over packed histories, which learns from every position at once, in place of an
encoder-decoder over codes (:meth:`Tiger.paper` has that); each level has a softmax of its own; no
user token by default.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from penchant.backbones import CodeModel
from penchant.backbones.asking import CodedItems, ReadAlike, answer
from penchant.backbones.code_decoder import Decoder
from penchant.backbones.seq2seq import EncoderDecoder
from penchant.backbones.tracing import traced
from penchant.backbones.writing import CodeWriter
from penchant.codes import Trace
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
from penchant.indexing.learners import Learner, learner_of
from penchant.train import (
    Identity,
    Supervised,
    TrainingRecord,
    fingerprint,
    torch_threads,
    train,
    validation,
)

TAUGHT = "taught"
"""Of the arrays of a fitted model, the one that is no weight."""
LEAST_STEPS = 150
"""Few events need many passes."""
SCHEME = ResidualKMeans()
MODEL = Decoder()
TRAINING = Supervised(
    steps=4_000, batch_size=1_024, learning_rate=3e-3, weight_decay=0.01, patience=4
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
    """What makes codes."""
    model: CodeModel = MODEL
    """What writes them: a :class:`~penchant.backbones.Decoder` over packed histories, or an
    :class:`~penchant.backbones.EncoderDecoder`, which needs codes that stand level by level."""
    max_history: int = 50
    """Newest items of a history that are looked at."""
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

    @classmethod
    def paper(cls) -> "Tiger":
        """The published settings (section 4.1), as far as this method has them."""
        training = Supervised(
            steps=200_000, batch_size=256, learning_rate=1e-3, warmup=0.05, patience=None
        )
        model = EncoderDecoder(
            heads=6,
            head_dimension=64,
            feed_forward=1024,
            encoder_layers=4,
            decoder_layers=4,
            dropout=0.1,
            position_per_code=True,
            causal=False,
        )
        return cls(model=model, max_history=20, passes=1_000_000, training=training)

    def fit(self, data: Dataset, run: Run, *, valid: Cases | None = None) -> "TigerRecommender":
        """Learns from positive events; ``valid`` stops the training when it no longer helps.

        Raises:
            DataError: Nobody has two events, so that nothing follows anything.
            UsageError: The model cannot write the scheme's codes.
        """
        sequences, _ = positives(data)
        if not (sequences.lengths > 1).any():
            raise DataError(
                f"nobody in {data.name} has two events, so nothing follows anything",
                hint="Popular, or a method that reads texts, can learn from such data",
            )
        coded = run.stage("index").once(lambda: self.scheme.code(data, run), Coded.restored)
        taught = np.bincount(sequences.values, minlength=len(data.catalog)) > 0
        items = _items(coded, taught, run.device)
        learner = learner_of(self.model, items, self.max_history, run)
        fitted = TigerRecommender(self, learner, coded, taught, TrainingRecord(0, 0, 0.0))
        known = learner.items.known(sequences)
        batches, per_pass = learner.batches(known, self.max_history, self.training.batch_size, run)
        steps = min(self.training.steps, max(LEAST_STEPS, self.passes * per_pass))
        targets = np.zeros(0, np.int32) if valid is None else valid.relevant.values
        record = train(
            learner.network,
            batches,
            learner.loss,
            replace(self.training, steps=steps),
            run,
            identity=Identity(
                name="tiger",
                options=asdict(self),
                data=fingerprint(known.values, known.offsets, coded.index.codes.values, targets),
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
        taught = state.arrays[TAUGHT].astype(bool)
        items = _items(coded, taught, run.device)
        learner = learner_of(self.model, items, self.max_history, run)
        network = learner.network
        weights = {name: torch.from_numpy(state.arrays[name]) for name in network.state_dict()}
        network.load_state_dict(weights)
        network.eval()
        record = TrainingRecord.of(state.json["record"])
        return TigerRecommender(self, learner, coded, taught, record)


@dataclass(frozen=True, eq=False)
class TigerRecommender:
    """A fitted :class:`Tiger`; scores are natural logs of the probability of all codes."""

    method: Tiger
    learner: Learner
    coded: Coded
    taught: NDArray[np.bool_]
    """(n_items,) items that somebody chose, so that their last code was learned."""
    record: TrainingRecord

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """The open items that the beams find most probable; ``k`` whenever ``k`` are open."""
        learner, people = self.learner, queries.users
        known = learner.items.known(queries.histories.items).tail(self.method.max_history)

        def read(rows: NDArray[np.int64]) -> CodeWriter:
            return learner.read(known.take(rows), None if people is None else people[rows])

        with torch_threads(run):
            return answer(
                read,
                learner.items.trie,
                known.lengths,
                queries,
                k,
                beams=self.method.beams,
                run=run,
            )

    def trace(
        self, queries: Queries, k: int, run: Run, *, beams: int | None = None, died: int = 10
    ) -> Trace:
        """The ways that lead to the best ``k`` open items of one row."""
        items, people = self.learner.items, queries.users
        known = items.known(queries.histories.items).tail(self.method.max_history)
        width = self.method.beams if beams is None else beams
        with torch_threads(run):
            read = self.learner.read(known, people)
            return traced(read, items.trie, queries, k, beams=width, died=died)

    def vectors(self, items: NDArray[np.integer]) -> NDArray[np.float32]:
        """(n, d) the summed embeddings of each item's codes, the last one left out."""
        return ReadAlike(self.learner.embedding, self.learner.items).vectors(items)

    def similar(self, items: NDArray[np.int32], k: int, run: Run) -> Rankings:
        """The items whose codes the model has learned to read alike; scores are cosines."""
        itself = History(Ragged(np.asarray(items, np.int32), np.arange(len(items) + 1)))
        n_items = len(self.coded.index)
        near = ReadAlike(self.learner.embedding, self.learner.items)
        return recommend_by_score(near, Queries(itself).unseen(), k, run, n_items)

    def with_items(self, catalog: Catalog, run: Run) -> "TigerRecommender":
        """The same recommender for a catalogue with more items after the present ones.

        A new item gets the codes that its scheme finds for it. Nothing is trained: where the last
        code only tells items apart, a new one has an even share of what all with its other codes
        have.

        Raises:
            UsageError: The present items do not begin the catalogue, or no code is free.
        """
        coded = self.coded.appended(catalog, run)
        taught = np.pad(self.taught, (0, len(catalog) - len(self.taught)))
        items = _items(coded, taught, str(self.learner.items.codes.device))
        return replace(self, coded=coded, taught=taught, learner=self.learner.over(items))

    def state(self) -> State:
        """Weights, codes, and how the training went; what the scheme reads, by name."""
        arrays: dict[str, NDArray[Any]] = {  # Any: as State has it
            name: tensor.cpu().numpy() for name, tensor in self.learner.network.state_dict().items()
        }
        arrays[TAUGHT] = self.taught.astype(np.uint8)
        json = {"record": self.record.json()}
        return State(json, arrays, {"index": self.coded.state()})


def _items(coded: Coded, taught: NDArray[np.bool_], device: str) -> CodedItems:
    """The items for a model that was taught some of them."""
    return CodedItems.of(coded.index, device, ~taught if coded.tells_apart else None)
