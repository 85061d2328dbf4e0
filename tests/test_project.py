"""What holds for the whole project."""

import ast
import importlib
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import penchant
from penchant.recommenders import METHODS

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PACKAGES = sorted(m.name for m in pkgutil.iter_modules(penchant.__path__) if m.ispkg)
LONG_FILES: dict[str, str] = {}
"""Files over 300 lines, each with the one idea that it holds."""
LONG_FUNCTIONS = {
    "src/penchant/evaluate/plots.py:trade_off_plot": "one picture, drawn from axes to legend",
}
"""Functions over 40 lines of code, each with the reason."""
HEAVY = {"matplotlib", "optuna", "pandas", "polars", "scipy", "sklearn", "torch", "transformers"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def fresh(code: str) -> dict[str, object]:
    """What a fresh Python process prints as JSON."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


IMPORT = """
import json, sys, time
start = time.process_time()
import penchant
took = time.process_time() - start
print(json.dumps({"took": took, "modules": list(sys.modules)}))
"""


def test_importing_is_light():
    runs = [fresh(IMPORT) for _ in range(3)]
    assert HEAVY & set(runs[0]["modules"]) == set()
    assert min(run["took"] for run in runs) < 0.2


HELP = """
import contextlib, io, json, sys, time
start = time.process_time()
from penchant.cli import main
sys.argv = ["penchant", "--help"]
with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):
    main()
took = time.process_time() - start
print(json.dumps({"took": took, "said": said.getvalue(), "modules": list(sys.modules)}))
"""


def test_help_answers_at_once():
    runs = [fresh(HELP) for _ in range(3)]
    assert "demo" in runs[0]["said"]
    assert {"polars", "torch", "transformers"} & set(runs[0]["modules"]) == set()
    assert min(run["took"] for run in runs) < 0.5


def test_every_public_name_can_be_had():
    assert penchant.__all__ == sorted(penchant.__all__)
    assert set(penchant.__all__) <= set(dir(penchant))
    for name in penchant.__all__:
        assert getattr(penchant, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Tigr'"):
        _ = penchant.Tigr


@pytest.mark.parametrize("package", PACKAGES)
def test_the_public_names_of_a_package_are_a_list(package):
    # Ruff's RUF022 holds the lists to its order: constants, classes, functions, each by alphabet.
    module = importlib.import_module(f"penchant.{package}")
    assert len(module.__all__) == len(set(module.__all__))
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_has_its_page_in_the_reference(package):
    page = (ROOT / "docs" / "api" / f"{package}.md").read_text(encoding="utf-8")
    assert f"::: penchant.{package}" in page


@pytest.mark.parametrize("name", METHODS)
def test_a_method_has_its_page_its_tests_and_its_line(name):
    module = METHODS[name].partition(":")[0]
    class_name = METHODS[name].partition(":")[2]
    pages = [ROOT / "docs" / "methods" / f"{page}.md" for page in (name, module)]
    assert any(page.exists() for page in pages)
    assert (ROOT / "tests" / "recommenders" / f"test_{module}.py").exists()
    assert class_name in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert class_name in penchant.__all__


def test_files_are_short():
    long = {name_of(path) for path in SOURCES if len(path.read_text().splitlines()) > 300}
    assert sorted(long) == sorted(LONG_FILES)


def test_functions_are_short():
    long = {
        f"{name_of(path)}:{node.name}"
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef) and code_lines(node) > 40
    }
    assert sorted(long) == sorted(LONG_FUNCTIONS)


def code_lines(function: ast.FunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    documented = ast.get_docstring(function) is not None
    body = function.body[1:] if documented else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


UNSAFE_MODULES = {"cPickle", "cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "torch.load", "yaml.load", "yaml.unsafe_load", "os.system"}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_read_can_run_code(path):
    tree = parsed(path)
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    options = {keyword.arg for call in calls for keyword in call.keywords}
    assert imported & UNSAFE_MODULES == set()
    assert {ast.unparse(call.func) for call in calls} & UNSAFE_CALLS == set()
    assert options & {"allow_pickle", "trust_remote_code", "shell"} == set()


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_names_say_what_a_thing_is(path):
    classes = [node.name for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)]
    vague = re.compile(r"Manager|Helper|Handler|Factory|Mixin|Utils|^Base[A-Z]|Base$")
    assert [name for name in classes if vague.search(name)] == []
    assert path.stem not in {"common", "helpers", "misc", "util", "utils"}


def test_the_tree_of_the_readme_is_the_tree():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = readme[readme.index("src/penchant/") :]
    assert [package for package in PACKAGES if f"\n  {package}/" not in tree] == []


def test_the_python_of_the_readme_is_twelve_lines():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert code is not None
    assert len([line for line in code[1].splitlines() if line.strip()]) <= 12


def test_every_dependency_has_a_tested_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [item for items in project["optional-dependencies"].values() for item in items]
    wanted = {re.split(r"[\[<>=]", item)[0].lower() for item in project["dependencies"] + extras}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0].lower() for line in lines if not line.startswith("#")}
    assert wanted - pinned == set()


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "constraints.txt").touch()
    (folder / "pyproject.toml").touch()
    # These tests may themselves be run by make, whose settings must not reach them.
    env = {k: v for k, v in os.environ.items() if k not in ("VENV", "MAKEFLAGS", "MAKELEVEL")}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@needs_make
def test_make_says_its_verbs(tmp_path):
    said = make(tmp_path).stdout
    assert re.findall(r"make (\w+)", said) == [
        "help",
        "demo",
        "serve",
        "test",
        "assets",
        "check",
        "docs",
        "bench",
        "clean",
    ]


@needs_make
def test_make_says_that_python_is_too_old(tmp_path):
    old = tmp_path / "python-old"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.1\n[ "$1" = --version ]\n')
    old.chmod(0o755)
    ran = make(tmp_path, "test", f"PYTHON={old}")
    assert ran.returncode != 0
    assert "is Python 3.9.1; Penchant needs 3.11 or newer: make demo PYTHON=" in ran.stderr
    assert not (tmp_path / ".venv").exists()


@needs_make
def test_make_says_that_there_is_no_python(tmp_path):
    ran = make(tmp_path, "demo", "PYTHON=")
    assert ran.returncode != 0
    assert "Penchant needs Python 3.11 or newer, and found none" in ran.stderr


@needs_make
def test_make_says_that_venv_is_missing(tmp_path):
    bare = tmp_path / "python-bare"
    bare.write_text('#!/bin/sh\n[ "$1" = -c ]\n')
    bare.chmod(0o755)
    ran = make(tmp_path, "demo", f"PYTHON={bare}")
    assert ran.returncode != 0
    assert "install its venv module" in ran.stderr
