"""The score by which training is stopped."""

from collections.abc import Callable

import numpy as np

from penchant.core import Run
from penchant.data import Cases, Recommender
from penchant.evaluate import evaluate


def validation(
    recommender: Recommender, cases: Cases, run: Run, *, metric: str = "ndcg@10", most: int = 5_000
) -> Callable[[], float]:
    """A score to look at during training: the mean of a metric over validation cases.

    Args:
        recommender: Around the model that is being trained, so that it always answers with the
            weights of the moment.
        cases: What to choose on, never the test.
        run: Its seed draws the cases.
        metric: Of ranks, higher is better.
        most: At most so many cases, the same in every look.
    """
    chosen = cases
    if len(cases) > most:
        rows = run.rng("train.validation").choice(len(cases), most, replace=False)
        chosen = cases.take(np.sort(rows))
    quiet = Run(run.seed, run.device, run.threads)

    def score() -> float:
        report = evaluate(recommender, chosen, metrics=[metric], run=quiet)
        values = next(iter(report.per_query.values()))[metric].to_numpy()
        return float(np.nanmean(values)) if np.isfinite(values).any() else 0.0

    return score
