"""The trie of a million items, and beam search over twelve thousand.

OMP_NUM_THREADS=1 python benchmarks/speed_codes.py
"""

import numpy as np
import torch
from decoding import LEVELS, WIDTH, codes_of
from decoding_trie import distinct_codes
from record import seconds_of, write_record

from penchant.backbones import CodedItems, CodeSeq2Seq, EncoderDecoder, Seq2SeqWriter, answer
from penchant.codes import ItemIndex, build_trie
from penchant.core import Ragged, Run, offsets_of
from penchant.data import History, Queries

ITEMS, USERS, HISTORY = 12_101, 64, 20


def main() -> None:
    """Measures and leaves a record."""
    torch.set_num_threads(1)
    figures: dict[str, object] = {}
    codes = index_of(distinct_codes(1_000_000)).codes
    trie = build_trie(codes)
    figures["build_1e6_items_s"] = seconds_of(lambda: build_trie(codes))
    figures["trie_1e6_items_bytes"] = trie.n_bytes
    index = index_of(codes_of(ITEMS))
    model = CodeSeq2Seq(EncoderDecoder(), index.widths).eval()
    items = CodedItems.of(index, "cpu")
    histories = np.random.default_rng(0).integers(ITEMS, size=(USERS, HISTORY), dtype=np.int32)
    ragged = Ragged(histories.ravel(), offsets_of(np.full(USERS, HISTORY)))
    queries = Queries(History(ragged)).unseen()

    def read(rows: np.ndarray) -> Seq2SeqWriter:
        return Seq2SeqWriter(model, items.of_histories(ragged.take(rows)))

    def search(beams: int) -> None:
        answer(read, items.trie, ragged.lengths, queries, 10, beams=beams, run=Run())

    for beams in (10, 20, 50):
        seconds = seconds_of(lambda beams=beams: search(beams), repeats=3, warm_up=1)
        figures[f"search_{beams}_beams_ms_per_user"] = 1_000 * seconds / USERS
    write_record(
        "speed_codes",
        figures,
        note=f"1 thread; {ITEMS} items with 3 codes of 256 and a last one; {USERS} users at once, "
        f"{HISTORY} items read; a small encoder-decoder with random weights",
    )


def index_of(codes: np.ndarray) -> ItemIndex:
    """An index with these codes."""
    values = np.ascontiguousarray(codes, np.int32).ravel()
    ragged = Ragged(values, offsets_of(np.full(len(codes), LEVELS)))
    return ItemIndex(ragged, (WIDTH,) * LEVELS, "none", "drawn")


if __name__ == "__main__":
    main()
