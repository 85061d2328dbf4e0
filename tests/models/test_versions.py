import os
import time

import pytest

import penchant as pn
from penchant.core import StorageError, UnknownName, UsageError
from penchant.models import (
    activate,
    find_version,
    load,
    model_versions,
    publish,
    read_pointer,
    rollback,
    save,
)
from penchant.models.versions import POINTER


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    model = pn.fit(pn.Popular(), pn.data.mini_world())
    return save(model, tmp_path_factory.mktemp("saved") / "popular")


def test_versions_are_numbered_and_found(saved, tmp_path):
    for job in ("a", "b"):
        publish(saved, tmp_path, "shop", about={"job": job})
    publish(saved, tmp_path, "other", about={})
    assert [one.name for one in model_versions(tmp_path)] == ["other@1", "shop@1", "shop@2"]
    assert find_version(tmp_path, "shop").name == "shop@2"
    assert find_version(tmp_path, "shop@1").about() == {"job": "a"}
    assert load(find_version(tmp_path, "shop@1").path).name == "Popular"
    with pytest.raises(UnknownName, match="shop@3"):
        find_version(tmp_path, "shop@3")


def test_a_version_is_as_old_as_its_publishing(saved, tmp_path):
    os.utime(saved, (1, 1))
    before = time.time_ns() // 1_000
    version = publish(saved, tmp_path, "shop", about={})
    at = version.published_us()
    assert before - 1_000_000 < at <= time.time_ns() // 1_000
    os.utime(version.path, (2, 2))
    assert version.published_us() == at
    (tmp_path / "shop" / "1.json").unlink()
    assert version.published_us() == 2_000_000


def test_ten_comes_after_nine(saved, tmp_path):
    for job in range(10):
        publish(saved, tmp_path, "shop", about={"job": job})
    assert find_version(tmp_path, "shop").name == "shop@10"


def test_the_same_model_of_the_same_job_is_published_once(saved, tmp_path):
    names = [publish(saved, tmp_path, "shop", about={"job": "a"}).name for _ in range(2)]
    assert names == ["shop@1", "shop@1"]
    assert publish(saved, tmp_path, "shop", about={"job": "b"}).name == "shop@2"


def test_a_crash_before_the_rename_leaves_no_version(saved, tmp_path):
    publish(saved, tmp_path, "shop", about={})
    torn = tmp_path / "shop" / "2.tmp-999999"
    torn.mkdir()
    (torn / "model.json").write_text("{")
    (tmp_path / "shop" / "2.json").write_text("{}")
    assert [one.name for one in model_versions(tmp_path)] == ["shop@1"]
    assert publish(saved, tmp_path, "shop", about={"job": "b"}).name == "shop@2"
    assert not torn.exists()


def test_links_and_odd_names_are_no_versions(saved, tmp_path):
    publish(saved, tmp_path, "shop", about={})
    (tmp_path / "shop" / "7").symlink_to(saved)
    (tmp_path / "link").symlink_to(tmp_path / "shop")
    for name in ("02", "0", "-1", "x"):
        (tmp_path / "shop" / name).mkdir()
        (tmp_path / "shop" / name / "MANIFEST.json").write_text("{}")
    assert [one.name for one in model_versions(tmp_path)] == ["shop@1"]


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "x" * 65, "a@1"])
def test_a_name_that_leaves_the_folder_is_refused(saved, tmp_path, name):
    with pytest.raises(UsageError, match="use 1 to 64"):
        publish(saved, tmp_path, name, about={})
    assert not list(tmp_path.iterdir())


def test_a_tampered_model_is_not_published(saved, tmp_path):
    model = save(load(saved), tmp_path / "model")
    (model / "README.md").write_text("something else")
    with pytest.raises(StorageError, match=r"README\.md is not what"):
        publish(model, tmp_path / "versions", "shop", about={})
    assert model_versions(tmp_path / "versions") == []


def test_the_pointer_remembers_what_answered_before(tmp_path):
    assert read_pointer(tmp_path) is None
    with pytest.raises(UsageError, match="no model answered before"):
        rollback(tmp_path)
    activate(tmp_path, "a", before="given")
    activate(tmp_path, "b")
    activate(tmp_path, "b")
    assert read_pointer(tmp_path).before == ("given", "a")
    assert [rollback(tmp_path).active for _ in range(2)] == ["a", "given"]
    with pytest.raises(UsageError):
        rollback(tmp_path)
    assert read_pointer(tmp_path).active == "given"


@pytest.mark.parametrize("text", ["{", "[]", '{"active": 1, "before": []}', '{"active": "a"}'])
def test_a_torn_pointer_is_an_error(tmp_path, text):
    (tmp_path / POINTER).write_text(text)
    with pytest.raises(StorageError, match="activate a model anew"):
        read_pointer(tmp_path)
