import json
import math
from dataclasses import dataclass
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.core import Kind, SpecError, UnknownName, read_fields, read_options, write_options


class Part(Protocol):
    def work(self) -> None: ...


@dataclass(frozen=True)
class Schedule:
    steps: int = 100
    rate: float = 1e-3


@dataclass(frozen=True, kw_only=True)
class Small:
    size: int = 3
    name: str = "small"
    best: float = math.inf
    cut: int | None = None
    widths: tuple[int, ...] = (4, 2)
    pair: tuple[str, float] = ("a", 0.5)
    schedule: Schedule = Schedule()
    loud: bool = False

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError(f"size={self.size}: need at least 1")

    def work(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Joined:
    parts: tuple[Part, ...]
    weights: tuple[float, ...] = ()
    first: Part | None = None

    def work(self) -> None: ...


PACKAGE, MODULE = __name__.rpartition(".")[0], __name__.rpartition(".")[2]
PART = Kind("part", PACKAGE, {"joined": f"{MODULE}:Joined", "small": f"{MODULE}:Small"}, Part)


def read(value: object) -> object:
    return read_options(value, PART, [PART], where="spec.toml, [part]")


smalls = st.builds(
    Small,
    size=st.integers(1, 2**40),
    name=st.text(max_size=5),
    best=st.floats(allow_nan=False),
    cut=st.none() | st.integers(),
    widths=st.lists(st.integers(), max_size=3).map(tuple),
    pair=st.tuples(st.text(max_size=3), st.floats(allow_nan=False)),
    schedule=st.builds(Schedule, st.integers(), st.floats(0, 1)),
    loud=st.booleans(),
)
parts = st.recursive(
    smalls,
    lambda inner: st.builds(
        Joined,
        parts=st.lists(inner, max_size=3).map(tuple),
        weights=st.lists(st.floats(0, 1), max_size=3).map(tuple),
        first=st.none() | inner,
    ),
    max_leaves=4,
)


@given(parts)
def test_options_come_back_from_json(value):
    written = json.loads(json.dumps(write_options(value, [PART]), allow_nan=False))
    assert read(written) == value


def test_a_bare_name_is_the_defaults():
    assert read("small") == Small()


def test_a_value_inside_carries_its_tag():
    written = write_options(Joined(parts=(Small(size=9),)), [PART])
    assert written["part"] == "joined"
    assert written["parts"][0]["part"] == "small"
    assert written["parts"][0]["size"] == 9


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"part": "small", "sise": 4}, r"Small has no option 'sise' \(spec.toml, \[part\]\)"),
        ({"part": "small", "sise": 4}, r"did you mean 'size'\? Known: best, cut, loud, name"),
        ({"part": "small", "schedule": {"stepz": 4}}, r"Schedule has no option 'stepz'.*'steps'"),
        ({"part": "small", "size": "4"}, r"size: '4': input should be a valid integer"),
        ({"part": "small", "size": 4.5}, r"size: 4.5: .*integer"),
        ({"part": "small", "size": True}, r"size: True: .*integer"),
        ({"part": "small", "loud": 1}, r"loud: 1: .*boolean"),
        ({"part": "small", "name": None}, r"name: None: .*string"),
        ({"part": "small", "size": 0}, r"Small: size=0: need at least 1"),
        ({"part": "small", "widths": 4}, r"widths: wanted a list, got 4"),
        ({"part": "small", "pair": ["a"]}, r"pair: wanted 2 values, got \['a'\]"),
        ({"part": "small", "schedule": 7}, r"schedule: wanted a table of options, got 7"),
        ({"part": "joined"}, r"\[part\]: Joined needs 'parts': no default"),
        ({"part": "joined", "parts": [{"size": 1}]}, r"parts: wanted a table with 'part = …'"),
        ([1], r"\[part\]: wanted a table with 'part = …', got \[1\]"),
        ({}, "wanted a table with 'part = …'"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(value, said):
    with pytest.raises(SpecError, match=said):
        read(value)


@pytest.mark.parametrize("name", ["smal", 3, None, ["small"]])
def test_an_unknown_name_is_refused(name):
    with pytest.raises(UnknownName, match=r"no part .* \(spec\.toml"):
        read({"part": name})


def test_an_unknown_name_inside_is_refused_with_a_suggestion():
    with pytest.raises(UnknownName, match=r"no part 'smal'.*did you mean 'small'"):
        read({"part": "joined", "parts": ["smal"]})


def test_a_value_of_no_table_is_refused():
    assert PART.find(Schedule()) is None
    with pytest.raises(UnknownName, match="no part 'Schedule'"):
        PART.name_of(Schedule())
    assert PART.name_of(Small()) == "small"


def test_plain_fields_need_no_tag():
    assert read_fields(Schedule, {"steps": 5}, []) == Schedule(5)
    with pytest.raises(SpecError, match="did you mean 'rate'"):
        read_fields(Schedule, {"rat": 5.0}, [])


def test_an_integer_stands_for_a_float_and_infinity_has_a_name():
    assert read_fields(Schedule, {"rate": 1}, []).rate == 1.0
    assert read({"part": "small", "best": "-inf"}).best == -math.inf
