"""Prompts, readers and planners with a real small model, whatever it says."""

import pytest

from penchant.backbones.models import MODELS
from penchant.core import Run, is_cached
from penchant.language import LocalLM
from penchant.prompting import (
    PLANNER,
    PLANNERS,
    PlanBudget,
    prompt,
    read_order,
    read_titles,
)

NAME = "smollm2-135m-instruct"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not is_cached(MODELS[NAME]),
        reason=f"{NAME} is not in the cache: penchant models get {NAME}",
    ),
]
SHOWN = ["Toy Story (1995)", "Heat (1995)", "Big (1988)", "Alien (1979)", "Speed (1994)"]


@pytest.fixture(scope="module")
def model():
    return LocalLM().open(Run(threads=1))


def test_candidates_are_read_from_what_it_writes(model):
    history = ["Aliens (1986)", "Die Hard (1988)"]
    asked = [
        (form, prompt(style).fill(history=history, candidates=SHOWN, noun="movie", form=form))
        for style in ("rank-sequential", "rank-recency", "rank-in-context")
        for form in ("numbers", "titles")
    ]
    replies = model.write([one for _, one in asked], max_tokens=60, run=Run(threads=1))
    read = [
        read_order(reply.text, len(SHOWN), titles=SHOWN)
        if form == "numbers"
        else read_titles(reply.text, SHOWN, mode="fuzzy", history=history)
        for (form, _), reply in zip(asked, replies, strict=True)
    ]
    assert all(bool(len(one.order)) != ("unreadable" in one.failures) for one in read)
    # A model as small as this one also lists the history, which is then told as such.
    assert sum(len(one.order) > 0 for one in read) >= 4, [reply.text for reply in replies]


@pytest.mark.parametrize("name", PLANNERS)
def test_a_planner_keeps_its_budget_in_the_tokens_of_the_model(model, name):
    budget = PlanBudget(calls=9, tokens=3_000, thought_tokens=24, answer_tokens=24)
    question = "Somebody watched Alien and Die Hard. Which next: Toy Story or Speed? Say the title."
    planner = PLANNER.load(name)()
    run = Run(threads=1)
    made = planner.plan(model, question, run=run, budget=budget, options=("Toy Story", "Speed"))
    assert made.answer
    assert made.trace
    assert made.calls <= budget.calls
    assert 0 < made.usage.prompt_tokens + made.usage.completion_tokens <= budget.tokens
