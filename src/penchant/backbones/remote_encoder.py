"""Texts to vectors at an endpoint, as OpenAI's embeddings are asked for."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from penchant.backbones.cache import CachedEncoder
from penchant.backbones.encoders import Encoder
from penchant.backbones.endpoint import Endpoint
from penchant.backbones.endpoint_abilities import Learning
from penchant.backbones.endpoint_address import Address
from penchant.backbones.endpoint_errors import CallFailed
from penchant.core import PenchantError, Run, UsageError, VectorBooks
from penchant.core.redaction import redact

COUNTED = 64
"""Numbers of a vector that is only counted, where the endpoint was never asked."""


@dataclass(frozen=True, kw_only=True)
class RemoteEncoder:
    """An embedding model at any endpoint that is shaped like OpenAI's.

    Vectors are cached by content, so that each text is paid for once on a machine.

    >>> RemoteEncoder(base_url="http://localhost:8080/v1", model="all-minilm").batch_size
    64
    """

    base_url: str
    """Up to and with the version."""
    model: str
    key_env: str = "OPENAI_API_KEY"
    """The environment variable that holds the key."""
    batch_size: int = 64
    """Texts of a call."""
    retries: int = 3
    pause_s: float = 0.5
    pause_most_s: float = 60.0
    timeout_s: float = 60.0
    concurrency: int = 4
    price: float = 0.0
    """Money for a million tokens, in any one currency; 0: not given."""

    def __post_init__(self) -> None:
        self.address()
        if not 0 <= self.price < float("inf"):
            raise UsageError(f"price={self.price}: need money for a million tokens, from 0")

    def address(self) -> Address:
        """Where it is asked."""
        return Address(
            self.base_url,
            self.model,
            self.key_env,
            self.retries,
            self.pause_s,
            self.pause_most_s,
            self.timeout_s,
            self.concurrency,
        )

    def open(self, run: Run) -> Encoder:
        """Asks nothing yet.

        Calls go through ``run.books``. A recording, and its replay, hold every text; else vectors
        are cached on this machine, and what is cached is no call.
        """
        remote, books = _Remote(self, run), run.books
        if isinstance(books, VectorBooks) and books.asks_all:
            return remote
        counted = isinstance(books, VectorBooks) and books.asks_nothing
        return CachedEncoder(remote, watch=run.watch, keeps=not counted)

    def assets(self) -> dict[str, str]:
        """None: its weights are elsewhere."""
        return {}


class _Remote:
    """An open :class:`RemoteEncoder`."""

    def __init__(self, options: RemoteEncoder, run: Run) -> None:
        self._options, self._run = options, run
        self._endpoint = Endpoint(options.address())
        self._learning = Learning(options.address())

    @property
    def name(self) -> str:
        """As the endpoint calls it."""
        return self._options.model

    @property
    def price(self) -> float:
        """As the options say."""
        return self._options.price

    @property
    def fingerprint(self) -> str:
        """The endpoint and the name of the model: more is not known."""
        return f"remote:{self._options.base_url}:{self._options.model}"

    @property
    def dimension(self) -> int:
        """Of its vectors; asked for with one text, if it was never asked before."""
        if self._learning.known.dimension is None:
            self.embed(["dimension"])
        return self._learning.known.dimension or COUNTED

    def count(self, text: str) -> int:
        """A third of the characters: the endpoint does not say before it is asked."""
        return len(text) // 3 + 1

    def ask(self, texts: Sequence[str], run: Run) -> NDArray[np.float32]:
        """(n, dimension) unit rows, now."""
        size = self._options.batch_size
        vectors = embed_texts(self._endpoint, texts, run, batch_size=size)
        if len(vectors):
            self._learning.learn(dimension=vectors.shape[1])
        return vectors

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension) unit rows, on the books if there are any; without personal data.

        Raises:
            PenchantError: Some could not be had.
        """
        books = self._run.books
        if not isinstance(books, VectorBooks):
            return self.ask([redact(text).text for text in texts], self._run)
        vectors = books.vectors(self, texts, run=self._run)
        if books.asks_nothing:
            return _stand_ins(texts, self._learning.known.dimension or COUNTED)
        missing = (
            len(texts) - int(np.isfinite(vectors).all(1).sum()) if vectors.size else len(texts)
        )
        if missing:
            raise PenchantError(
                f"no vectors of {missing:,} of {len(texts):,} texts from {self.name}: the budget "
                "is spent, the deadline passed, or the recording that is replayed lacks them\n"
                "  hint: give a larger budget, or record again"
            )
        return vectors


def _stand_ins(texts: Sequence[str], dimension: int) -> NDArray[np.float32]:
    """(n, dimension) unit rows that differ from text to text, for what only counts calls."""
    seeds = (hashlib.sha256(text.encode(errors="surrogatepass")).digest() for text in texts)
    drawn = [
        np.random.default_rng(int.from_bytes(seed[:8], "little")).standard_normal(dimension)
        for seed in seeds
    ]
    rows = np.array(drawn, np.float32).reshape(len(texts), dimension)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def embed_texts(
    endpoint: Endpoint, texts: Sequence[str], run: Run, *, batch_size: int = 64
) -> NDArray[np.float32]:
    """(n, d) unit rows, asked for in batches.

    Raises:
        PenchantError: A batch could not be had; half of the vectors are of no use.
    """

    def of(batch: Sequence[str]) -> NDArray[np.float32]:
        body = {
            "model": endpoint.address.model,
            # Providers refuse the empty text; a space has a vector like any other.
            "input": [text or " " for text in batch],
            "encoding_format": "float",
        }
        return endpoint.ask("/embeddings", body, lambda answer: _vectors(answer, len(batch)), run)

    if not len(texts):
        return np.zeros((0, 0), np.float32)
    starts = range(0, len(texts), batch_size)
    try:
        batches = endpoint.side_by_side(of, [texts[start : start + batch_size] for start in starts])
        vectors = np.concatenate(batches)
    except (CallFailed, ValueError) as failed:
        raise PenchantError(
            f"no vectors from {endpoint.address.model} at {endpoint.address.base_url}: {failed}\n"
            "  hint: ask again later, or name a model that embeds texts"
        ) from failed
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)


def _vectors(answer: Any, n: int) -> NDArray[np.float32]:  # Any: whatever the endpoint sent
    try:
        rows = sorted(answer["data"], key=lambda row: row["index"])
        vectors = np.array([row["embedding"] for row in rows], np.float32)
    except (KeyError, TypeError, ValueError) as error:
        raise CallFailed("garbled", "no list of vectors", again=True) from error
    if vectors.shape[:1] != (n,) or vectors.ndim != 2 or not np.isfinite(vectors).all():
        raise CallFailed("garbled", f"vectors of shape {vectors.shape} for {n} texts", again=True)
    return vectors
