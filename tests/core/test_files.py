import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from penchant.core import (
    State,
    StorageError,
    hash_file,
    sweep,
    write_file,
    write_folder,
    write_state,
)


def gone_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_whole(tmp_path):
    path = tmp_path / "deep" / "a.txt"
    with write_file(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert names(path.parent) == ["a.txt"]


def test_an_error_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), write_file(path) as temporary:
        temporary.write_text(f"half {1 / 0}")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_an_interrupt_leaves_the_old_folder(tmp_path):
    path = tmp_path / "model"
    path.mkdir()
    (path / "a").write_text("old")

    def stop_half_way(folder: Path) -> None:
        (folder / "a").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), write_folder(path) as temporary:
        stop_half_way(temporary)
    assert (path / "a").read_text() == "old"
    assert names(tmp_path) == ["model"]


def test_a_folder_replaces_what_was_there(tmp_path):
    path = tmp_path / "model"
    for content in ("first", "second"):
        with write_folder(path) as temporary:
            (temporary / "inner").mkdir()
            (temporary / "inner" / content).write_text(content)
    assert names(path / "inner") == ["second"]
    assert names(tmp_path) == ["model"]


def test_sweep_removes_what_the_dead_left_and_keeps_what_the_living_write(tmp_path):
    dead, living = gone_process(), os.getppid()
    (tmp_path / f"a.json.tmp-{dead}").write_text("half")
    (tmp_path / f"m.tmp-{dead}").mkdir()
    (tmp_path / f"m.old-{dead}").mkdir()
    (tmp_path / "m").mkdir()
    (tmp_path / f"b.tmp-{living}").write_text("at work")
    (tmp_path / "c.tmp-mine").write_text("somebody's own name")
    removed = sweep(tmp_path)
    assert sorted(path.name for path in removed) == [
        f"a.json.tmp-{dead}",
        f"m.old-{dead}",
        f"m.tmp-{dead}",
    ]
    assert names(tmp_path) == sorted([f"b.tmp-{living}", "c.tmp-mine", "m"])


def test_sweep_puts_back_a_folder_whose_writer_died_between_the_moves(tmp_path):
    dead = gone_process()
    (tmp_path / f"model.old-{dead}").mkdir()
    (tmp_path / f"model.old-{dead}" / "a").write_text("old")
    (tmp_path / f"model.tmp-{dead}").mkdir()
    sweep(tmp_path)
    assert names(tmp_path) == ["model"]
    assert (tmp_path / "model" / "a").read_text() == "old"


def test_sweep_of_nothing_is_nothing(tmp_path):
    assert sweep(tmp_path / "never made") == []


DIES_AT = """
import os, pathlib, signal, sys
from penchant.core import write_folder
target, fatal = pathlib.Path(sys.argv[1]), int(sys.argv[2])
moves, replace = [], pathlib.Path.replace
def replace_and_die(self, other):
    if len(moves) == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    moves.append(other)
    return replace(self, other)
pathlib.Path.replace = replace_and_die
with write_folder(target) as temporary:
    (temporary / "a").write_text("new")
if fatal == 2:
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("moves", "found"), [(0, "old"), (1, "old"), (2, "new")])
def test_killed_before_between_and_after_the_two_moves(tmp_path, moves, found):
    path = tmp_path / "model"
    path.mkdir()
    (path / "a").write_text("old")
    died = subprocess.run([sys.executable, "-c", DIES_AT, path, str(moves)], check=False)
    assert died.returncode == -signal.SIGKILL
    sweep(tmp_path)
    assert names(tmp_path) == ["model"]
    assert (path / "a").read_text() == found


WRITES_ON = """
import itertools, pathlib, sys
from penchant.core import write_file, write_folder
root = pathlib.Path(sys.argv[1])
for i in itertools.count():
    with write_file(root / "file") as temporary:
        temporary.write_text(f"{i} " * 5000)
    with write_folder(root / "folder") as temporary:
        for name in "abc":
            (temporary / name).write_text(str(i))
    print(i, flush=True)
"""


def test_killed_at_any_moment_all_is_whole_and_nothing_acknowledged_is_lost(tmp_path):
    rng = np.random.default_rng(5)
    for _ in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITES_ON, tmp_path], stdout=subprocess.PIPE, text=True
        )
        first = writer.stdout.readline()
        time.sleep(rng.uniform(0, 0.05))
        writer.kill()
        acknowledged = int((first + writer.stdout.read()).split("\n")[-2])
        writer.wait()
        writer.stdout.close()
        sweep(tmp_path)
        assert names(tmp_path) == ["file", "folder"]
        written = (tmp_path / "file").read_text().split()
        assert len(written) == 5000
        assert len(set(written)) == 1
        assert int(written[0]) >= acknowledged
        contents = {(tmp_path / "folder" / name).read_text() for name in "abc"}
        assert len(contents) == 1
        assert int(contents.pop()) >= acknowledged


@pytest.fixture
def mounted(tmp_path, request):
    """A small file system of its own; needs the right to mount."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


def write_bytes(path: Path) -> None:
    path.write_bytes(b"0" * 10**6)


def write_frame(path: Path) -> None:
    pl.DataFrame({"x": np.random.default_rng(0).random(10**5)}).write_parquet(path)


def write_weights(path: Path) -> None:
    path.mkdir()
    write_state(State(arrays={"x": np.zeros(10**6)}), path, "model")


@pytest.mark.parametrize("write", [write_bytes, write_frame, write_weights])
def test_a_full_disk_is_said_and_leaves_what_was_there(mounted, write):
    with write_folder(mounted / "model") as temporary:
        (temporary / "a").write_text("old")
    with pytest.raises(StorageError, match=r"could not write .*model: the disk is full; free"):
        with write_folder(mounted / "model") as temporary:
            write(temporary / "big")
    assert names(mounted) == ["model"]
    assert (mounted / "model" / "a").read_text() == "old"


def test_a_full_disk_while_writing_one_file(mounted):
    with pytest.raises(StorageError, match="the disk is full"), write_file(mounted / "a") as file:
        write_bytes(file)
    assert names(mounted) == []


def test_a_read_only_disk_is_said(mounted):
    subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
    with pytest.raises(StorageError, match="read-only; name another folder"):
        with write_file(mounted / "a") as temporary:
            temporary.write_text("x")
    with pytest.raises(StorageError, match="read-only; name another folder"):
        with write_folder(mounted / "deep" / "b"):
            pass


def test_a_file_where_a_folder_is_needed_is_said(tmp_path):
    (tmp_path / "a").write_text("a file")
    with pytest.raises(StorageError, match="a file stands where a folder is needed"):
        with write_file(tmp_path / "a" / "b") as temporary:
            temporary.write_text("x")


def test_an_error_that_is_not_the_disk_stays_itself(tmp_path):
    with pytest.raises(FileNotFoundError), write_file(tmp_path / "a"):
        (tmp_path / "nothing" / "here").read_text()


def test_hash_file_is_the_sha256(tmp_path):
    content = bytes(range(256)) * 5000
    (tmp_path / "a").write_bytes(content)
    assert hash_file(tmp_path / "a") == hashlib.sha256(content).hexdigest()
