import json
import signal
import subprocess
import sys
import urllib.request

import pytest

import penchant as pn
from penchant.models import save

PENCHANT = [sys.executable, "-c", "from penchant.cli import main; main()"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "shop"
    return save(pn.fit(pn.Popular(), pn.data.mini_world()), folder)


def ended(process):
    said = process.stderr.read()
    return process.wait(timeout=30), said


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_model_is_served_until_it_is_told_to_end(model, tmp_path, how):
    command = [*PENCHANT, "serve", str(model), "--store", str(tmp_path / "ev"), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        line = process.stderr.readline()
        address = line.rpartition(" at ")[2].strip()
        assert address.startswith("http://127.0.0.1:"), line
        with urllib.request.urlopen(f"{address}/v1/recommend/u?k=3", timeout=20) as reply:
            assert len(json.load(reply)["items"]) == 3
        process.send_signal(how)
        code, said = ended(process)
    assert code in (0, -how, 128 + how)
    assert "Traceback" not in said
    assert (tmp_path / "ev" / "events.sqlite").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--host", "0.0.0.0"], "there are no keys"),
        (["--waiting", "0"], "waiting=0"),
        (["--rate", "0"], "requests_per_s=0"),
        (["--keys", "none.txt"], "none.txt"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_served(model, tmp_path, more, said):
    command = [*PENCHANT, "serve", str(model), "--store", str(tmp_path / "ev"), *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "ev").exists()


def test_a_folder_that_is_no_model_is_told(tmp_path):
    command = [*PENCHANT, "serve", str(tmp_path), "--store", str(tmp_path / "ev")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
