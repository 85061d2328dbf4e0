"""What is made small: losses that several methods share, each with a reference test."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def sampled_softmax(
    positive: Tensor, negative: Tensor, targets: Tensor, negatives: Tensor, log_q: Tensor
) -> Tensor:
    """Cross entropy over the target and items drawn for the whole batch.

    A drawn item stands for the ``1 / (m · q)`` items that were not drawn, which the correction by
    log(m · q) says; the sum is then an unbiased estimate of the full one. A drawn item that is the
    token's own target does not count against it.

    Bengio and Senécal, "Adaptive importance sampling to accelerate training of a neural
    probabilistic language model", IEEE Transactions on Neural Networks 2008.

    Args:
        positive: (n,) score of each token's target.
        negative: (n, m) score of each drawn item for each token.
        targets: (n,) int64.
        negatives: (m,) int64, drawn with replacement.
        log_q: (m,) natural log of the chance with which each drawn item is drawn.

    Returns:
        The mean over tokens, in nats.
    """
    corrected = negative.float() - (log_q + math.log(len(negatives)))
    corrected = corrected.masked_fill(negatives == targets[:, None], -math.inf)
    positive = positive.float()
    total = torch.logaddexp(positive, corrected.logsumexp(1))
    return (total - positive).mean()


def full_softmax(scores: Tensor, targets: Tensor) -> Tensor:
    """Cross entropy over all items: scores (n, n_items), targets (n,) int64; the mean in nats."""
    return functional.cross_entropy(scores.float(), targets)
