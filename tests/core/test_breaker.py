import pytest

from penchant.core import Breaker


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def breaker_of(clock, **options):
    return Breaker(clock=clock, **options)


def test_it_opens_after_failures_in_a_row(clock):
    breaker = breaker_of(clock, failures=3)
    for well in (False, False, True, False, False):
        breaker.note(well=well)
        assert breaker.admits()
    breaker.note(well=False)
    assert breaker.is_open
    assert not breaker.admits()


def test_two_slow_failures_are_enough_after_five_seconds(clock):
    breaker = breaker_of(clock, failures=100)
    breaker.note(well=False)
    clock.now += 4.9
    breaker.note(well=False)
    assert breaker.admits()
    clock.now += 0.1
    breaker.note(well=False)
    assert not breaker.admits()


@pytest.mark.parametrize("well", [True, False])
def test_one_caller_tries_and_decides(clock, well):
    breaker = breaker_of(clock, failures=1, rest_s=5.0)
    breaker.note(well=False)
    clock.now += 5.0
    assert [breaker.admits() for _ in range(3)] == [True, False, False]
    breaker.note(well=well)
    assert breaker.admits() is well


def test_who_tried_and_never_came_back_is_followed_by_another(clock):
    breaker = breaker_of(clock, failures=1, rest_s=5.0)
    breaker.note(well=False)
    clock.now += 5.0
    assert breaker.admits()
    clock.now += 4.9
    assert not breaker.admits()
    clock.now += 0.1
    assert breaker.admits()
