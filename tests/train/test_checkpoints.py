import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from penchant.core import Run, StorageError
from penchant.train.checkpoints import Checkpoint, Checkpoints


@dataclass
class Notes:
    """A watcher that remembers."""

    notes: list[str] = field(default_factory=list)

    def progress(self, stage: str, done: int, total: int | None, **figures: float) -> None:
        """Not looked at."""

    def note(self, text: str) -> None:
        self.notes.append(text)


def checkpoint(step: int) -> Checkpoint:
    weights = {"w": torch.full((1_000,), float(step))}
    return Checkpoint(step, weights, {"draws": torch.zeros(4, dtype=torch.uint8)}, {}, {"a": 1})


def new(folder: Path, watch: Notes | None = None) -> Checkpoints:
    run = Run(watch=watch or Notes())
    return Checkpoints(folder, {"seed": 0, "options": {"width": [1, 2]}}, run)


def test_the_newest_two_are_kept(tmp_path: Path):
    written = new(tmp_path)
    for step in (5, 10, 15, 17):
        written.write(checkpoint(step))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-15", "step-17"]
    found = new(tmp_path).newest()
    assert found is not None
    assert (found.step, found.progress, float(found.weights["w"][0])) == (17, {"a": 1}, 17.0)


def test_nothing_yet(tmp_path: Path):
    assert new(tmp_path / "never").newest() is None


@pytest.mark.parametrize("name", ["weights.safetensors", "checkpoint.json", "MANIFEST.json"])
@pytest.mark.parametrize("how", ["cut", "gone", "altered"])
def test_a_torn_one_falls_back_and_says_so(tmp_path: Path, name: str, how: str):
    written = new(tmp_path)
    written.write(checkpoint(5))
    written.write(checkpoint(10))
    file = tmp_path / "step-10" / name
    content = file.read_bytes()
    if how == "gone":
        file.unlink()
    elif how == "cut":
        file.write_bytes(content[: len(content) // 2])
    else:
        file.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
    watch = Notes()
    found = new(tmp_path, watch).newest()
    assert found is not None
    assert found.step == 5
    assert len(watch.notes) == 1
    assert "step-10" in watch.notes[0]
    assert "going on from step 5" in watch.notes[0]


def test_a_torn_one_is_not_what_is_kept(tmp_path: Path):
    written = new(tmp_path)
    written.write(checkpoint(5))
    written.write(checkpoint(10))
    (tmp_path / "step-10" / "weights.safetensors").unlink()
    again = new(tmp_path)
    again.newest()
    again.write(checkpoint(12))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-12", "step-5"]


def test_all_torn_begins_anew(tmp_path: Path):
    new(tmp_path).write(checkpoint(5))
    (tmp_path / "step-5" / "MANIFEST.json").unlink()
    watch = Notes()
    assert new(tmp_path, watch).newest() is None
    assert "going on from the start" in watch.notes[0]


def test_leftovers_of_dead_processes_are_swept(tmp_path: Path):
    new(tmp_path).write(checkpoint(5))
    dead = subprocess.Popen(["true"])
    dead.wait()
    (tmp_path / f"step-9.tmp-{dead.pid}").mkdir()
    (tmp_path / "step-5").rename(tmp_path / f"step-5.old-{dead.pid}")
    found = new(tmp_path).newest()
    assert found is not None
    assert found.step == 5
    assert [path.name for path in tmp_path.iterdir()] == ["step-5"]


def test_the_manifest_names_every_file(tmp_path: Path):
    new(tmp_path).write(checkpoint(5))
    hashes = json.loads((tmp_path / "step-5" / "MANIFEST.json").read_text())
    files = {path.name for path in (tmp_path / "step-5").iterdir()}
    assert set(hashes) == files - {"MANIFEST.json"}


@pytest.fixture
def small_disk(tmp_path: Path):
    """A mount of 1 MB; skips where mounting is not allowed."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mounted)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.decode().strip()}")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


def test_a_full_disk_keeps_what_was_there(small_disk: Path):
    written = new(small_disk / "checkpoints")
    written.write(checkpoint(5))
    filler = small_disk / "filler"
    free = os.statvfs(small_disk)
    filler.write_bytes(b"0" * (free.f_bavail * free.f_bsize - 8_192))
    with pytest.raises(StorageError, match="disk is full"):
        written.write(checkpoint(10))
    assert [path.name for path in (small_disk / "checkpoints").iterdir()] == ["step-5"]
    filler.unlink()
    found = new(small_disk / "checkpoints").newest()
    assert found is not None
    assert found.step == 5
    written.write(checkpoint(10))


def test_a_read_only_disk_is_named(small_disk: Path):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match="read-only"):
        new(small_disk / "checkpoints").write(checkpoint(5))
