"""Sequences with common beginnings as trees, in packs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.language.local.tree import Tree, common, packs

SEQUENCES = st.lists(
    st.lists(st.integers(0, 2), min_size=1, max_size=30).map(lambda t: np.array(t, np.int64)),
    min_size=1,
    max_size=12,
)


@given(SEQUENCES)
def test_a_tree_holds_each_beginning_once(sequences):
    ordered = sorted(sequences, key=lambda s: s.tolist())
    tree = Tree.of(ordered, 0)
    beginnings = {tuple(s[:i]) for s in sequences for i in range(1, len(s) + 1)}
    assert len(tree.tokens) == len(beginnings)
    for sequence, path in zip(ordered, tree.paths, strict=True):
        assert tree.tokens[path].tolist() == sequence.tolist()
        assert tree.depths[path].tolist() == list(range(len(sequence)))


@given(SEQUENCES)
def test_a_node_sees_its_beginning_and_nothing_else(sequences):
    tree = Tree.of(sorted(sequences, key=lambda s: s.tolist()), 0)
    seen = tree.seen()
    for path in tree.paths:
        for depth, node in enumerate(path):
            assert np.flatnonzero(seen[node]).tolist() == sorted(path[: depth + 1].tolist())


@settings(max_examples=200)
@given(SEQUENCES, st.integers(1, 40), st.integers(0, 40), st.integers(0, 30))
def test_packs_hold_every_sequence_within_bounds(sequences, most, floor, known):
    floors = [min(floor, len(s)) for s in sequences]
    read = [min(known, len(s)) for s in sequences]
    made = list(packs(sequences, floors, read, most_nodes=most))
    assert sorted(row for pack in made for row in pack.rows) == list(range(len(sequences)))
    for pack in made:
        mine = [sequences[row] for row in pack.rows]
        assert [s.tolist() for s in mine] == sorted(s.tolist() for s in mine)
        assert all(common(mine[0], s) >= pack.prefix for s in mine)
        assert all(floors[row] >= pack.prefix for row in pack.rows)
        tree = Tree.of(mine, 0)
        assert sum(pack.new) == len(tree.tokens)
        if len(mine) > 1 and pack.prefix:
            assert len(tree.tokens) - pack.prefix <= most


def test_what_was_read_before_is_not_given_up_for_a_fuller_pack():
    told = [np.r_[np.zeros(20), np.full(100, i)].astype(np.int64) for i in (1, 2)]
    together = list(packs(told, [120, 120], [0, 0], most_nodes=500))
    apart = list(packs(told, [120, 120], [120, 0], most_nodes=500))
    assert [pack.rows for pack in together] == [(0, 1)]
    assert [pack.rows for pack in apart] == [(0,), (1,)]


def test_the_answers_to_a_prompt_are_not_divided_where_they_fit():
    prompts = [np.full(60, i) for i in range(5)]
    told = [np.r_[p, [10 + j] * 3].astype(np.int64) for p in prompts for j in range(10)]
    made = list(packs(told, [59] * 50, [0] * 50, most_nodes=130))
    assert [len(pack.rows) for pack in made] == [10] * 5
    wide = list(packs(told, [59] * 50, [0] * 50, most_nodes=185))
    assert [len(pack.rows) for pack in wide] == [20, 20, 10]
