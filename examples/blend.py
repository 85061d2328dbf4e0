"""Two methods that are good at different things, joined with weights chosen on validation data.

Takes seconds: ``python examples/blend.py``.
"""

import penchant as pn


def main() -> None:
    """A blend beside its parts."""
    split = pn.data.split_time(pn.data.mini_world())
    parts = (pn.CoVisit(), pn.EASE())
    blend = pn.fit(pn.Blend(parts=parts), split.train, valid=split.valid)
    models = [*(pn.fit(part, split.train) for part in parts), blend]
    report = pn.evaluate(models, split.test, metrics=["ndcg@10"], train=split.train)

    print(report.summary())
    print(report.compare("ndcg@10", against="Blend"))


if __name__ == "__main__":
    main()
