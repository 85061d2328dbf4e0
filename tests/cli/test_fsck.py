import json

from typer.testing import CliRunner

from penchant.cli.main import app
from penchant.serve.events import Event, EventStore

RUNNER = CliRunner()


def test_a_whole_store_is_said_to_be_so(tmp_path):
    with EventStore(tmp_path / "events") as store:
        store.append([Event("u1", "i1", time=1)])
    done = RUNNER.invoke(app, ["fsck", str(tmp_path / "events")])
    assert done.exit_code == 0
    assert "all is well" in done.stdout


def test_what_is_wrong_is_told_and_the_exit_code_says_so(tmp_path):
    with EventStore(tmp_path / "events") as store:
        store.append([Event("u1", "i1", time=1)])
        store.seal()
    (segment,) = (tmp_path / "events" / "segments").iterdir()
    segment.write_bytes(b"torn")
    done = RUNNER.invoke(app, ["fsck", str(tmp_path / "events"), "--json"])
    assert done.exit_code == 1
    (finding,) = json.loads(done.stdout)
    assert finding["place"] == segment.name
    assert "backup" in finding["do"]


def test_another_folder_is_refused(tmp_path):
    done = RUNNER.invoke(app, ["fsck", str(tmp_path)])
    assert done.exit_code == 1
    assert "data folder" in done.stderr
