"""The scripts of examples/ run as they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))
SAID = {
    "blend": ["Blend", "EASE", "p_holm"],
    "compare": ["CoVisit", "p_holm", "group"],
    "shop": ["the same after loading: True"],
}
"""What each must say."""


def test_every_example_has_its_words():
    assert {example.stem for example in EXAMPLES} == set(SAID)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(example, tmp_path):
    ran = subprocess.run(
        [sys.executable, "-W", "error", example],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"POLARS_FMT_MAX_ROWS": "40", "POLARS_FMT_MAX_COLS": "20"},
    )
    assert ran.returncode == 0, ran.stderr
    assert [words for words in SAID[example.stem] if words not in ran.stdout] == []
