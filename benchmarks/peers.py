"""Other projects to compare with, each in an environment of its own below ``build/peers``.

A benchmark that compares is one script with roles: run plainly it prepares the inputs, then starts
itself once more for each contender, in turns, with that contender's interpreter.
"""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ONE_BLAS_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def interpreter(name: str, packages: Sequence[str]) -> Path:
    """The Python of an environment with these packages; made when it is missing."""
    folder = Path(os.environ.get("PENCHANT_PEERS", ROOT / "build" / "peers")) / name
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def ask(python: Path | str, role: str, folder: Path, **settings: str) -> dict[str, Any]:
    """Runs this script in a role; what it prints last is JSON."""
    command = [str(python), sys.argv[0], role, str(folder)]
    environment = {**os.environ, **settings}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment, cwd=ROOT
    )
    if done.returncode:
        raise SystemExit(f"{role} failed:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def versions(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The versions that the contenders said they are."""
    return {role: answer["versions"] for role, answer in answers.items()}
