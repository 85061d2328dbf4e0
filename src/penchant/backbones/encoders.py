"""Texts to vectors."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from penchant.backbones.cache import CachedEncoder
from penchant.backbones.models import MODELS, WEIGHTS
from penchant.core import AssetError, MissingExtra, Run, UsageError, fetch, hash_file

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


_KNOWN = [
    name
    for name, asset in MODELS.items()
    if any(file.path == "modules.json" for file in asset.files)
]


class Encoder(Protocol):
    """An open encoder."""

    @property
    def fingerprint(self) -> str:
        """Of all that shapes its vectors: two encoders with the same one give the same."""

    @property
    def dimension(self) -> int:
        """Of its vectors."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension) unit rows."""


class TextEncoder(Protocol):
    """An encoder as a value in the options of a method; it is opened in ``fit``."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # Any: how the standard library types it

    def open(self, run: Run) -> Encoder:
        """Fetches what it needs and gets ready."""

    def assets(self) -> dict[str, str]:
        """The models it refers to by name, with the sha256 of their weights."""


@dataclass(frozen=True, kw_only=True)
class SentenceEncoder:
    """A sentence-transformers or transformers model.

    Vectors are cached by content, so that each text is embedded once on a machine.

    >>> SentenceEncoder().model
    'all-minilm-l6-v2'
    """

    model: str = "all-minilm-l6-v2"
    """A name that ``penchant models list`` shows, a folder, or a name on a hub."""
    max_tokens: int = 256
    """Of a text; what follows is not read."""
    batch_size: int = 64

    def open(self, run: Run) -> Encoder:
        """Fetches the model; its weights are read when the first new text comes."""
        folder = self.model
        if self.model in MODELS:
            folder = str(fetch(MODELS[self.model], run.watch))
        return CachedEncoder(_Sentences(self, folder, run), watch=run.watch)

    def assets(self) -> dict[str, str]:
        """The model, if it is one of :data:`MODELS`."""
        return {self.model: WEIGHTS[self.model]} if self.model in WEIGHTS else {}


class _Sentences:
    """An open :class:`SentenceEncoder`; loads its model once a vector is asked for."""

    def __init__(self, options: SentenceEncoder, folder: str, run: Run) -> None:
        self._options, self._folder, self._run = options, folder, run
        self._model: SentenceTransformer | None = None
        self._fingerprint = ""

    @property
    def fingerprint(self) -> str:
        """The sha256 of the weights, and how long texts may be."""
        if not self._fingerprint:
            self._fingerprint = f"{self._weights()}:{self._options.max_tokens}"
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Of its vectors."""
        return int(self._loaded().get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension) unit rows."""
        import torch

        model = self._loaded()
        threads = torch.get_num_threads()
        torch.set_num_threads(self._run.threads)
        try:
            size = self._options.batch_size
            vectors = model.encode(list(texts), batch_size=size, show_progress_bar=False)
        finally:
            torch.set_num_threads(threads)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)

    def _weights(self) -> str:
        if self._options.model in WEIGHTS:
            return WEIGHTS[self._options.model]
        files = sorted(Path(self._folder).glob("**/*.safetensors"))
        if files:
            return ":".join(hash_file(file) for file in files)
        digest = hashlib.sha256()
        for name, tensor in self._loaded().state_dict().items():
            digest.update(name.encode() + tensor.float().cpu().numpy().tobytes())
        return digest.hexdigest()

    def _loaded(self) -> "SentenceTransformer":
        if self._model is None:
            try:
                from sentence_transformers import SentenceTransformer
            except ImportError as error:
                raise MissingExtra("sentence-transformers", extra="lm") from error
            try:
                with _quiet():
                    self._model = SentenceTransformer(self._folder, device=self._run.device)
            except (OSError, ValueError) as error:
                raise AssetError(
                    f"no text encoder {self._options.model!r}: {error}\n  hint: name one of "
                    f"{', '.join(_KNOWN)}, a folder with a model, or a model of a hub"
                ) from error
            longest = self._model.max_seq_length or self._options.max_tokens
            self._model.max_seq_length = min(longest, self._options.max_tokens)
        return self._model


@contextmanager
def _quiet() -> Iterator[None]:
    """No bars of other libraries: who watches is told by the run."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped there
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]  # untyped there


@dataclass(frozen=True, kw_only=True)
class HashedText:
    """Words and pairs of words, hashed to a sign and a place; needs no model and no training.

    Knows which words texts share and nothing of what they mean.

    >>> vectors = HashedText().open(Run()).embed(["red shoes", "red shoe", "blue sky"])
    >>> bool(vectors[0] @ vectors[1] > vectors[0] @ vectors[2])
    True
    """

    dimension: int = 512

    def __post_init__(self) -> None:
        if self.dimension < 1:
            raise UsageError(f"dimension={self.dimension}: need at least 1")

    def open(self, run: Run) -> Encoder:
        """Nothing to fetch."""
        return _Hashed(self.dimension)

    def assets(self) -> dict[str, str]:
        """None."""
        return {}


@dataclass(frozen=True, slots=True)
class _Hashed:
    """An open :class:`HashedText`."""

    dimension: int

    @property
    def fingerprint(self) -> str:
        """The number of places and the version of the recipe."""
        return f"hashed-1:{self.dimension}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension) unit rows; zeros where a text has no word."""
        from sklearn.feature_extraction.text import HashingVectorizer

        if not len(texts):
            return np.zeros((0, self.dimension), np.float32)
        words = HashingVectorizer(
            n_features=self.dimension, ngram_range=(1, 2), norm=None, dtype=np.float32
        )
        letters = HashingVectorizer(
            n_features=self.dimension,
            analyzer="char_wb",
            ngram_range=(3, 4),
            norm="l2",
            dtype=np.float32,
        )
        counts = words.transform(texts)
        norms = np.sqrt(counts.multiply(counts).sum(1))
        scaled = np.asarray(counts.todense()) / np.maximum(np.asarray(norms), 1e-12)
        both = scaled + np.asarray(letters.transform(texts).todense())
        length = np.linalg.norm(both, axis=1, keepdims=True)
        return np.asarray(both / np.maximum(length, 1e-12), np.float32)
