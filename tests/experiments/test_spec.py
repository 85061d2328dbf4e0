import pytest

from penchant.core import SpecError, UnknownName
from penchant.experiments import read_spec
from penchant.recommenders.popular import Popular


def test_names_and_tables_of_methods_are_read():
    spec = read_spec(
        """
        data = "mini-world"
        metrics = ["ndcg@10", "recall@5"]
        jobs = 2
        methods = ["popular", { name = "fresh", method = "popular", half_life_days = 7.0 }]
        [split]
        kind = "last"
        """
    )
    assert [entry.name for entry in spec.entries] == ["popular", "fresh"]
    assert spec.entries[1].method == Popular(half_life_days=7.0)
    assert (spec.split.kind, spec.jobs, spec.metrics) == ("last", 2, ("ndcg@10", "recall@5"))


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("data = 1 2", SpecError, "not TOML"),
        ('methods = ["popular"]', SpecError, "no 'data'"),
        ('data = "mini-world"', SpecError, "no 'methods'"),
        ('data = "mini-world"\nmethods = ["populer"]', UnknownName, "did you mean 'popular'"),
        ('data = "mini-world"\nmethods = ["popular", "popular"]', SpecError, "stands twice"),
        ('data = "mini-world"\nmethods = ["popular"]\nseeed = 1', SpecError, "did you mean 'seed'"),
        ('data = "mini-world"\nmethods = ["popular"]\nseed = "x"', SpecError, "seed"),
        ('data = "mini-world"\nmethods = ["popular"]\njobs = 0', SpecError, "at least 1"),
        ('data = "mini-world"\nmethods = ["popular"]\nmetrics = ["ngcd@10"]', UnknownName, "ndcg"),
        (
            'data = "mini-world"\nmethods = [{method = "popular", half_life = 1.0}]',
            SpecError,
            "did you mean 'half_life_days'",
        ),
        ('data = "mini-world"\nmethods = ["popular"]\n[split]\nkind = "tme"', SpecError, "kind"),
        ('methods = ["popular"]\n[data]\nitems = "x.csv"', SpecError, "exactly one"),
        ('data = "m"\nmethods = [{name = "../x", method = "popular"}]', SpecError, "folder"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(text, error, said):
    with pytest.raises(error, match=said):
        read_spec(text)
