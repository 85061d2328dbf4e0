"""How often a search finds what somebody is going to choose, from a wish or from their history.

Amazon Beauty, leave-last-out, 2,000 people, whole catalogue. There is no public set of wishes with
items in ``shared/data``; as in InstructRec, the target's categories stand in: the last one as a
specific intention, the second as a vague one. Without a wish, titles of the newest items are
searched for::

    PENCHANT_DATA=../shared/data python benchmarks/quality_search.py [--meaning] [--only words]

``--only`` measures one method anew and leaves the figures of the others.
"""

import argparse
import json
from dataclasses import replace

import numpy as np
from record import RESULTS, seconds_of, write_record

import penchant as pn
from penchant.core import Run
from penchant.data import Cases, Method

PEOPLE = 2_000


def main() -> None:
    """Each method on each kind of wish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meaning", action="store_true", help="also with a sentence encoder")
    parser.add_argument("--only", help="popular, covisit, words, words and people")
    options = parser.parse_args()
    data, run = pn.data.load("beauty"), Run(seed=0)
    split = pn.data.leave_last_out(data)
    rows = run.rng("search.people").permutation(len(split.test))[:PEOPLE]
    cases = split.test.take(np.sort(rows))
    methods: dict[str, Method] = {
        "popular": pn.Popular(),
        "covisit": pn.CoVisit(),
        "words": pn.Search(encoder=None),
        # What is put before a language model; this one says nothing.
        "words and people": pn.RetrievalAugmented(
            lm=pn.ScriptedLM(behaviour="silent"), encoder=None
        ),
    }
    if options.meaning:
        methods["words and meaning"] = pn.Search()
    chosen = {name: one for name, one in methods.items() if options.only in (None, name)}
    fitted = {name: method.fit(split.train, run) for name, method in chosen.items()}
    path = RESULTS / "quality_search.json"
    figures = json.loads(path.read_text())["figures"] if options.only else {}
    for wish, texts in wishes(cases, data).items():
        asked = replace(cases, queries=replace(cases.queries, texts=texts))
        report = pn.evaluate(fitted, asked, metrics="recall@10,recall@100,ndcg@10", run=run)
        figures[wish] = figures.get(wish, {}) | {
            f"{row['model']}: {row['metric']}": [
                round(row[key], 4) for key in ("value", "low", "high")
            ]
            for row in report.summary().to_dicts()
        }
    if "words" in fitted:
        queries = replace(cases.queries, texts=wishes(cases, data)["specific"])
        took = seconds_of(lambda: fitted["words"].recommend(queries, 10, run))
        figures["words_ms_a_query"] = round(1e3 * took / len(cases), 3)
    write_record("quality_search", figures)


def wishes(cases: Cases, data: pn.data.Dataset) -> dict[str, list[str]]:
    """Kind of wish -> a text for each case."""
    categories = data.catalog.table["categories"].to_list()
    target = [categories[item] or [] for item in cases.relevant.values]
    return {
        "none": [""] * len(cases),
        "vague": [(some[1:2] or some[:1] or [""])[0] for some in target],
        "specific": [(some[-1:] or [""])[0] for some in target],
    }


if __name__ == "__main__":
    main()
