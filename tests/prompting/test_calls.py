"""Many prompts at once; failures are counted and never raised."""

import time
from typing import get_args

import pytest

from penchant.core import Deadline, PenchantError, Run, UsageError
from penchant.language import Budget, Failure, Ledger, Prompt, ScriptedLM
from penchant.prompting import ask_for_texts, check_writer, note_failures
from penchant.prompting.calls import HINTS
from penchant.prompting.reading import KINDS
from tests.notes import Notes

PROMPTS = [Prompt.chat(f"question {n}") for n in range(3)]


def asked(lm, run=None, prompts=PROMPTS):
    return ask_for_texts(lm, prompts, max_tokens=9, run=run or Run())


def test_every_prompt_has_its_answer():
    told = asked(ScriptedLM(answers=("a", "b")))
    assert told.texts == ["a", "b", "a"]
    assert not told.failures
    assert told.usage.prompt_tokens > 0


@pytest.mark.parametrize("behaviour", ["down", "limited", "refused", "garbled", "cut"])
def test_what_fails_has_no_answer_and_a_kind(behaviour):
    told = asked(ScriptedLM(behaviour=behaviour))
    assert told.texts == [None] * 3
    assert told.failures == {behaviour: 3}


def test_what_a_person_can_mend_is_noted_and_costs_no_more_than_answers():
    notes = Notes()
    told = asked(ScriptedLM(behaviour="wrong-key"), Run(watch=notes))
    assert told.texts == [None] * 3
    assert told.failures == {"unusable": 3}
    assert "set the environment variable" in notes.said[0]


def test_a_deadline_that_passed_is_slow():
    run = Run(deadline=Deadline(time.monotonic() - 1))
    assert asked(ScriptedLM(), run).failures == {"slow": 3}


def test_a_budget_of_nothing_is_kept():
    with Ledger.open(None, budget=Budget(tokens=0)) as books:
        told = asked(ScriptedLM(), Run(books=books))
    assert told.failures == {"budget": 3}


def test_nothing_is_asked_without_prompts():
    assert asked(ScriptedLM(behaviour="wrong-key"), prompts=[]).texts == []


class Mute:
    """Scores only."""

    name, fingerprint, window = "mute", "mute-1", None

    def count(self, text):
        return len(text)

    def open(self, run):
        return self

    def __hash__(self):
        return 1


def test_a_model_that_does_not_write_is_refused_when_it_is_named():
    with pytest.raises(UsageError, match="mute does not write"):
        check_writer(Mute(), Run())
    assert asked(Mute()).failures == {"unusable": 3}
    check_writer(ScriptedLM(), Run())
    assert issubclass(UsageError, PenchantError)


def test_failures_are_told_once_and_only_if_there_are_any():
    notes = Notes()
    note_failures(Run(watch=notes), "nir", {}, 5, "so what")
    note_failures(Run(watch=notes), "nir", {"slow": 0}, 5, "so what")
    note_failures(Run(watch=notes), "nir", {"slow": 1_200}, 1_500, "they stay as proposed")
    assert notes.said == [
        "nir, 1,500 questions: 1,200 slow; they stay as proposed\n  hint: give more time"
    ]


def test_every_kind_of_failed_call_has_a_next_step():
    kinds = {kind for kind in get_args(Failure) if kind}
    assert kinds <= set(HINTS)


def test_every_kind_of_unusable_answer_has_a_next_step_that_is_told_once():
    assert set(KINDS) <= set(HINTS)
    notes = Notes()
    note_failures(Run(watch=notes), "nir", {"invalid": 2, "unreadable": 1}, 5, "left out")
    assert notes.said[0].count("name a larger model") == 1
