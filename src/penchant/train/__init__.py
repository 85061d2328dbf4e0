"""One training loop for every trained model: resumable to the bit, watched, stopped early."""

from penchant.train.batches import shuffled_rows, steps_per_pass
from penchant.train.draws import torch_draws
from penchant.train.loop import train
from penchant.train.settings import Identity, Supervised, TrainingRecord, fingerprint

__all__ = [
    "Identity",
    "Supervised",
    "TrainingRecord",
    "fingerprint",
    "shuffled_rows",
    "steps_per_pass",
    "torch_draws",
    "train",
]
