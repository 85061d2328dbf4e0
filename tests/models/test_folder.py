import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import penchant as pn
from penchant.core import StorageError, UsageError, hash_file


@pytest.fixture(scope="module")
def data():
    return pn.data.mini_world()


@pytest.fixture(scope="module")
def saved(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "shop"
    pn.fit(pn.CoVisit(), data, threads=1).save(folder)
    return folder


@pytest.fixture
def copied(saved, tmp_path):
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def seal(folder):
    """Makes the manifest true again after a change."""
    names = sorted(p.name for p in folder.iterdir() if p.name != "MANIFEST.json")
    hashes = {name: hash_file(folder / name) for name in names}
    (folder / "MANIFEST.json").write_text(json.dumps({"sha256": hashes}))


def test_a_loaded_model_answers_as_the_saved_one(saved, data):
    users = data.people.ids.series().to_list()[:10]
    fresh = pn.fit(pn.CoVisit(), data, threads=1).recommend(users=users, k=5)
    assert pn.load(saved).recommend(users=users, k=5).equals(fresh)


def test_saving_twice_gives_the_same_weights(saved, data, tmp_path):
    pn.load(saved).save(tmp_path / "again")
    for name in ("recommender.safetensors", "histories.safetensors"):
        assert hash_file(tmp_path / "again" / name) == hash_file(saved / name)


def test_the_folder_holds_no_code_and_a_card(saved):
    assert {path.suffix for path in saved.iterdir()} == {".json", ".safetensors", ".parquet", ".md"}
    assert "covisit on mini-world" in (saved / "README.md").read_text()


def test_an_altered_file_is_refused(copied):
    with (copied / "recommender.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x7f")
    with pytest.raises(StorageError, match="altered or torn"):
        pn.load(copied)


def test_a_missing_file_is_refused(copied):
    (copied / "catalog.parquet").unlink()
    with pytest.raises(StorageError, match="missing"):
        pn.load(copied)


def test_a_file_that_nobody_listed_is_refused(copied):
    (copied / "extra.json").write_text("{}")
    with pytest.raises(StorageError, match="is not in"):
        pn.load(copied)


@pytest.mark.parametrize("name", ["../outside.json", "/etc/passwd", "a/b.json", ".hidden", ""])
def test_names_that_leave_the_folder_are_refused(copied, name):
    manifest = json.loads((copied / "MANIFEST.json").read_text())
    manifest["sha256"][name] = "0" * 64
    (copied / "MANIFEST.json").write_text(json.dumps(manifest))
    with pytest.raises(StorageError, match="refused"):
        pn.load(copied)


def test_a_link_is_refused(copied, tmp_path):
    (tmp_path / "elsewhere.md").write_bytes((copied / "README.md").read_bytes())
    (copied / "README.md").unlink()
    (copied / "README.md").symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(StorageError, match="refused"):
        pn.load(copied)


def test_a_newer_format_names_what_to_do(copied):
    head = json.loads((copied / "model.json").read_text())
    head["format"] = 99
    (copied / "model.json").write_text(json.dumps(head))
    seal(copied)
    with pytest.raises(StorageError, match="update Penchant"):
        pn.load(copied)


def test_histories_of_other_people_are_refused(copied):
    arrays = load_file(copied / "histories.safetensors")
    arrays["items"] = np.full_like(arrays["items"], 10_000)
    save_file(arrays, copied / "histories.safetensors")
    seal(copied)
    with pytest.raises(StorageError, match="does not have"):
        pn.load(copied)


def test_no_model_and_no_folder_are_said(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StorageError, match="no saved model"):
            pn.load(folder)


def test_a_folder_of_something_else_is_not_overwritten(saved, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(StorageError, match="no model"):
        pn.load(saved).save(tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "dear"


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs more rights than these tests have")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_said_and_leaves_nothing(saved, small_disk):
    with pytest.raises(StorageError, match="disk is full"):
        pn.load(saved).save(small_disk / "shop")
    assert list(small_disk.iterdir()) == []


def test_a_read_only_disk_is_said(saved, small_disk):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match="read-only"):
        pn.load(saved).save(small_disk / "shop")


def test_a_finished_fit_is_not_repeated_and_another_is_refused(data, tmp_path):
    first = pn.fit(pn.Popular(), data, folder=tmp_path / "fit", threads=1)
    again = pn.fit(pn.Popular(), data, folder=tmp_path / "fit", threads=1)
    assert again.record.fit_seconds == first.record.fit_seconds
    with pytest.raises(UsageError, match="different: seed"):
        pn.fit(pn.Popular(), data, folder=tmp_path / "fit", threads=1, seed=1)
