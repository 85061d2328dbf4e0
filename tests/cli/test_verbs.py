"""The verbs, in this process: what they show, refuse and write."""

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from penchant.cli.main import app

RUNNER = CliRunner()


def ask(*words):
    return RUNNER.invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    for name in ("covisit", "popular"):
        done = ask(
            "fit", name, "--data", "mini-world", "--split", "time", "--out", folder / name, "-q"
        )
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def user(models):
    people = pl.read_parquet(models / "covisit" / "model" / "people.parquet")
    return people["id"][0]


def test_a_user_gets_k_items_as_json(models, user):
    done = ask("recommend", "-m", models / "covisit", "-u", user, "-k", 3, "--json")
    rows = json.loads(done.stdout)
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert {row["user"] for row in rows} == {user}


def test_reasons_come_from_the_history(models, user):
    done = ask("recommend", "-m", models / "covisit", "-u", user, "-k", 3, "--why", "--json")
    assert all(row["because"] for row in json.loads(done.stdout))


def test_an_unknown_user_is_named_and_answered(models):
    done = ask("recommend", "-m", models / "covisit", "-u", "nobody", "-k", 2, "--json")
    assert done.exit_code == 0
    assert "'nobody'" in done.stderr
    assert len(json.loads(done.stdout)) == 2


def test_unknown_items_of_a_history_are_skipped_and_named(models):
    done = ask("recommend", "-m", models / "covisit", "--history", "zz", "--json")
    assert done.exit_code == 0
    assert "'zz'" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-u", "a", "--where", "yaer > 3"], 2, "did you mean 'year'"),
        (["-u", "a", "--where", "year >"], 2, "wanted a value"),
        (["-u", "a", "-k", "0"], 2, "at least 1"),
        (["-u", "a", "--history", "b"], 2, "exactly one"),
        ([], 2, "exactly one"),
        (["-u", "a", "--out", "answers.docx"], 2, ".parquet"),
        (["--queries", "none.csv", "--out", "a.csv"], 3, "no such file"),
        (["-u", "a", "--exlude", "b"], 2, "--exclude"),
        (["-u", "a", "-k", "many"], 2, "integer"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(models, words, code, said):
    done = ask("recommend", "-m", models / "covisit", *words)
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["recomend"], "recommend"),
        (["data", "chek", "x.csv"], "check"),
        (["fit", "sasrek", "--data", "mini-world", "--out", "x"], "did you mean 'sasrec'"),
        (["fit", "ease", "--data", "mini-wrold", "--out", "x"], "did you mean 'mini-world'"),
        (["fit", "ease", "--data", "log.csv", "--out", "x"], "no file 'log.csv'"),
        (["fit", "ease", "--data", "mini-world", "--out", "x", "--set", "l22=3"], "'l2'"),
        (["fit", "ease", "--data", "mini-world", "--out", "x", "--set", "l2"], "OPTION=VALUE"),
        (
            [
                "fit",
                "ease",
                "--data",
                "mini-world",
                "--out",
                "x",
                "--set",
                "l2=3",
                "--set",
                "l2.x=1",
            ],
            "l2 is 3, and no table",
        ),
        (["fit", "ease", "--data", "mini-world", "--out", "x", "--set", 'l2={"x"'], "nor JSON"),
        (["fit", "ease", "--data", "mini-world", "--out", "x", "--split", "tim"], "'time'"),
        (["data", "get", "ml-100"], "did you mean 'ml-100k'"),
        (["assets", "rm", "nothing"], "no cached asset"),
        (["models", "get", "all-minilm"], "did you mean 'all-minilm-l6-v2'"),
    ],
)
def test_a_misspelt_name_is_refused_with_a_suggestion(words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = ask(*words)
    assert done.exit_code == 2, done.output
    assert said in done.stderr


def test_similar_items(models):
    items = pl.read_parquet(models / "covisit" / "model" / "catalog.parquet")["id"]
    done = ask("similar", "-m", models / "covisit", items[0], items[1], "-k", 4, "--json")
    rows = json.loads(done.stdout)
    assert [row["of"] for row in rows] == [items[0]] * 4 + [items[1]] * 4


def test_a_method_that_knows_no_nearness_says_so(models):
    done = ask("similar", "-m", models / "popular", "x")
    assert done.exit_code == 2
    assert "covisit" in done.stderr


def test_models_are_measured_and_compared_on_the_same_test_part(models, tmp_path):
    both = ["-m", models / "covisit", "-m", models / "popular", "--data", "mini-world"]
    done = ask("evaluate", *both, "--metrics", "ndcg@10", "--json")
    values = {row["model"]: row["value"] for row in json.loads(done.stdout)["summary"]}
    assert values["covisit"] > 2 * values["popular"]
    compared = ask("compare", *both, "--out", tmp_path / "pairs.csv")
    assert compared.exit_code == 0
    pair = pl.read_csv(tmp_path / "pairs.csv").row(0, named=True)
    assert pair["difference"] == pytest.approx(values["covisit"] - values["popular"])
    assert pair["p_holm"] < 0.01


def test_a_model_that_learned_the_test_part_is_not_measured_on_it(tmp_path):
    ask("fit", "popular", "--data", "mini-world", "--out", tmp_path / "all", "-q")
    done = ask("evaluate", "-m", tmp_path / "all", "--data", "mini-world")
    assert done.exit_code == 2
    assert "learned" in done.stderr


def test_a_model_of_other_data_is_not_measured(models, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("user,item,time\n" + "".join(f"u{n},i{n % 3},{n}\n" for n in range(40)))
    done = ask("evaluate", "-m", models / "popular", "--data", log)
    assert done.exit_code == 2
    assert "another data set" in done.stderr


def test_own_held_out_events_are_asked_with_earlier_ones_as_history(models, user, tmp_path):
    items = pl.read_parquet(models / "covisit" / "model" / "catalog.parquet")["id"]
    held = tmp_path / "held.csv"
    lines = [f"{user},{items[0]},1999999999", f"new,{items[1]},1999999999"]
    lines += [f"new,{items[2]},2000000000", "new,unheard-of,2000000001"]
    held.write_text("user,item,time\n" + "\n".join(lines) + "\n")
    out = tmp_path / "report.parquet"
    done = ask("evaluate", "-m", models / "covisit", "--events", held, "--out", out)
    assert done.exit_code == 0, done.output
    assert "1 of 4 held-out events are of unknown items" in done.stderr
    rows = pl.read_parquet(out)
    assert rows["history_length"].to_list()[-2:] == [0, 1]
    assert rows["warm_user"].to_list()[-2:] == [False, False]


def test_a_whole_file_is_answered_as_one_by_one(models, user, tmp_path):
    queries = tmp_path / "people.jsonl"
    pl.DataFrame({"user": [user, "nobody"]}).write_ndjson(queries)
    for name in ("answers.parquet", "answers.jsonl", "answers.csv"):
        done = ask(
            "recommend", "-m", models / "covisit", "--queries", queries, "--out", tmp_path / name
        )
        assert done.exit_code == 0, done.output
        assert not (tmp_path / f"{name}.parts").exists()
    answers = pl.read_parquet(tmp_path / "answers.parquet")
    single = ask("recommend", "-m", models / "covisit", "-u", user, "--json")
    mine = answers.filter(user=user)["item"].to_list()
    assert mine == [row["item"] for row in json.loads(single.stdout)]
    assert pl.read_csv(tmp_path / "answers.csv")["item"].to_list() == answers["item"].to_list()
    assert pl.read_ndjson(tmp_path / "answers.jsonl").height == 20


def test_data_is_checked_described_and_split(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("user,item,time\na,x,1\nb,,2\n")
    done = ask("data", "check", log, "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["findings"][0]["row"] == 3
    done = ask("data", "describe", "mini-world", "--json", "-q")
    assert json.loads(done.stdout)["people"] == 200
    done = ask("data", "split", "mini-world", "--out", tmp_path / "parts", "--json", "-q")
    parts = json.loads(done.stdout)
    assert pl.read_parquet(tmp_path / "parts" / "test.parquet").height == parts["test"]
    assert ask("data", "describe", tmp_path / "parts" / "train").exit_code == 0


@pytest.mark.parametrize("words", [["data", "check"], ["data", "describe"]])
def test_columns_are_spoken_of_as_options(tmp_path, words):
    log = tmp_path / "log.csv"
    log.write_text("who,what,stars\nann,i1,3\n")
    told = ask(*words, log)
    assert told.exit_code == 3
    assert "hint: name it: --map user=who" in told.output
    told = ask(*words, log, "--map", "user=wo")
    assert "hint: name an existing column in --map user=COLUMN" in told.output


def test_lists_are_json_when_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path))
    assert "ml-100k" in {row["name"] for row in json.loads(ask("data", "list", "--json").stdout)}
    models = json.loads(ask("models", "list", "--json").stdout)
    assert [row["here"] for row in models if row["name"] == "all-minilm-l6-v2"] == [False]
    assert json.loads(ask("assets", "list", "--json").stdout) == []


def test_the_doctor_names_versions_and_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "here"))
    done = ask("doctor", "--json")
    found = {row["what"]: row for row in json.loads(done.stdout)}
    assert found["cache"]["found"] == str(tmp_path / "here")
    assert found["python"]["found"].startswith("3.")


def test_quiet_says_nothing_but_errors(models):
    done = ask("recommend", "-m", models / "covisit", "-u", "nobody", "-q", "--json")
    assert done.stderr == ""
    done = ask("recommend", "-m", models / "nothing", "-u", "nobody", "-q")
    assert done.stderr.startswith("error: ")
    assert done.exit_code == 1
