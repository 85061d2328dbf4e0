"""Encoders that are asked elsewhere, on the books like every other model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, VectorModel
from penchant.language.books.booked import Booking
from penchant.language.books.booked_verbs import BookedEmbedding
from penchant.language.books.ledger import Ledger
from penchant.language.books.prices import Prices


def booked_vectors(
    books: Ledger, model: VectorModel, texts: Sequence[str], run: Run
) -> NDArray[np.float32]:
    """(n, d) from the books, or asked and written down; nan where there is none."""
    encoder = _Encoder(model)
    return BookedEmbedding(encoder, Booking(encoder, books)).embed(texts, run=run)


@dataclass(frozen=True, slots=True, eq=False)
class _Encoder:
    """An encoder as the books see models."""

    model: VectorModel
    window: int | None = None
    concurrency: int = 1
    """A batch of texts is one call: threads are the encoder's own matter."""

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def fingerprint(self) -> str:
        return self.model.fingerprint

    @property
    def prices(self) -> Prices:
        return Prices(prompt=self.model.price)

    def count(self, text: str) -> int:
        return self.model.count(text)

    def embed(self, texts: Sequence[str], *, run: Run) -> NDArray[np.float32]:
        return self.model.ask(texts, run)
