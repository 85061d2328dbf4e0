"""Planners: each thinks as its paper says, and none takes more than it may."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.core import Deadline, Run, UnknownName, UsageError, read_options, write_options
from penchant.language import ScriptedLM
from penchant.prompting import (
    PLANNER,
    PLANNERS,
    ChainOfThought,
    GraphOfThoughts,
    PlanBudget,
    SelfInspiring,
    ThoughtGraph,
    TreeOfThoughts,
    Worked,
)
from penchant.prompting.planning_graph import read_links

QUESTION = "Ann chose Alien and Heat. Which of Up, Big and Speed next?"
EVERY = [ChainOfThought(), TreeOfThoughts(), GraphOfThoughts(), SelfInspiring()]
NOW = "Now answer the question"
ROOMY = PlanBudget(calls=60, tokens=60_000)


def scripted(*replies: tuple[str, str], other: str = "Speed"):
    return ScriptedLM(replies=(*replies, ("", other))).open(Run())


def asked(model, mark: str) -> list[str]:
    """The prompts in which something stands, in their order."""
    return [prompt.text() for prompt in model.seen if mark in prompt.text()]


def test_a_chain_goes_step_by_step_to_its_answer():
    model = scripted(
        (NOW, "Speed"),
        (
            "step by step",
            "1. Ann likes tension.\n2. Speed is tense.\n\n- So is Heat.\nStep 4: Done.",
        ),
    )
    made = ChainOfThought(steps=3).plan(model, QUESTION, run=Run())
    assert made.answer == "Speed"
    assert [(one.number, one.text, one.parents) for one in made.trace] == [
        (1, "Ann likes tension.", ()),
        (2, "Speed is tense.", (1,)),
        (3, "So is Heat.", (2,)),
    ]
    assert made.calls == 2
    last = model.seen[-1].text()
    assert "Steps:\n1. Ann likes tension.\n2. Speed is tense.\n3. So is Heat." in last
    assert QUESTION in last


def test_a_chain_shows_worked_examples():
    model = scripted()
    worked = Worked("Bob chose Up. Big or Saw?", "Bob likes warm films.", "Big")
    ChainOfThought(examples=(worked,)).plan(model, QUESTION, run=Run())
    assert (
        "Question: Bob chose Up. Big or Saw?\nSteps: Bob likes warm films.\nAnswer: Big"
        in model.seen[0].text()
    )


def test_a_tree_follows_the_best_and_forgets_the_rest():
    replies = (
        (NOW, "Speed"),
        ("1. Good\n2. Better\n\nHow far", "9"),
        ("1. Good\n\nHow far", "8"),
        ("How far", "2"),
        ("1. Good\n\nWrite the one thought that should come next on the way to an answer, in a "
         "sentence or two. This is way 2", "Better"),
        ("Thoughts so far", "Worse"),
        ("This is way 1", "Bad"),
        ("This is way 2", "Good"),
        ("", "Poor"),
    )  # fmt: skip
    model = ScriptedLM(replies=replies).open(Run())
    made = TreeOfThoughts(depth=2, ways=3, beam=1).plan(model, QUESTION, run=Run(), budget=ROOMY)
    told = {one.text: one for one in made.trace}
    assert made.answer == "Speed"
    assert [one.text for one in made.trace if one.kept] == ["Good", "Better"]
    assert told["Better"].parents == (told["Good"].number,)
    assert told["Good"].value == pytest.approx(7 / 9)
    assert told["Bad"].value == pytest.approx(1 / 9)
    assert not told["Bad"].kept
    last = model.seen[-1].text()
    assert "1. Good\n2. Better" in last
    assert "Bad" not in last
    # Nothing was thought after a state that was not among the best.
    assert all("1. Bad" not in text for text in asked(model, "This is way"))


def test_a_tree_keeps_as_many_states_as_its_beam():
    model = scripted((NOW, "Speed"), ("How far", "5"), ("way 1", "one"), ("way 2", "two"))
    made = TreeOfThoughts(depth=2, ways=2, beam=2).plan(model, QUESTION, run=Run(), budget=ROOMY)
    assert len(asked(model, "This is way")) == 2 + 2 * 2
    assert made.calls == len(model.seen) == 2 + 2 + 4 + 4 + 1


def test_values_that_cannot_be_read_are_counted_and_count_half():
    model = scripted((NOW, "Speed"), ("How far", "very"), ("way 1", "one"), ("way 2", "two"))
    made = TreeOfThoughts(depth=1, ways=2, beam=1).plan(model, QUESTION, run=Run())
    assert made.failures == {"unreadable": 2}
    assert made.answer == "Speed"


def test_self_inspiring_forgets_nothing():
    thoughts = [f"thought {number} of mine" for number in range(1, 7)]
    model = ScriptedLM(answers=(*thoughts, "Speed")).open(Run())
    made = SelfInspiring(depth=2, ways=3).plan(model, QUESTION, run=Run())
    assert made.answer == "Speed"
    assert [one.text for one in made.trace] == thoughts
    assert all(one.kept for one in made.trace)
    # The second step goes on from the first thought; all others were parallel to it.
    assert [one.parents for one in made.trace] == [(), (), (), (1,), (1,), (1,)]
    for number, prompt in enumerate(model.seen):
        assert [text for text in thoughts if text in prompt.text()] == thoughts[:number]


def test_a_graph_puts_what_is_joined_first_and_what_stands_alone_last():
    replies = (
        (NOW, "Speed"),
        ("Thought:\nBuses are fast", "the user | likes | tension\nSpeed | has | tension"),
        ("Thought:\nHeat is tense", "Heat | has | tension"),
        ("Thought:\nThe sky", "sky | is | blue"),
        ("This is way 1", "The sky is blue"),
        ("This is way 2", "Buses are fast"),
        ("", "Heat is tense"),
    )
    model = ScriptedLM(replies=replies).open(Run())
    options = ("Big", "Speed", "Heat")
    made = GraphOfThoughts(thoughts=3).plan(model, QUESTION, run=Run(), options=options)
    assert made.answer == "Speed"
    told = {one.text: one for one in made.trace}
    assert told["Heat is tense"].parents == (told["Buses are fast"].number,)
    assert told["The sky is blue"].value == 0
    last = model.seen[-1].text()
    assert last.index("Heat is tense") < last.index("The sky is blue")
    assert last.index("Buses are fast") < last.index("The sky is blue")
    assert "Speed - has - tension" in last
    leads = last[last.index("What the links lead to") :]
    assert "Speed" in leads
    assert "Big" not in leads


def test_links_of_a_graph_lead_from_the_person():
    links = [
        [("I", "like", "trains"), ("Trains", "are in", "Heat")],
        [("planes", "are in", "Top Gun")],
    ]
    graph = ThoughtGraph.of(links)
    assert graph.leads(["Top Gun", "Heat"]) == [1]
    assert graph.weights.sum() == 2 * 3
    empty = ThoughtGraph.of([[], []])
    assert empty.joined().tolist() == [0, 0]
    assert empty.leads(["Heat"]) == []


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abcI"), st.just("x"), st.sampled_from("abcI"))),
        max_size=4,
    )
)
def test_shares_of_a_walk_are_shares(links):
    graph = ThoughtGraph.of(links)
    if len(graph.names):
        share = graph.walk(np.eye(len(graph.names))[0])
        assert share.sum() == pytest.approx(1)
        assert (share >= 0).all()
    assert np.isfinite(graph.joined()).all()


def test_links_are_read_line_by_line():
    text = "1. I | like | trains\nnothing\n(Heat; has; tension)\na | b\n* Up -> is -> warm"
    assert read_links(text) == [
        ("I", "like", "trains"),
        ("Heat", "has", "tension"),
        ("Up", "is", "warm"),
    ]


@pytest.mark.parametrize("planner", EVERY, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize(("calls", "tokens"), [(0, 9_999), (1, 9_999), (3, 9_999), (60, 400)])
def test_a_plan_takes_no_more_than_it_may(planner, calls, tokens):
    model = ScriptedLM(answers=tuple(f"words {n}" for n in range(50))).open(Run())
    budget = PlanBudget(calls=calls, tokens=tokens, thought_tokens=20, answer_tokens=30)
    made = planner.plan(model, QUESTION, run=Run(), budget=budget)
    assert made.calls == len(model.seen) <= calls
    assert made.usage.prompt_tokens + made.usage.completion_tokens <= tokens
    assert (made.answer is None) == (calls == 0)
    assert "budget" in made.failures or isinstance(planner, ChainOfThought)


@pytest.mark.parametrize("planner", EVERY, ids=lambda one: type(one).__name__)
def test_a_budget_of_nothing_asks_nothing(planner):
    model = scripted()
    made = planner.plan(model, QUESTION, run=Run(), budget=PlanBudget(tokens=0))
    assert (made.answer, made.calls, model.seen) == (None, 0, [])
    assert set(made.failures) == {"budget"}


@settings(max_examples=30)
@given(st.integers(0, 12), st.integers(0, 3_000), st.sampled_from(EVERY))
def test_whatever_the_budget_it_is_kept(calls, tokens, planner):
    model = ScriptedLM(answers=tuple(f"words {n}" for n in range(50))).open(Run())
    budget = PlanBudget(calls=calls, tokens=tokens, thought_tokens=9, answer_tokens=9)
    made = planner.plan(model, QUESTION, run=Run(), budget=budget)
    assert made.calls <= calls
    assert made.usage.prompt_tokens + made.usage.completion_tokens <= tokens


@pytest.mark.parametrize("planner", EVERY, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("behaviour", ["down", "limited", "refused", "garbled"])
def test_a_model_that_fails_is_no_error(planner, behaviour):
    made = planner.plan(ScriptedLM(behaviour=behaviour).open(Run()), QUESTION, run=Run())
    assert made.answer is None
    assert behaviour in made.failures
    assert made.trace == ()


@pytest.mark.parametrize("planner", EVERY, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("behaviour", ["silent", "prose", "foreign", "hostile", "declining"])
def test_whatever_a_model_says_a_plan_ends(planner, behaviour):
    made = planner.plan(ScriptedLM(behaviour=behaviour).open(Run()), QUESTION, run=Run())
    assert (made.answer is None) == (behaviour == "silent")
    assert all(line.isprintable() for one in made.trace for line in one.text.splitlines())


@pytest.mark.parametrize("planner", EVERY, ids=lambda one: type(one).__name__)
def test_a_deadline_that_has_passed_is_counted(planner):
    run = Run(deadline=Deadline(time.monotonic() - 1))
    made = planner.plan(ScriptedLM().open(run), QUESTION, run=run)
    assert made.answer is None
    assert made.failures["slow"] >= 1


@pytest.mark.parametrize("planner", EVERY, ids=lambda one: type(one).__name__)
def test_a_plan_is_a_record_and_the_same_again(planner):
    first, second = (
        planner.plan(ScriptedLM().open(Run()), QUESTION, run=Run(seed=3)) for _ in range(2)
    )
    assert first.as_json() == second.as_json()
    assert first.as_json()["calls"] == first.calls


@pytest.mark.parametrize("name", PLANNERS)
def test_a_planner_is_a_value_with_a_name(name):
    made = PLANNER.load(name)()
    assert read_options(write_options(made, [PLANNER]), PLANNER, [PLANNER]) == made
    with pytest.raises(UnknownName, match=f"did you mean '{name}'"):
        read_options(name + "s", PLANNER, [PLANNER])


@pytest.mark.parametrize(
    "make",
    [
        lambda: ChainOfThought(steps=0),
        lambda: TreeOfThoughts(beam=0),
        lambda: GraphOfThoughts(links=0),
        lambda: SelfInspiring(ways=0),
        lambda: PlanBudget(calls=-1),
        lambda: PlanBudget(answer_tokens=0),
    ],
)
def test_options_that_cannot_be_are_refused(make):
    with pytest.raises(UsageError, match=r"=.*need"):
        make()


def test_a_model_that_does_not_write_cannot_plan():
    class Silent:
        name = "scorer"

        def count(self, text: str) -> int:
            return 1

    with pytest.raises(UsageError, match="scorer does not write"):
        ChainOfThought().plan(Silent(), QUESTION, run=Run())  # type: ignore[arg-type]
