"""The code that people read runs: fenced blocks of README and docs, and examples in docstrings."""

import doctest
import importlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import penchant

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"(?:^<!-- not run: (.+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A block, its language and, in a comment on the line before it, why it cannot run."""
MODULES = [m.name for m in pkgutil.walk_packages(penchant.__path__, "penchant.")]


def blocks(page: Path) -> list[tuple[str, str, int]]:
    """Language, code and first line of every block that can run."""
    text = page.read_text(encoding="utf-8")
    found = FENCE.finditer(text)
    return [(m[2], m[3], text.count("\n", 0, m.start(3))) for m in found if not m[1]]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def pages_with(*languages: str) -> list[Path]:
    return [page for page in PAGES if any(block[0] in languages for block in blocks(page))]


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """An empty folder to work in, with the data sets that lie beside the repository."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    shared = ROOT.parent / "shared" / "data"
    if "PENCHANT_DATA" not in os.environ and shared.is_dir():
        monkeypatch.setenv("PENCHANT_DATA", str(shared))
    return tmp_path


@pytest.mark.parametrize("page", pages_with("python"), ids=name_of)
def test_the_python_of_a_page_runs_from_top_to_bottom(page, workplace, capsys):
    names: dict[str, object] = {"__name__": "page"}
    for language, code, line in blocks(page):
        if language == "python":
            place = f"{name_of(page)}:{line + 1}"
            if code.lstrip().startswith(">>>"):
                check_example(code, names, place)
            else:
                exec(compile("\n" * line + code, str(page), "exec"), names)


def check_example(code: str, names: dict[str, object], place: str) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest(code, names, place, place, 0)
    said: list[str] = []
    result = doctest.DocTestRunner(optionflags=flags).run(test, said.append, clear_globs=False)
    names.update(test.globs)
    assert not result.failed, "".join(said)


@pytest.mark.parametrize("page", pages_with("sh"), ids=name_of)
def test_the_commands_of_a_page_run_from_top_to_bottom(page, workplace):
    script = "\n".join(code for language, code, _ in blocks(page) if language == "sh")
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_hold(module, workplace):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    result = doctest.testmod(importlib.import_module(module), optionflags=flags)
    assert result.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_to_files_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
    assert [to for to in targets if not (page.parent / to).exists()] == []
