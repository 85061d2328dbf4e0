"""Examples for a prompt, looked for among many: those most like what is asked.

Liu et al., "What Makes Good In-Context Examples for GPT-3?", DeeLIO 2022, arXiv:2101.06804: the
nearest examples help most, and the nearest of all stands last, next to the question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from penchant.backbones import Encoder
from penchant.core import Run, UsageError
from penchant.data import Rankings
from penchant.retrieve import LexicalIndex, fused_scores

Nearness = Literal["words", "vectors", "both", "random"]
"""By words in common (BM25), by the vectors of an encoder, by the ranks of both, or not at all."""
NEARNESSES: tuple[Nearness, ...] = get_args(Nearness)
DEPTH = 100
"""Examples of each search that count where both are merged."""


@dataclass(frozen=True, slots=True, eq=False)
class Demonstrations:
    """Examples to choose from: hand over training examples only.

    >>> pool = Demonstrations.of(["a red shoe", "the sky"], [{"a": "1"}, {"a": "2"}])
    >>> pool.nearest(["red shoes or a shoe"], 1, run=Run())
    [[{'a': '1'}]]
    """

    rows: Sequence[Mapping[str, object]]
    """(n) what a prompt is filled with"""
    index: LexicalIndex
    """Of their texts"""
    vectors: NDArray[np.float32] | None = None
    """(n, d) unit rows; ``None``: looked for by words only"""
    encoder: Encoder | None = None

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        rows: Sequence[Mapping[str, object]],
        *,
        encoder: Encoder | None = None,
    ) -> "Demonstrations":
        """From examples.

        Args:
            texts: (n) what each is found by.
            rows: (n) what a prompt is filled with.
            encoder: Of texts into vectors, opened.

        Raises:
            UsageError: There is not one text for each example.
            MissingExtra: bm25s is not installed.
        """
        if len(texts) != len(rows):
            raise UsageError(f"{len(texts)} texts for {len(rows)} examples: need one each")
        vectors = None if encoder is None else encoder.embed(texts)
        return cls(rows, LexicalIndex.of(texts), vectors, encoder)

    def __len__(self) -> int:
        return len(self.rows)

    def nearest(
        self,
        questions: Sequence[str],
        n: int,
        *,
        run: Run,
        by: Nearness = "words",
        barred: NDArray[np.bool_] | None = None,
    ) -> list[list[Mapping[str, object]]]:
        """At most ``n`` examples for each question, the nearest one last.

        Args:
            questions: (q) texts.
            n: Examples of each.
            run: Its seed orders those that are equally near.
            by: What near means.
            barred: (q, len(self)) examples that a question must not see, as those of the person
                who asks.

        Raises:
            UsageError: ``by`` is unknown, or needs vectors and there are none.
        """
        if by not in NEARNESSES:
            raise UsageError(f"by={by!r}: know {', '.join(NEARNESSES)}")
        if not len(self) or n < 1:
            return [[] for _ in questions]
        scores = self._scores(questions, by)
        # Smaller than any difference that means something, and another for every example.
        scores += run.rng("prompting.demonstrations").random(scores.shape, np.float32) * 1e-6
        if barred is not None:
            scores[barred] = -np.inf
        best = np.argsort(-scores, axis=1)[:, :n]
        return [
            [self.rows[at] for at in reversed(row.tolist()) if np.isfinite(scores[question, at])]
            for question, row in enumerate(best)
        ]

    def _scores(self, questions: Sequence[str], by: Nearness) -> NDArray[np.float32]:
        """(q, n) higher is nearer."""
        if by == "random":
            return np.zeros((len(questions), len(self)), np.float32)
        if by == "words":
            return self.index.score(questions)
        if self.vectors is None or self.encoder is None:
            raise UsageError(f"by={by!r} needs vectors: give an encoder when the examples are made")
        near = np.asarray(self.encoder.embed(questions) @ self.vectors.T, np.float32)
        if by == "vectors":
            return near
        found = {"words": _listed(self.index.score(questions)), "vectors": _listed(near)}
        return fused_scores(found, len(self))


def _listed(scores: NDArray[np.float32]) -> Rankings:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH].astype(np.int32)
    return Rankings(order, np.take_along_axis(scores, order, 1))
