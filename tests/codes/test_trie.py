import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.codes import ItemIndex, OpenLeaves, build_trie, catalogue_fingerprint
from penchant.core import Ragged, StorageError, UsageError, read_state, write_state
from penchant.data import History, Ids, Queries

END = 9
codes_of_items = st.lists(
    st.lists(st.integers(0, 4), max_size=4).map(lambda codes: (*codes, END)),
    max_size=20,
    unique=True,
)


def paths(trie):
    """Every way from the root to a leaf, by the trie's own arrays."""
    found, stack = {}, [(0, ())]
    while stack:
        node, path = stack.pop()
        children = trie.children(node)
        if len(children) == 0 and node:
            first, last = trie.interval(node)
            assert last == first + 1
            found[int(trie.leaf_items[first])] = path
        for place, token in enumerate(children):
            stack.append((int(trie.offsets[node]) + place + 1, (*path, int(token))))
    return found


@given(codes_of_items)
def test_every_item_has_its_path_and_there_is_no_other(codes):
    trie = build_trie(Ragged.of(codes))
    assert paths(trie) == dict(enumerate(codes))


@given(codes_of_items)
def test_leaves_are_in_the_order_of_codes_and_nodes_are_intervals(codes):
    trie = build_trie(Ragged.of(codes))
    listed = [codes[item] for item in trie.leaf_items]
    assert listed == sorted(codes)
    for path in codes:
        for length in range(len(path) + 1):
            walked = np.array([path[:length]]).reshape(1, length)
            first, last = trie.interval(int(trie.walk(walked)[0]))
            assert {codes[i] for i in trie.leaf_items[first:last]} == {
                other for other in codes if other[:length] == path[:length]
            }


def test_a_walk_off_the_trie_leads_nowhere():
    trie = build_trie(Ragged.of([[0, 2], [1, 2]]))
    assert trie.walk(np.array([[0, 2], [0, 1], [7, 2], [1, -1]])).tolist() == [3, -1, -1, 2]


@pytest.mark.parametrize("codes", [[[1, 2], [1, 2]], [[1], [1, 2]], [[1, 2, 3], [5], [1, 2]]])
def test_items_that_cannot_be_told_apart_are_refused(codes):
    with pytest.raises(UsageError, match="cannot be told apart"):
        build_trie(Ragged.of(codes))


def test_an_empty_catalogue_has_a_root_alone():
    trie = build_trie(Ragged.empty(3))
    assert (len(trie), trie.n_leaves, trie.depth) == (1, 0, 0)


def test_long_codes_are_sorted_though_they_do_not_fit_one_number():
    rng = np.random.default_rng(0)
    codes = [tuple(row) for row in rng.integers(0, 60_000, (50, 9))]
    assert paths(build_trie(Ragged.of(codes))) == dict(enumerate(codes))


@given(codes_of_items.filter(len), st.data())
def test_open_counts_equal_counting(codes, draw):
    n = len(codes)
    some = st.lists(st.lists(st.integers(-1, n), max_size=n), min_size=2, max_size=2)
    allowed = draw.draw(st.none() | st.lists(st.booleans(), min_size=n, max_size=n))
    candidates, excluded = draw.draw(st.none() | some), draw.draw(st.none() | some)
    trie = build_trie(Ragged.of(codes))
    queries = Queries(
        History(Ragged.empty(2)),
        allowed=None if allowed is None else np.array(allowed),
        candidates=None if candidates is None else Ragged.of(candidates),
        excluded=None if excluded is None else Ragged.of(excluded),
    )
    leaves = OpenLeaves.of(trie, queries)
    for row in range(2):
        is_open = [
            (allowed is None or allowed[item])
            and (candidates is None or item in candidates[row])
            and (excluded is None or item not in excluded[row])
            for item in trie.leaf_items
        ]
        for node in range(len(trie)):
            first, last = trie.interval(node)
            counted = leaves.count(np.array(row), np.array(first), np.array(last))
            assert counted == sum(is_open[first:last])


def index_of(codes, names="abc"):
    ids = Ids(list(names)).series()
    return ItemIndex(Ragged.of(codes), (4, 3), catalogue_fingerprint(ids), "by hand"), ids


def test_an_index_comes_back_from_disk(tmp_path):
    index, ids = index_of([[0, 4], [1, 4], [0, 5]])
    write_state(index.state(), tmp_path, "index")
    again = ItemIndex.restored(read_state(tmp_path, "index"))
    again.check_catalogue(ids)
    assert again.padded().tolist() == index.padded().tolist()
    assert (again.widths, again.scheme, again.starts) == ((4, 3), "by hand", (0, 4))


def test_an_index_refuses_a_foreign_catalogue():
    index, _ = index_of([[0, 4], [1, 4], [0, 5]])
    with pytest.raises(UsageError, match="another catalogue"):
        index.check_catalogue(Ids(["a", "c", "b"]).series())


def test_a_removed_item_is_a_tombstone_and_nothing_else_moves():
    index, _ = index_of([[0, 4], [1, 4], [0, 5]])
    removed = index.with_removed([0])
    assert removed.padded().tolist() == [[-1, -1], [1, 4], [0, 5]]
    assert removed.trie().leaf_items.tolist() == [2, 1]


def test_new_items_are_appended():
    index, _ = index_of([[0, 4], [1, 4], [0, 5]])
    grown = index.appended(Ragged.of([[3, 6]]), "new")
    assert grown.padded().tolist() == [[0, 4], [1, 4], [0, 5], [3, 6]]
    with pytest.raises(UsageError, match="vocabulary"):
        index.appended(Ragged.of([[3, 7]]), "new")


def test_a_torn_index_is_refused():
    index, _ = index_of([[0, 4], [1, 4], [0, 5]])
    state = index.state()
    broken = {**state.arrays, "values": state.arrays["values"] + 3}
    with pytest.raises(StorageError, match="codes outside"):
        ItemIndex.restored(type(state)(state.json, broken))
