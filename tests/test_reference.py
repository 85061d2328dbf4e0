import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[1]


def test_the_reference_of_http_is_that_of_the_document(tmp_path):
    made = tmp_path / "http.md"
    command = [sys.executable, str(HOME / "tools" / "http_reference.py"), str(made)]
    subprocess.run(command, check=True)
    kept = HOME / "docs" / "api" / "http.md"
    assert made.read_text() == kept.read_text(), "it is old: python tools/http_reference.py"
