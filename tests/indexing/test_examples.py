import numpy as np

from penchant.core import Ragged, Run
from penchant.indexing.examples import every_position, last_position

SEQUENCES = Ragged.of([[1, 2, 3, 4, 5], [6], [], [7, 8]])


def pairs(batch, every):
    """What was seen and what came next, of every example in a batch."""
    found = []
    for seen, wanted in batch:
        for row, targets in zip(seen.tolist(), wanted.tolist(), strict=True):
            known = tuple(item for item in row if item >= 0)
            for place, target in enumerate(targets):
                if target >= 0:
                    found.append((known[:place] if every else known, target))
    return sorted(found)


def of_a_pass(make, width, size):
    batch, per_pass = make(SEQUENCES, width, size, Run(), "test")
    return sorted(
        pair for step in range(per_pass) for pair in pairs(batch(step), make is every_position)
    )


def test_every_event_is_learned_from_with_all_that_came_before():
    later = [((1,), 2), ((1, 2), 3), ((1, 2, 3), 4), ((1, 2, 3, 4), 5), ((7,), 8)]
    assert of_a_pass(last_position, 50, 3) == sorted(later)
    assert of_a_pass(every_position, 50, 3) == sorted([*later, ((), 1), ((), 7)])


def test_no_more_is_seen_than_the_width():
    seen = set(of_a_pass(last_position, 2, 2))
    assert seen == {((1,), 2), ((1, 2), 3), ((2, 3), 4), ((3, 4), 5), ((7,), 8)}
    assert max(len(before) for before, _ in of_a_pass(every_position, 2, 2)) == 2


def test_the_same_step_gives_the_same_batch():
    for make in (every_position, last_position):
        first, second = (make(SEQUENCES, 3, 2, Run(seed=4), "test")[0](5) for _ in range(2))
        for (seen, wanted), (seen_again, wanted_again) in zip(first, second, strict=True):
            assert np.array_equal(seen, seen_again)
            assert np.array_equal(wanted, wanted_again)
