import pytest

from penchant.experiments import demo, demo_spec, read_spec
from penchant.recommenders import METHODS

SMALL = """
data = "mini-world"
metrics = ["ndcg@10"]
methods = ["popular", "covisit"]
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("demo") / "run", spec=SMALL)


def test_both_splits_are_measured(found):
    assert found.by_time.report.models == found.by_last.report.models == ("popular", "covisit")
    assert found.by_time.split.claim != found.by_last.split.claim
    assert (found.folder / "time" / "report.html").is_file()


def test_one_person_is_recommended_to_with_evidence_from_their_history(found):
    person = found.person
    seen = set(person.history["title"])
    for frame in person.lists.values():
        assert frame["rank"].to_list() == list(range(1, 11))
        assert not seen & set(frame["title"])
    because = person.lists["covisit"]["because"].drop_nulls().to_list()
    assert len(because) > 5
    assert set(because) <= seen


ASKING = (
    "bookgpt",
    "in-context",
    "intention",
    "llmrank",
    "lmrecsys",
    "nir",
    "retrieval-augmented",
    "think-first",
)
NOT_SHOWN = {
    "cascade": "is made of others",
    "fallback": "is made of others",
    "tuned": "is made of others",
    "openp5": "learns from several data sets",
    "p5": "learns for longer than a demo lasts",
    "quote": "writes; it recommends as popular does",
    "rating-bias": "rates; it is no recommender to look at",
    "search": "answers what people say, and the demo's say nothing",
    **dict.fromkeys(ASKING, "asks a language model, for longer than a demo lasts"),
}
"""Methods that the demo leaves out, each with the reason."""


def test_the_demo_has_every_other_method():
    names = {entry.name for entry in read_spec(demo_spec()).entries}
    assert names == set(METHODS) - set(NOT_SHOWN)
