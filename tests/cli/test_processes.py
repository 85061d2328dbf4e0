"""The command as people call it: processes, signals, disks."""

import os
import signal
import subprocess
import sys
import time

import polars as pl
import pytest

COMMAND = [sys.executable, "-c", "from penchant.cli import main; main()"]
SPEC = 'data = "mini-world"\nmethods = ["popular", "markov"]\nmetrics = ["ndcg@10"]\n'


def call(*words, **kwargs):
    words = [str(word) for word in words]
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False, **kwargs)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop") / "popular"
    done = call("fit", "popular", "--data", "mini-world", "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("words", [["--help"], ["fit", "--help"], ["recommend", "--help"]])
def test_help_loads_nothing_heavy(words):
    code = (
        "import sys; from penchant.cli.main import app\n"
        f"try: app({words!r})\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'polars', 'torch', 'transformers'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_version():
    assert call("--version").stdout.startswith("penchant 0.")


def test_a_fit_is_not_repeated_and_another_one_is_refused(model):
    written = (model / "model" / "MANIFEST.json").stat().st_mtime_ns
    assert call("fit", "popular", "--data", "mini-world", "--out", model).returncode == 0
    assert (model / "model" / "MANIFEST.json").stat().st_mtime_ns == written
    done = call("fit", "popular", "--data", "mini-world", "--out", model, "--seed", 1)
    assert done.returncode == 2
    assert "another fit" in done.stderr


def test_a_run_is_made_and_comes_out_the_same_again(tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text(SPEC)
    done = call("run", spec, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert "markov" in done.stdout
    again = call("reproduce", tmp_path / "run")
    assert again.returncode == 0, again.stderr
    assert "identical" in again.stdout


def test_a_spec_that_is_wrong_says_where(tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text(SPEC.replace("methods", "metods"))
    done = call("run", spec, "--out", tmp_path / "run")
    assert done.returncode == 2
    assert "did you mean 'methods'" in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3


def test_an_interrupted_file_of_queries_is_continued(model, tmp_path):
    queries, out = tmp_path / "people.parquet", tmp_path / "answers.parquet"
    pl.DataFrame({"user": [f"u{n}" for n in range(60_000)]}).write_parquet(queries)
    words = ["recommend", "-m", model, "--queries", queries, "--out", out, "-k", 5]
    child = subprocess.Popen(
        [*COMMAND, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    parts = tmp_path / "answers.parquet.parts"
    until = time.monotonic() + 60
    while len(list(parts.glob("part-*.parquet"))) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert not out.exists()
    first = (parts / "part-000000.parquet").stat().st_mtime_ns
    other = call(*words[:-1], 6)
    assert other.returncode == 2
    assert "another question" in other.stderr
    assert (parts / "part-000000.parquet").stat().st_mtime_ns == first
    assert call(*words).returncode == 0
    assert pl.read_parquet(out).height == 300_000
    assert not parts.exists()


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs rights that this user does not have")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_said(model, small_disk):
    (small_disk / "filler").write_bytes(b"x" * 60_000)
    words = ["recommend", "-m", model, "-u", "a", "-k", 150, "--out", small_disk / "a.csv"]
    done = call(*words)
    assert done.returncode == 1, done.stderr
    assert "disk is full" in done.stderr
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


def test_a_read_only_disk_is_said(model, small_disk):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = call("fit", "popular", "--data", "mini-world", "--out", small_disk / "m")
    assert done.returncode == 1, done.stderr
    assert "read-only" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_shows_both_splits_one_person_and_what_to_type_next(tmp_path):
    spec = tmp_path / "small.toml"
    spec.write_text(SPEC.replace('"markov"', '"covisit"'))
    done = call("demo", "--spec", spec, "--out", tmp_path / "demo")
    assert done.returncode == 0, done.stderr
    for said in ("SPLIT BY TIME", "LEAVE LAST OUT", "Leaks", "warm (", "because you watched"):
        assert said in done.stdout
    typed = done.stdout.partition("What to type next:")[2].split("penchant ")[1].split()
    assert call(*typed).returncode == 0
    assert (tmp_path / "demo" / "time" / "report.html").stat().st_size > 10_000


def test_an_interrupted_fit_is_continued_to_the_same_weights(tmp_path):
    quick = ["steps=80", "batch_size=128", "checkpoint_every=20"]
    settings = [word for pair in quick for word in ("--set", f"training.{pair}")]
    words = ["fit", "sasrec", "--data", "mini-world", "--threads", "1", *settings]
    assert call(*words, "--out", tmp_path / "whole").returncode == 0
    child = subprocess.Popen(
        [*COMMAND, *words, "--out", str(tmp_path / "cut")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not (tmp_path / "cut" / "checkpoints").exists() and time.monotonic() < until:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert "goes on from" in said
    assert call(*words, "--out", tmp_path / "cut").returncode == 0
    weights = [tmp_path / name / "model" / "recommender.safetensors" for name in ("whole", "cut")]
    assert weights[0].read_bytes() == weights[1].read_bytes()
