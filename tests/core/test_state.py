import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from penchant.core import State, StorageError, read_state, write_folder, write_state

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
dtypes = st.sampled_from([np.int8, np.uint8, np.int32, np.int64, np.float32, np.float64, np.bool_])
arrays = dtypes.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_side=0, max_side=4)))
names = st.from_regex(r"[a-z]{1,6}", fullmatch=True)


def states(depth: int) -> st.SearchStrategy[State]:
    parts = st.dictionaries(names, states(depth - 1), max_size=2) if depth else st.just({})
    return st.builds(
        State,
        st.dictionaries(st.text(max_size=4), json_values, max_size=3),
        st.dictionaries(names, arrays, max_size=3),
        parts,
        st.dictionaries(names, st.text("0123456789abcdef", min_size=64, max_size=64), max_size=1),
    )


def assert_same(one: State, other: State) -> None:
    assert (one.json, one.assets) == (other.json, other.assets)
    assert one.arrays.keys() == other.arrays.keys()
    for key, array in one.arrays.items():
        assert array.dtype == other.arrays[key].dtype
        np.testing.assert_array_equal(array, other.arrays[key])
    assert one.parts.keys() == other.parts.keys()
    for key, part in one.parts.items():
        assert_same(part, other.parts[key])


@settings(deadline=None, max_examples=60)
@given(states(2))
def test_a_state_comes_back(tmp_path_factory, state):
    folder = tmp_path_factory.mktemp("state")
    write_state(state, folder, "model")
    assert_same(read_state(folder, "model"), state)


def test_the_same_state_makes_the_same_bytes(tmp_path):
    for name, order in (("one", "ab"), ("two", "ba")):
        (tmp_path / name).mkdir()
        state = State(dict.fromkeys(order, 1), {key: np.ones(3, np.float32) for key in order})
        write_state(state, tmp_path / name, "model")
    for file in ("model.json", "model.safetensors"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_arrays_that_are_views_are_written_as_they_look(tmp_path):
    view = np.arange(12, dtype=np.int32).reshape(3, 4).T[::2]
    write_state(State(arrays={"view": view}), tmp_path, "model")
    np.testing.assert_array_equal(read_state(tmp_path, "model").arrays["view"], view)


def test_a_number_that_json_does_not_know_is_refused(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_state(State({"loss": float("nan")}), tmp_path, "model")


@pytest.mark.parametrize("file", ["model.json", "model.safetensors", "model.part.json"])
@pytest.mark.parametrize("damage", ["gone", "torn", "empty", "other"])
def test_a_damaged_state_is_refused_by_name(tmp_path, file, damage):
    inner = State({"a": 1}, {"x": np.ones(50)})
    write_state(State({"b": 2}, {"x": np.ones(50)}, {"part": inner}), tmp_path, "model")
    path = tmp_path / file
    whole = path.read_bytes()
    left = {"torn": whole[: len(whole) // 2], "empty": b"", "other": b"[1, 2]" + b" " * 99}
    path.unlink() if damage == "gone" else path.write_bytes(left[damage])
    with pytest.raises(StorageError, match=r"model.*not a saved state.*save the model again"):
        read_state(tmp_path, "model")


def test_a_state_in_a_folder_is_whole_or_nothing(tmp_path):
    folder = tmp_path / "kept"
    with write_folder(folder) as temporary:
        write_state(State({"version": 1}), temporary, "model")
    with pytest.raises(ValueError, match="JSON"), write_folder(folder) as temporary:
        write_state(State({"version": float("inf")}), temporary, "model")
    assert read_state(folder, "model").json == {"version": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
