"""What diversity costs: nDCG against the difference of items in a list, for several weights.

    python benchmarks/diversity.py

MovieLens 100K, split by time, 1,000 test queries drawn at random; rules as in ``recommend``
(maximal marginal relevance over categories for CoVisit). Also quotas of one item a category.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from record import write_record

import penchant as pn
from penchant.core import Run
from penchant.data import Queries, Rankings
from penchant.evaluate import Background, evaluate
from penchant.models import Model, Quota, Rules
from penchant.models.rules import ruled

QUERIES = 1_000


@dataclass(frozen=True)
class Ruled:
    """A recommender whose lists keep rules."""

    model: Model
    rules: Rules

    @property
    def method(self) -> Any:  # Any: as recommenders have it
        """Of the model."""
        return self.model.recommender.method

    def recommend(self, queries: Queries, k: int, run: Run) -> Rankings:
        """Lists that keep the rules."""
        return ruled(self.model, queries, k, self.rules)


def main() -> None:
    """Measures, and leaves a record."""
    split = pn.data.split_time(pn.data.load("ml-100k"), max_queries=QUERIES)
    model = pn.fit(pn.CoVisit(), split.train, threads=1)
    rules = {f"diversity_{d:g}": Rules(d) for d in (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)}
    rules["one_a_category"] = Rules(quotas=(Quota("categories", 1),))
    rules["two_a_category"] = Rules(quotas=(Quota("categories", 2),))
    report = evaluate(
        {name: Ruled(model, one) for name, one in rules.items()},
        split.test,
        metrics=["ndcg@10", "recall@10", "ild@10", "coverage@10"],
        run=Run(threads=1),
        train=Background.of(split.train),
    )
    figures = {
        f"{row['model']}.{row['metric']}": row["value"]
        for row in report.summary().iter_rows(named=True)
    }
    write_record(Path(__file__).stem, figures, note=f"{QUERIES} queries drawn from the test part")


if __name__ == "__main__":
    main()
