"""Questions in people's own words, and reasons: what a language model says of what was retrieved.

Any model can be asked: it retrieves by what people alike chose, beside a search in its catalogue.
Answers come a sentence at a time; they cite what was retrieved and speak of nothing else.
"""

from collections.abc import Sequence

from penchant.backbones import TextEncoder
from penchant.core import UsageError, read_options
from penchant.language import LANGUAGE_MODEL, LanguageModel
from penchant.models.advisor import Advice, Advisor, asked_alone
from penchant.models.model import Model


def ask(
    model: Model,
    question: str,
    *,
    lm: LanguageModel | None = None,
    user: str | None = None,
    history: Sequence[str] | None = None,
    where: str | None = None,
    encoder: TextEncoder | None = None,
) -> Advice:
    """Advice on what somebody says.

    >>> import penchant as pn
    >>> from penchant.language import ScriptedLM
    >>> model = pn.fit(pn.CoVisit(), pn.data.mini_world())
    >>> advice = ask(model, "a detective", lm=ScriptedLM(answers=("Try this one [1].",)))
    >>> list(advice.sentences), advice.evidence()["cited"][0]
    (['Try this one [1].'], 1)

    Args:
        model: Retrieves, and knows people and items.
        question: In a person's own words.
        lm: Who answers; default: the model's own, else the small one that runs anywhere.
        user: Whose history counts.
        history: Item ids, oldest first, of somebody new.
        where: A filter on the catalogue, as in :meth:`Model.recommend`.
        encoder: Searches by meaning, too.

    Raises:
        UsageError: There is no question, or both a user and a history.
    """
    if not question.strip():
        raise UsageError("no question: say what is looked for, such as 'something short and funny'")
    advisor = Advisor.of(model, lm=lm, encoder=encoder)
    queries = advisor.queries(question, user=user, history=history, where=where)
    return advisor.advice(queries, model.run)


def explain(
    model: Model,
    item: str,
    *,
    lm: LanguageModel | None = None,
    user: str | None = None,
    history: Sequence[str] | None = None,
) -> Advice:
    """Why an item suits somebody, from what they chose before.

    Args:
        model: Knows people and items; says which past choices speak for the item, if it can.
        item: Its id.
        lm: Who answers; default: the model's own, else the small one that runs anywhere.
        user: Whose history counts.
        history: Item ids, oldest first, of somebody new.

    Raises:
        UsageError: The item is unknown, or there are both a user and a history.
    """
    row = model.catalog.ids.row(item)
    advisor = Advisor.of(model, lm=lm)
    return advisor.reason(asked_alone(model, user, history).queries, row, model.run)


def read_language_model(text: str) -> LanguageModel:
    """A language model by name, or as JSON with its options.

    >>> read_language_model('{"lm": "local", "precision": "float32"}')
    LocalLM(name='smollm2-135m-instruct', precision='float32', ...)

    Raises:
        UsageError: There is no such model or option.
    """
    import json

    value: object = text
    if text.lstrip().startswith("{"):
        try:
            value = json.loads(text)
        except ValueError as error:
            raise UsageError(f"--lm is no JSON ({error}): {text}") from error
    read: LanguageModel = read_options(value, LANGUAGE_MODEL, (LANGUAGE_MODEL,), where="--lm")
    return read
