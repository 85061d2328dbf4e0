"""What a scheme is, and what it makes: an index that more items can join."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from penchant.backbones import ENCODER
from penchant.codes import ItemIndex, catalogue_fingerprint
from penchant.core import Kind, Ragged, Run, State, StorageError, read_options, write_options
from penchant.data import Catalog, Dataset
from penchant.indexing.item_vectors import VECTORS


class Scheme(Protocol):
    """A way to make codes: a frozen dataclass of options."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # Any: how the standard library types it

    def code(self, data: Dataset, run: Run) -> "Coded":
        """Codes for all items of the catalogue.

        Args:
            data: Training interactions, and what is known of items.
            run: Its seed; its watcher is told, once, of items that little is known of.
        """

    def more(self, coded: "Coded", catalog: Catalog, run: Run) -> "Coded":
        """The same with codes for the items that come after those of the index.

        Args:
            coded: Made by this scheme.
            catalog: The present items, and the new ones after them; this has been checked.
            run: Draws the codes of items of which nothing is known.

        Raises:
            UsageError: No code is free.
        """


SCHEMES = {
    "balanced-residual-kmeans": "residual:BalancedResidualKMeans",
    "category": "category:CategoryPaths",
    "collaborative": "collaborative:CollaborativeClusters",
    "digits": "numbering:DigitIds",
    "given": "folder:GivenIndex",
    "hybrid": "hybrid:Hybrid",
    "independent": "independent:IndependentCodes",
    "popularity": "numbering:ByPopularity",
    "random": "random_codes:RandomCodes",
    "residual-kmeans": "residual:ResidualKMeans",
    "rq-vae": "rqvae:RQVAE",
    "sequential": "numbering:Sequential",
    "time": "numbering:ByTime",
    "title": "title:TitleWords",
}
"""Every scheme: its name in specs and on the command line, and where it stands."""

SCHEME = Kind("scheme", "penchant.indexing", SCHEMES, Scheme)

KINDS = (SCHEME, VECTORS, ENCODER)
"""What a scheme's options may hold by name."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """An index, and what codes more items in the same way."""

    index: ItemIndex
    scheme: Scheme
    """What made the codes, as it was used: a scheme that found no texts holds what it took."""
    learned: State = field(default_factory=State)
    """What the scheme needs of its fit: codebooks, names of categories, words."""
    tells_apart: bool = False
    """An item's last code only tells it apart from others with the same codes before it."""
    events: str = ""
    """The :func:`events_fingerprint` of the data it was made of."""

    @classmethod
    def of(
        cls,
        scheme: Scheme,
        codes: Ragged,
        widths: tuple[int, ...],
        data: Dataset,
        *,
        learned: State | None = None,
        tells_apart: bool = False,
    ) -> "Coded":
        """With an index that knows its catalogue."""
        fingerprint = catalogue_fingerprint(data.catalog.ids.series())
        index = ItemIndex(codes, widths, fingerprint, SCHEME.find(scheme) or type(scheme).__name__)
        return cls(index, scheme, learned or State(), tells_apart, events_fingerprint(data))

    def appended(self, catalog: Catalog, run: Run) -> "Coded":
        """More items after the present ones, whose codes stay as they are.

        Args:
            catalog: The present items, and the new ones after them.
            run: Draws the codes of items of which nothing is known.

        Raises:
            UsageError: The present items do not begin the catalogue, or no code is free.
        """
        ids = catalog.ids.series()
        self.index.check_catalogue(ids[: len(self.index)])
        return self.scheme.more(self, catalog, run)

    def grown(self, codes: Ragged, catalog: Catalog) -> "Coded":
        """The same with these codes of new items after the present ones."""
        fingerprint = catalogue_fingerprint(catalog.ids.series())
        return replace(self, index=self.index.appended(codes, fingerprint))

    def without(self, items: NDArray[np.integer] | list[int]) -> "Coded":
        """The same with these items as tombstones: rows without codes."""
        return replace(self, index=self.index.with_removed(items))

    def state(self) -> State:
        """The options of the scheme and what it learned, and the index as a part.

        Raises:
            UnknownName: The scheme is in no table, so it could not be read back.
        """
        SCHEME.name_of(self.scheme)
        json: Mapping[str, Any] = {  # Any: as State has it
            "scheme": write_options(self.scheme, KINDS),
            "learned": dict(self.learned.json),
            "tells_apart": self.tells_apart,
            "events": self.events,
        }
        parts = {"codes": self.index.state(), **self.learned.parts}
        return State(json, self.learned.arrays, parts, self.learned.assets)

    @classmethod
    def restored(cls, state: State) -> "Coded":
        """What gave this state.

        Raises:
            StorageError: The state is not that of an index and its scheme.
        """
        try:
            scheme = read_options(state.json["scheme"], SCHEME, KINDS, where="saved index")
            learned, tells_apart = state.json["learned"], bool(state.json["tells_apart"])
            events, parts = str(state.json.get("events", "")), dict(state.parts)
            index = ItemIndex.restored(parts.pop("codes"))
        except (KeyError, TypeError) as error:
            raise StorageError(f"not the state of an index ({error}); fit again") from error
        kept = State(learned, state.arrays, parts, state.assets)
        return cls(index, scheme, kept, tells_apart, events)


def events_fingerprint(data: Dataset) -> str:
    """The sha256 of who chose what, in order, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for column in ("user", "item"):
        digest.update(data.events[column].to_numpy().astype(np.int32).tobytes() + b"/")
    return digest.hexdigest()
