"""The codes of the items of one catalogue."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.codes.trie import Trie, build_trie
from penchant.core import Ragged, State, StorageError, UsageError


@dataclass(frozen=True, slots=True, eq=False)
class ItemIndex:
    """Items as short sequences of codes, all from one vocabulary.

    >>> index = ItemIndex(Ragged.of([[0, 4], [1, 4], [0, 5]]), (4, 2), "none", "test")
    >>> index.vocabulary, index.depth, index.with_removed([1]).codes.lengths.tolist()
    (6, 2, [2, 0, 2])
    """

    codes: Ragged
    """Each item's codes, row for row of the catalogue; an item without codes is never answered.
    A code of level ``l`` is ``sum(widths[:l])`` or more: levels share no code."""
    widths: tuple[int, ...]
    """How many codes each level has; the token order is level by level. One entry for codes that
    all positions share, such as the words of titles."""
    fingerprint: str
    """Of the catalogue, see :func:`catalogue_fingerprint`."""
    scheme: str
    """What made the codes, for people."""

    @property
    def vocabulary(self) -> int:
        """How many different codes there can be."""
        return sum(self.widths)

    @property
    def depth(self) -> int:
        """Codes of the item that has most."""
        return int(self.codes.lengths.max(initial=0))

    @property
    def starts(self) -> tuple[int, ...]:
        """The smallest code of each level."""
        return tuple(sum(self.widths[:level]) for level in range(len(self.widths)))

    def __len__(self) -> int:
        return len(self.codes)

    def trie(self) -> Trie:
        """The trie of all items that have codes.

        Raises:
            UsageError: Two items have the same codes.
        """
        return build_trie(self.codes)

    def padded(self) -> NDArray[np.int32]:
        """(n_items, depth) the codes, left-aligned, -1 after them."""
        out = np.full((len(self), self.depth), -1, np.int32)
        out[np.arange(self.depth) < self.codes.lengths[:, None]] = self.codes.values
        return out

    def appended(self, codes: Ragged, fingerprint: str) -> "ItemIndex":
        """The same index with more items after the present ones; nothing else moves."""
        if codes.values.max(initial=0) >= self.vocabulary or codes.values.min(initial=0) < 0:
            raise UsageError(f"new items need codes in [0, {self.vocabulary}), the vocabulary")
        values = np.concatenate([self.codes.values, codes.values])
        offsets = np.concatenate([self.codes.offsets, self.codes.offsets[-1] + codes.offsets[1:]])
        return replace(self, codes=Ragged(values, offsets), fingerprint=fingerprint)

    def with_removed(self, items: list[int] | NDArray[np.integer]) -> "ItemIndex":
        """The same index in which these items are tombstones: rows without codes."""
        kept = np.ones(len(self), np.bool_)
        kept[items] = False
        rows = self.codes.rows()
        mine = kept[rows]
        codes = Ragged.from_rows(rows[mine], self.codes.values[mine], len(self))
        return replace(self, codes=codes)

    def check_catalogue(self, ids: pl.Series) -> None:
        """Refuses a catalogue that the codes were not made for."""
        if self.fingerprint != catalogue_fingerprint(ids):
            raise UsageError(
                f"the codes are of another catalogue ({len(self)} items, this one has {len(ids)}): "
                "use the model with the catalogue it was fitted on, or fit again"
            )

    def state(self) -> State:
        """Codes, widths, fingerprint."""
        json = {
            "fingerprint": self.fingerprint,
            "scheme": self.scheme,
            "token_order": "level by level",
            "widths": list(self.widths),
        }
        return State(json, {"values": self.codes.values, "offsets": self.codes.offsets})

    @classmethod
    def restored(cls, state: State) -> "ItemIndex":
        """The index that gave this state.

        Raises:
            StorageError: The state is not that of an index.
        """
        try:
            codes = Ragged(state.arrays["values"], state.arrays["offsets"])
            json = state.json
            widths = tuple(int(width) for width in json["widths"])
            index = cls(codes, widths, str(json["fingerprint"]), str(json["scheme"]))
        except (KeyError, TypeError, ValueError) as error:
            raise StorageError(f"not the state of an index ({error}); fit again") from error
        if codes.values.max(initial=-1) >= index.vocabulary or codes.values.min(initial=0) < 0:
            raise StorageError(f"an index with codes outside [0, {index.vocabulary}); fit again")
        return index


def catalogue_fingerprint(ids: pl.Series) -> str:
    """The sha256 of the item ids in row order, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for name in ids.to_list():
        digest.update(name.encode() + b"\0")
    return digest.hexdigest()
