"""Is one method really better than another? Intervals, paired differences, and who gains.

Takes seconds: ``python examples/compare.py``.
"""

import penchant as pn


def main() -> None:
    """Splits by time, fits, measures, compares."""
    split = pn.data.split_time(pn.data.mini_world())
    methods = [pn.Popular(), pn.ItemKNN(), pn.EASE(), pn.Markov(), pn.CoVisit()]
    models = [pn.fit(method, split.train, valid=split.valid) for method in methods]
    report = pn.evaluate(models, split.test, metrics=["ndcg@10", "recall@10"], train=split.train)

    print(split.claim)
    print(report.summary())
    print(report.compare("ndcg@10", against="CoVisit"))
    print(report.by("history_length"))


if __name__ == "__main__":
    main()
