import pickle

import pytest

from penchant import core
from penchant.core import DataError, MissingExtra, PenchantError, UnknownName, did_you_mean


def test_every_error_is_a_penchant_error_with_an_exit_code():
    codes = {
        name: getattr(core, name).exit_code
        for name in core.__all__
        if isinstance(getattr(core, name), type) and issubclass(getattr(core, name), Exception)
    }
    assert codes == {
        "AssetError": 1,
        "DataError": 3,
        "DeadlinePassed": 1,
        "MissingExtra": 2,
        "PenchantError": 1,
        "SpecError": 2,
        "StorageError": 1,
        "UnknownName": 2,
        "UsageError": 2,
    } | ({"Interrupted": 130} if issubclass(core.Interrupted, Exception) else {})


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (core.UsageError, ValueError),
        (core.MissingExtra, ImportError),
        (core.StorageError, OSError),
        (core.Interrupted, KeyboardInterrupt),
        (core.DeadlinePassed, TimeoutError),
    ],
)
def test_errors_are_caught_as_what_people_know(error, builtin):
    assert issubclass(error, builtin)
    assert issubclass(error, PenchantError)


def test_an_unknown_name_suggests_the_nearest_and_lists_all():
    message = str(UnknownName("metric", "ngcd@10", ["recall", "ndcg@10"], where="spec.toml"))
    assert message == (
        "no metric 'ngcd@10' (spec.toml); did you mean 'ndcg@10'? Known: ndcg@10, recall"
    )


def test_nothing_near_suggests_nothing():
    assert str(UnknownName("method", "zzz", [])) == "no method 'zzz'. Known: none"
    assert did_you_mean(7, ["levels"]) == "."


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({}, "bad"),
        ({"file": "a.csv"}, "a.csv: bad"),
        ({"file": "a.csv", "row": 3}, "a.csv:3: bad"),
        ({"file": "a.csv", "row": 3, "column": "time"}, "a.csv:3:time: bad"),
        ({"file": "a.csv", "row": 0, "hint": "mend it"}, "a.csv:0: bad\n  hint: mend it"),
    ],
)
def test_a_data_error_says_the_place_then_the_hint(place, said):
    assert str(DataError("bad", **place)) == said


def test_a_missing_extra_says_what_to_type():
    assert str(MissingExtra("openai", extra="remote")) == (
        "this needs openai: pip install 'penchant[remote]'"
    )


@pytest.mark.parametrize(
    "error",
    [
        UnknownName("method", "x", ["y"], where="spec"),
        DataError("bad", file="a.csv", row=1, column="c", hint="h"),
        MissingExtra("openai", extra="remote"),
    ],
)
def test_an_error_crosses_from_a_worker_process(error):
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
