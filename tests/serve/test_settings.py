import pytest

from penchant.core import UsageError
from penchant.data import mini_world, write_dataset
from penchant.serve.settings import Settings


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_a_rate_lets_somebody_in(tmp_path, rate):
    with pytest.raises(UsageError, match="requests_per_s"):
        Settings(folder=tmp_path, requests_per_s=rate)


@pytest.mark.parametrize("name", ["data", "runs"])
@pytest.mark.parametrize("there", ["nothing", "a file"])
def test_folders_that_are_read_must_be_there(tmp_path, name, there):
    place = tmp_path / "place"
    if there == "a file":
        place.write_text("")
    with pytest.raises(UsageError, match=f"{name}='.*place' is no .*: "):
        Settings(folder=tmp_path, **{name: place})


def test_models_may_be_left_in_a_new_folder_and_in_no_file(tmp_path):
    Settings(folder=tmp_path, models=tmp_path / "new" / "models")
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(UsageError, match=r"models=.*file. is no folder"):
        Settings(folder=tmp_path, models=file)


def test_data_are_a_folder_of_a_data_set(tmp_path):
    with pytest.raises(UsageError, match="is no data set folder"):
        Settings(folder=tmp_path, data=tmp_path)
    Settings(folder=tmp_path, data=write_dataset(mini_world(), tmp_path / "data"))
