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


def test_the_demo_has_every_method_that_stands_alone():
    names = {entry.name for entry in read_spec(demo_spec()).entries}
    assert names == set(METHODS) - {"cascade", "fallback", "tuned"}
