import polars as pl
import pytest

import penchant as pn
from penchant.core import DataError
from penchant.language import ScriptedLM
from penchant.models import recommend_file


@pytest.fixture(scope="module")
def model():
    return pn.fit("covisit", pn.data.mini_world())


@pytest.mark.parametrize("kind", ["list", "text"])
def test_histories_in_a_file_are_answered_under_their_name(model, kind, tmp_path):
    ids = model.catalog.ids.series().to_list()
    lists = [[ids[3], "unheard-of", ids[5]], [ids[7]], []]
    histories = lists if kind == "list" else [", ".join(history) for history in lists]
    queries = tmp_path / "q.parquet"
    pl.DataFrame({"user": ["=a", "b", "c"], "history": histories}).write_parquet(queries)
    assert recommend_file(model, queries, tmp_path / "out.parquet", k=4) == 12
    answers = pl.read_parquet(tmp_path / "out.parquet")
    assert answers["user"].unique(maintain_order=True).to_list() == ["=a", "b", "c"]
    alone = model.recommend(history=[ids[3], ids[5]], k=4)
    assert answers["item"].to_list()[:4] == alone["item"].to_list()


def test_no_queries_give_an_empty_table(model, tmp_path):
    pl.DataFrame({"user": []}, schema={"user": pl.String}).write_parquet(tmp_path / "q.parquet")
    assert recommend_file(model, tmp_path / "q.parquet", tmp_path / "out.csv") == 0
    assert (tmp_path / "out.csv").read_text() == "user,rank,item,title,score\n"


def test_answers_of_a_fallback_are_marked_and_told(tmp_path):
    lm = ScriptedLM(behaviour="down")
    method = pn.Cascade(first=pn.CoVisit(), second=pn.LLMRank(lm=lm), pool=5)
    model = pn.fit(method, pn.data.mini_world())
    users = model.people.ids.names([0, 1])
    pl.DataFrame({"user": users}).write_parquet(tmp_path / "q.parquet")
    with pytest.warns(UserWarning, match="Cascade: 2 of 2 lists are of its fallback .*2 down"):
        recommend_file(model, tmp_path / "q.parquet", tmp_path / "out.parquet", k=2)
    assert pl.read_parquet(tmp_path / "out.parquet")["degraded"].to_list() == [True] * 4
    pl.DataFrame({"user": []}, schema={"user": pl.String}).write_parquet(tmp_path / "q.parquet")
    assert recommend_file(model, tmp_path / "q.parquet", tmp_path / "none.csv") == 0
    assert (tmp_path / "none.csv").read_text() == "user,rank,item,title,score,degraded\n"


def test_a_file_without_users_and_histories_is_refused(model, tmp_path):
    pl.DataFrame({"person": ["a"]}).write_parquet(tmp_path / "q.parquet")
    with pytest.raises(DataError, match="name one 'user'"):
        recommend_file(model, tmp_path / "q.parquet", tmp_path / "out.csv")
