import json

from typer.testing import CliRunner

import penchant as pn
from penchant.cli.main import app
from tests.serve.conftest import serving


def told(*words):
    done = CliRunner().invoke(app, ["models", *map(str, words), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_versions_are_published_activated_and_rolled_back(tmp_path):
    model = pn.fit(pn.Popular(), pn.data.mini_world())
    saved = model.save(tmp_path / "shop")
    folder = tmp_path / "models"
    assert told("publish", saved, "--in", folder)["model"] == "shop@1"
    assert told("publish", saved, "--in", folder)["new"] is False
    other = told("publish", saved, "--in", folder, "--name", "other", "--activate")
    assert other == {"model": "other@1", "new": True, "active": True}
    assert told("activate", "shop", "--in", folder) == {"active": "shop@1", "before": ["other@1"]}
    listed = {row["model"]: row["active"] for row in told("list", "--in", folder)}
    assert listed == {"other@1": False, "shop@1": True}
    assert told("rollback", "--in", folder)["active"] == "other@1"
    done = CliRunner().invoke(app, ["models", "rollback", "--in", str(folder)])
    assert done.exit_code == 2
    (folder / "shop" / "1" / "README.md").write_text("tampered")
    done = CliRunner().invoke(app, ["models", "activate", "shop@1", "--in", str(folder)])
    assert done.exit_code == 1
    assert "README.md is not what" in done.output


def test_a_running_service_follows_the_command_line(tmp_path):
    model = pn.fit(pn.Popular(), pn.data.mini_world())
    saved = model.save(tmp_path / "shop")
    folder = tmp_path / "models"
    told("publish", saved, "--in", folder)
    with serving({"given": model}, tmp_path / "events", models=folder) as call:
        assert call("GET", "/health/ready")[1]["model"] == "given"
        told("activate", "shop", "--in", folder)
        while call("GET", "/health/ready")[1]["model"] != "shop@1":
            assert call.shop.following is not None
