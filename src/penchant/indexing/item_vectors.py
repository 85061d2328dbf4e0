"""Which vectors of items a scheme makes codes of: of texts, of who chose them, of a file."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from penchant.backbones import SentenceEncoder, TextEncoder
from penchant.core import Kind, Run, UsageError
from penchant.data import Catalog, Dataset
from penchant.indexing.vector_files import read_vectors
from penchant.indexing.vectors import collaborative_vectors, item_texts, joined_vectors


class ItemVectors(Protocol):
    """A source of vectors: a frozen dataclass of options. A row of zeros: nothing is known."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # Any: how the standard library types it

    def chosen(self, data: Dataset, run: Run) -> "ItemVectors":
        """What is taken for these data: itself, or what stands in; then the run is told why."""

    def of(self, data: Dataset, run: Run) -> NDArray[np.float32]:
        """(n_items, dimension) of all items."""

    def of_new(self, catalog: Catalog, start: int, run: Run) -> NDArray[np.float32]:
        """(len(catalog) - start, dimension) of the items from ``start`` on, without events."""

    def assets(self) -> dict[str, str]:
        """The models that it refers to by name, with the sha256 of their weights."""


VECTORS = Kind(
    "vectors",
    "penchant.indexing",
    {
        "collaborative": "item_vectors:CollaborativeVectors",
        "given": "item_vectors:GivenVectors",
        "joined": "item_vectors:JoinedVectors",
        "text": "item_vectors:TextVectors",
    },
    ItemVectors,
)
"""Every source of vectors: its name in specs, and where it stands."""

ENCODER = SentenceEncoder()


@dataclass(frozen=True, kw_only=True)
class TextVectors:
    """What the catalogue says of an item, read by a text encoder."""

    encoder: TextEncoder = ENCODER

    def chosen(self, data: Dataset, run: Run) -> ItemVectors:
        """Itself; without any text, who chose the items."""
        if item_texts(data.catalog) is not None:
            return self
        run.watch.note(f"{data.name} has no texts of items: codes come from who chose them")
        return CollaborativeVectors()

    def of(self, data: Dataset, run: Run) -> NDArray[np.float32]:
        """Unit rows; zeros where nothing is said."""
        return self.of_new(data.catalog, 0, run)

    def of_new(self, catalog: Catalog, start: int, run: Run) -> NDArray[np.float32]:
        """Unit rows; zeros where nothing is said."""
        texts = (item_texts(catalog) or [""] * len(catalog))[start:]
        vectors = self.encoder.open(run).embed(texts)
        said = np.array([bool(text.strip()) for text in texts], np.bool_)
        return np.asarray(vectors * said[:, None], np.float32)

    def assets(self) -> dict[str, str]:
        """Those of the encoder."""
        return self.encoder.assets()


@dataclass(frozen=True, kw_only=True)
class CollaborativeVectors:
    """Who chose an item: singular vectors of people x items, from the training interactions."""

    dimension: int = 64

    def __post_init__(self) -> None:
        if self.dimension < 1:
            raise UsageError(f"dimension={self.dimension}: need at least 1")

    def chosen(self, data: Dataset, run: Run) -> ItemVectors:
        """Itself."""
        return self

    def of(self, data: Dataset, run: Run) -> NDArray[np.float32]:
        """Unit rows; zeros without events, and in columns that few data leave over."""
        vectors = collaborative_vectors(data, self.dimension, run)
        return np.pad(vectors, ((0, 0), (0, self.dimension - vectors.shape[1])))

    def of_new(self, catalog: Catalog, start: int, run: Run) -> NDArray[np.float32]:
        """Zeros: nobody has chosen them yet."""
        return np.zeros((len(catalog) - start, self.dimension), np.float32)

    def assets(self) -> dict[str, str]:
        """None."""
        return {}


PARTS: tuple[ItemVectors, ...] = (TextVectors(), CollaborativeVectors())


@dataclass(frozen=True, kw_only=True)
class JoinedVectors:
    """Several vectors of an item side by side, each with the same say."""

    parts: tuple[ItemVectors, ...] = PARTS

    def __post_init__(self) -> None:
        if not self.parts:
            raise UsageError("parts is empty: need at least one source of vectors")

    def chosen(self, data: Dataset, run: Run) -> ItemVectors:
        """The parts that there is something for; without any, what stands in for the first."""
        chosen = [part.chosen(data, run) for part in self.parts]
        kept = tuple(part for part in chosen if part in self.parts)
        return replace(self, parts=kept or (chosen[0],))

    def of(self, data: Dataset, run: Run) -> NDArray[np.float32]:
        """Unit rows."""
        return joined_vectors(*(part.of(data, run) for part in self.parts))

    def of_new(self, catalog: Catalog, start: int, run: Run) -> NDArray[np.float32]:
        """Unit rows, of what is known of items without events."""
        return joined_vectors(*(part.of_new(catalog, start, run) for part in self.parts))

    def assets(self) -> dict[str, str]:
        """Those of the parts."""
        return {name: digest for part in self.parts for name, digest in part.assets().items()}


@dataclass(frozen=True, kw_only=True)
class GivenVectors:
    """Vectors by item id from a file: of images, of a fitted recommender, of anything.

    See :func:`read_vectors` for what a file must look like.
    """

    path: str
    """Where the file is when codes are made; looked for in the current folder."""

    def chosen(self, data: Dataset, run: Run) -> ItemVectors:
        """Itself."""
        return self

    def of(self, data: Dataset, run: Run) -> NDArray[np.float32]:
        """Unit rows; zeros for items that are not in the file.

        Raises:
            DataError: The file is missing or malformed, or knows none of the items.
        """
        vectors = read_vectors(Path(self.path), data.catalog.ids)
        missing = int((~(vectors != 0).any(1)).sum())
        if missing:
            run.watch.note(f"{self.path} has no vector for {missing:,} of {len(vectors):,} items")
        return vectors

    def of_new(self, catalog: Catalog, start: int, run: Run) -> NDArray[np.float32]:
        """Unit rows; zeros for items that are not in the file."""
        return read_vectors(Path(self.path), catalog.ids)[start:]

    def assets(self) -> dict[str, str]:
        """None: the file is not needed to answer."""
        return {}
