"""The trie of a million items, and beam search over twelve thousand.

OMP_NUM_THREADS=1 python benchmarks/speed_codes.py
"""

import numpy as np
import polars as pl
import torch
from record import seconds_of, write_record

from penchant.backbones import CodedItems, CodeSeq2Seq, EncoderDecoder, answer
from penchant.codes import ItemIndex, build_trie
from penchant.core import Ragged, Run, offsets_of
from penchant.data import History, Queries
from penchant.indexing import RandomCodes

ITEMS, USERS, HISTORY = 12_101, 64, 20


def main() -> None:
    """Measures and leaves a record."""
    torch.set_num_threads(1)
    figures: dict[str, object] = {}
    codes = random_codes(1_000_000).codes
    trie = build_trie(codes)
    figures["build_1e6_items_s"] = seconds_of(lambda: build_trie(codes))
    figures["trie_1e6_items_bytes"] = trie.n_bytes
    index = random_codes(ITEMS)
    model = CodeSeq2Seq(EncoderDecoder(), index.widths).eval()
    items = CodedItems.of(index, "cpu")
    histories = np.random.default_rng(0).integers(ITEMS, size=(USERS, HISTORY), dtype=np.int32)
    ragged = Ragged(histories.ravel(), offsets_of(np.full(USERS, HISTORY)))
    queries = Queries(History(ragged)).unseen()
    for beams in (10, 20, 50):
        seconds = seconds_of(
            lambda beams=beams: answer(model, items, ragged, queries, 10, beams=beams, run=Run())
        )
        figures[f"search_{beams}_beams_ms_per_user"] = 1_000 * seconds / USERS
    write_record(
        "speed_codes",
        figures,
        note=f"1 thread; {ITEMS} items with 3 codes of 256 and a last one; {USERS} users at once, "
        f"{HISTORY} items read; default size of Tiger with random weights",
    )


def random_codes(n: int) -> ItemIndex:
    """An index of so many items."""
    ids = pl.Series("id", np.arange(n)).cast(pl.String)
    return RandomCodes().code(np.zeros((n, 1), np.float32), ids, Run()).index


if __name__ == "__main__":
    main()
