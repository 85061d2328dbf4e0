"""Books as encoders see them, which stand below language models and their ledger."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from penchant.core.run import Run


@runtime_checkable
class VectorBooks(Protocol):
    """Books that vectors of texts go through, too."""

    @property
    def asks_all(self) -> bool:
        """Whether every call must stand in the books, so that no other cache may answer it."""

    @property
    def asks_nothing(self) -> bool:
        """Whether calls are only counted; what comes back for them means nothing."""

    def vectors(
        self, model: "VectorModel", texts: Sequence[str], *, run: Run
    ) -> NDArray[np.float32]:
        """(n, d) vectors, on the books; nan where there is none, and no column if there are none.

        What names a person is taken out of the texts as the books are told to.
        """


class VectorModel(Protocol):
    """A model elsewhere that gives vectors, as books see it."""

    @property
    def name(self) -> str:
        """As it stands in the books."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever vectors may."""

    @property
    def price(self) -> float:
        """Money for a million tokens; 0: not given."""

    def count(self, text: str) -> int:
        """Tokens of a text, about."""

    def ask(self, texts: Sequence[str], run: Run) -> NDArray[np.float32]:
        """(n, d) unit rows, now."""
