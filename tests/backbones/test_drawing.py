import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_drawn_search_is_what_the_library_does(tmp_path):
    script = DOCS / "drawings" / "decoding.py"
    subprocess.run([sys.executable, script, tmp_path], check=True)
    drawn = (tmp_path / "decoding.svg").read_text(encoding="utf-8")
    assert drawn == (DOCS / "guides" / "decoding.svg").read_text(encoding="utf-8")
