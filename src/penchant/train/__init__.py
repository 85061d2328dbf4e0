"""One training loop for every trained model: resumable to the bit, watched, stopped early."""

from penchant.train.batches import shuffled_rows, steps_per_pass
from penchant.train.draws import torch_draws, torch_threads
from penchant.train.loop import train
from penchant.train.objectives import full_softmax, sampled_softmax
from penchant.train.packing import NextItems, next_item_batches
from penchant.train.settings import Identity, Supervised, TrainingRecord, fingerprint
from penchant.train.starts import neighbour_vectors
from penchant.train.validation import validation

__all__ = [
    "Identity",
    "NextItems",
    "Supervised",
    "TrainingRecord",
    "fingerprint",
    "full_softmax",
    "neighbour_vectors",
    "next_item_batches",
    "sampled_softmax",
    "shuffled_rows",
    "steps_per_pass",
    "torch_draws",
    "torch_threads",
    "train",
    "validation",
]
