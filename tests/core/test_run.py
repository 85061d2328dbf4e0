import time
from dataclasses import dataclass

import pytest

from penchant.core import Deadline, DeadlinePassed, Run, State


@dataclass(frozen=True)
class Kept:
    value: int

    def state(self) -> State:
        return State({"value": self.value})


def read(state: State) -> Kept:
    return Kept(state.json["value"])


def test_one_purpose_one_stream():
    one, other = Run(seed=3).rng("tiger.index"), Run(seed=3).rng("tiger.index")
    assert one.integers(2**62, size=8).tolist() == other.integers(2**62, size=8).tolist()


def test_purposes_seeds_and_keys_have_streams_of_their_own():
    run = Run(seed=3)
    rngs = [
        run.rng("a"),
        run.rng("b"),
        run.rng("a", 1),
        run.rng("a", 1, 1),
        run.rng("a", 11),
        Run(seed=4).rng("a"),
    ]
    assert len({int(rng.integers(2**62)) for rng in rngs}) == len(rngs)


def test_a_draw_in_between_moves_no_other_stream():
    run = Run()
    before = run.rng("b").random()
    run.rng("a").random(100)
    assert run.rng("b").random() == before


def test_the_streams_are_those_of_every_machine():
    assert Run(seed=0).rng("popular").integers(0, 1000, 4).tolist() == [670, 863, 957, 675]


def test_a_stage_is_done_once_with_a_folder(tmp_path):
    run, calls = Run(folder=tmp_path), []

    def make() -> Kept:
        calls.append(1)
        return Kept(7)

    assert run.stage("index").once(make, read) == Kept(7)
    assert run.stage("index").once(make, read) == Kept(7)
    assert len(calls) == 1


def test_a_stage_without_a_folder_keeps_nothing():
    calls = []

    def make() -> Kept:
        calls.append(1)
        return Kept(1)

    Run().stage("index").once(make, read)
    Run().stage("index").once(make, read)
    assert len(calls) == 2


def test_a_stage_that_failed_is_tried_again(tmp_path):
    def fails() -> Kept:
        raise RuntimeError("power")

    stage = Run(folder=tmp_path).stage("index")
    with pytest.raises(RuntimeError, match="power"):
        stage.once(fails, read)
    assert stage.once(lambda: Kept(2), read) == Kept(2)


def test_within_is_one_folder_down(tmp_path):
    run = Run(seed=5, folder=tmp_path)
    assert run.within("parts").folder == tmp_path / "parts"
    assert run.within("parts").seed == 5
    assert Run().within("parts").folder is None


def test_a_deadline_passes():
    Deadline.after(60).check()
    with pytest.raises(DeadlinePassed, match="ran out"):
        Deadline(time.monotonic() - 1).check()
