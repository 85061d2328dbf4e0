"""From queries to a few items a row, and from numbers to answers."""

from dataclasses import replace

import numpy as np

from penchant.core import Overheard, Ragged, Run, Silent
from penchant.data import Flag, History, Queries
from penchant.prompting import answered, first_of, proposed

COUNTS = np.array([5, 1, 9, 3, 7], np.float32)


def queries(n):
    return Queries(History(Ragged.of([[0]] * n)))


def listed(ragged):
    return [ragged[row].tolist() for row in range(len(ragged))]


def test_without_candidates_the_most_chosen_open_items_are_proposed():
    assert listed(proposed(queries(2).unseen(), COUNTS, 3, Run())) == [[2, 4, 3]] * 2


def test_candidates_stand_as_they_came_if_they_are_open():
    given = Ragged.of([[3, -1, 0, 4, 3], [], [1]])
    asked = replace(queries(3).unseen(), candidates=given, allowed=np.arange(5) != 4)
    assert listed(proposed(asked, COUNTS, 1, Run())) == [[3], [], [1]]
    open_all = replace(queries(3), candidates=given)
    assert listed(proposed(open_all, COUNTS, 1, Run())) == [[3, 0, 4], [], [1]]


def test_the_run_is_told_of_candidates_that_the_model_is_not_shown():
    notes = Overheard(Silent())
    pools = Ragged.of([[3, 1, 0], [4]])
    assert listed(first_of(pools, 2, "nir", Run(watch=notes))) == [[3, 1], [4]]
    assert "nir shows the model 2 of up to 3 candidates" in notes.notes[0]
    assert "raise its pool (pool=3; in a cascade second.pool=3)" in notes.notes[0]
    assert listed(first_of(pools, 3, "nir", Run(watch=notes))) == [[3, 1, 0], [4]]
    assert len(notes.notes) == 1


def numbers(*rows):
    return [np.array(row, np.float32) for row in rows]


def test_numbers_order_what_was_seen_and_the_rest_follows():
    answer = answered(Ragged.of([[3, 1, 4, 0]]), numbers([0.2, 0.9]), 4)
    assert answer.items.tolist() == [[1, 3, 4, 0]]
    assert np.allclose(answer.scores, [[0.9, 0.2, -0.8, -1.8]])
    assert answer.flags.tolist() == [0]


def test_equal_numbers_keep_the_order_of_proposal():
    assert answered(Ragged.of([[3, 1, 4]]), numbers([1, 1, 1]), 3).items.tolist() == [[3, 1, 4]]


def test_what_was_not_read_stands_in_the_middle_and_is_flagged():
    answer = answered(Ragged.of([[3, 1, 4]]), numbers([np.nan, 0, 1]), 3)
    assert answer.items.tolist() == [[4, 3, 1]]
    assert answer.flags.tolist() == [Flag.DEGRADED]


def test_a_row_of_which_nothing_was_read_keeps_its_order():
    answer = answered(Ragged.of([[3, 1, 4], []]), numbers([np.nan] * 3, []), 4)
    assert answer.items.tolist() == [[3, 1, 4, -1], [-1] * 4]
    assert np.allclose(answer.scores[0, :3], [0, -1, -2])
    assert answer.flags.tolist() == [Flag.DEGRADED | Flag.SHORT, Flag.SHORT]
