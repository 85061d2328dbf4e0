"""What likelihoods are worth, learned from what people chose in training."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.core import Ragged, Run
from penchant.data import leave_last_out
from penchant.prompting import past_choices, past_questions, place_bias, platt
from penchant.testing import walking_world


def test_platt_finds_slope_and_offset():
    rng = np.random.default_rng(0)
    odds = rng.normal(0, 3, 20_000).astype(np.float32)
    truths = rng.random(20_000) < 1 / (1 + np.exp(-(0.5 * odds - 1)))
    assert platt(odds, truths) == pytest.approx((0.5, -1.0), abs=0.05)


def test_platt_needs_both_answers():
    odds = np.array([1, 2, np.nan], np.float32)
    assert platt(odds, np.array([True, True, False])) == (1.0, 0.0)
    assert platt(odds[:0], np.zeros(0, np.bool_)) == (1.0, 0.0)


def test_platt_turns_no_order_around():
    odds = np.array([3, 2, 1, 0, -1], np.float32)
    slope, offset = platt(odds, odds < 1)
    assert slope == 0.001
    chances = 1 / (1 + np.exp(-(slope * odds + offset)))
    assert chances == pytest.approx(np.full(5, 0.4), abs=0.03)
    assert (np.diff(chances) < 0).all()


def test_platt_keeps_its_head_where_yes_and_no_are_far_apart():
    odds = np.array([-9, -8, 8, 9], np.float32)
    slope, offset = platt(odds, odds > 0)
    assert 0 < slope < 5
    assert abs(offset) < 1


def test_places_that_are_liked_whoever_asks():
    liked = np.log([0.5, 0.3, 0.2])
    noise = np.random.default_rng(0).normal(0, 0.1, (500, 3))
    bias = place_bias([(liked + row).astype(np.float32) for row in noise], 4)
    assert bias[:3] == pytest.approx(liked - liked.mean(), abs=0.02)
    assert bias[3] == 0
    assert place_bias([np.full(3, np.nan, np.float32)], 3).tolist() == [0, 0, 0]


def test_choices_are_those_of_validation_or_the_last_of_training():
    split = leave_last_out(walking_world())
    by_valid = past_choices(split.train, split.valid, 1_000, Run())
    held = {
        (
            tuple(split.valid.queries.histories.items[row].tolist()),
            int(split.valid.relevant[row][0]),
        )
        for row in range(len(split.valid))
    }
    assert {(tuple(c.history.tolist()), c.chosen) for c in by_valid} == held
    for choice in past_choices(split.train, None, 1_000, Run()):
        # In this world everybody walks one on.
        assert choice.chosen == choice.history[-1] + 1


def test_a_few_people_are_drawn_and_stay_the_same():
    world = walking_world()
    few = past_choices(world, None, 10, Run(seed=1))
    assert [c.chosen for c in few] == [c.chosen for c in past_choices(world, None, 10, Run(seed=1))]
    assert len(few) == 10


def test_questions_of_the_past_have_random_others():
    choices = past_choices(walking_world(), None, 50, Run())
    shown = past_questions(choices, 20, Run(), history=2, chosen=True, n=5)
    for choice, question in zip(choices, shown, strict=True):
        assert question.candidates[0] == choice.chosen
        assert len(set(question.candidates.tolist())) == 6
        assert not set(question.candidates.tolist()) & set(choice.history.tolist())
        assert question.history.tolist() == choice.history[-2:].tolist()


def test_questions_about_what_was_proposed_stay_within_it():
    split = leave_last_out(walking_world())
    valid = split.valid
    right = [int(valid.relevant[row][0]) for row in range(len(valid))]
    rows = [[17, 18, item] if row % 2 else [17, 18, 19] for row, item in enumerate(right)]
    proposed = replace(valid, queries=replace(valid.queries, candidates=Ragged.of(rows)))
    choices = past_choices(split.train, proposed, 1_000, Run())
    shown = past_questions(choices, 20, Run(), history=2, chosen=True, n=1)
    found = 0
    for choice, question in zip(choices, shown, strict=True):
        assert set(question.candidates.tolist()) <= set(choice.proposed.tolist())
        found += choice.chosen in question.candidates
        assert (choice.chosen in question.candidates) == (choice.chosen in choice.proposed)
    assert 0 < found < len(choices)
    first = past_choices(split.train, proposed, 1_000, Run(), pool=1)
    assert {tuple(choice.proposed.tolist()) for choice in first} == {(17,)}


def test_people_without_a_past_are_left_out():
    world = walking_world()
    firsts = world.events.filter(world.events["user"] == 0).head(1)
    assert past_choices(replace(world, events=firsts), None, 5, Run()) == []
