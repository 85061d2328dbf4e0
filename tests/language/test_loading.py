"""Models that are not there."""

import pytest

from penchant.core import AssetError, Run
from penchant.language import LocalLM
from penchant.language.local import loading


def test_an_unknown_name_is_asked_of_the_hub_once(monkeypatch, capfd):
    asked = []

    class Unreachable:
        def model_info(self, name, *, timeout):
            asked.append(name)
            raise RuntimeError("Name or service not known")

    def load(*_):
        raise AssertionError("it would be asked again and again")

    monkeypatch.setattr(loading, "HfApi", Unreachable)
    monkeypatch.setattr(loading.AutoConfig, "from_pretrained", load)
    with pytest.raises(AssetError, match=r"no language model 'no-such': no folder here.*not known"):
        LocalLM("no-such").open(Run())
    assert asked == ["no-such"]
    assert capfd.readouterr().err == ""
