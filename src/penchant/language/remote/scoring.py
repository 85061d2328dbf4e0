"""How likely given answers are to a remote model: by whatever its endpoint tells.

*forced* (llama.cpp): the prompt and each answer are cut into tokens there, and each token of the
answer is asked for with a bias that makes it come; what is told is its probability before the
bias. Exact, for chats, too; a short call for each token, the prompt computed once.
*echo* (legacy completions that repeat the prompt with its likelihoods): exact, for plain texts
only, since the form of a chat stays with the provider; a call for each answer.
*next* (chats that tell the likeliest tokens): for answers that differ in their first token, such as
yes and no, numbers or letters; one call for each prompt. What is told is the likelihood of the
token that begins the answer, not of its end. An answer that is not among the likeliest, or that
shares its token with another, is nan.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any  # whatever the endpoint sent

import numpy as np

from penchant.backbones.endpoint_errors import CallFailed
from penchant.core import PenchantError, Run, offsets_of
from penchant.language.remote.asking import Asking, Order, ask_adapting, chat_body, greet
from penchant.language.remote.reading import estimate, read_choice
from penchant.language.words import GREEDY, Likelihoods, Prompt, Usage

_TOPS = (20, 5)
"""How many likeliest tokens are asked for; OpenAI gives 20, some others 5."""
_BIAS = 1e3
Scored = tuple[list[float], list[int], Usage, str]
"""Log-probabilities, tokens, what it took, and the failure, if any."""


def score_all(
    asking: Asking, prompts: Sequence[Prompt], answers: Sequence[Sequence[str]], run: Run
) -> Likelihoods:
    """Log-probabilities of several answers to each prompt.

    Raises:
        PenchantError: The endpoint tells no likelihoods.
    """

    def of(pair: tuple[Prompt, Sequence[str]]) -> Scored:
        return _score_one(asking, *pair, run)

    started = time.perf_counter()
    pairs = list(zip(prompts, answers, strict=True))
    scored = asking.endpoint.side_by_side(of, pairs)
    failures: dict[str, int] = {}
    for _, _, _, failure in scored:
        if failure:
            failures[failure] = failures.get(failure, 0) + 1
    usage = sum((one[2] for one in scored), Usage())
    return Likelihoods(
        np.array([value for one in scored for value in one[0]], np.float32),
        np.array([count for one in scored for count in one[1]], np.int32),
        offsets_of(np.array([len(options) for options in answers], np.int64)),
        replace(usage, seconds=time.perf_counter() - started, cost=asking.prices.of(usage)),
        failures,
    )


def _score_one(asking: Asking, prompt: Prompt, answers: Sequence[str], run: Run) -> Scored:
    try:
        greet(asking, run)
        for way in _ways(asking, prompt):
            try:
                found = _WAYS[way](asking, prompt, answers, run)
            except CallFailed as failed:
                if not failed.unsupported:
                    raise
                found = None
            if way == "echo":
                asking.learning.learn(echoes=found is not None)
            if found is not None:
                return found
    except CallFailed as failed:
        counts = [estimate(answer) for answer in answers]
        return [float("nan")] * len(answers), counts, Usage(), failed.cause
    address = asking.endpoint.address
    raise PenchantError(
        f"{address.model} at {address.base_url} tells no likelihoods of "
        f"{'such answers to a chat' if prompt.messages else 'such answers'}\n"
        "  hint: ask for words instead, or for answers that are one token each, or serve the model "
        "with llama.cpp"
    )


def _ways(asking: Asking, prompt: Prompt) -> list[str]:
    known = asking.learning.known
    if known.server == "llamacpp":
        return ["forced"]
    if prompt.messages or known.echoes is False:
        return ["next"]
    return ["echo", "next"]


def _forced(asking: Asking, prompt: Prompt, answers: Sequence[str], run: Run) -> Scored | None:
    """Each token of each answer is made to come, and its own probability told."""
    ask = asking.endpoint.ask
    text = prompt.begun
    if prompt.messages:
        turns = [{"role": one.role, "content": one.content} for one in prompt.messages]
        body: dict[str, Any] = {"messages": turns}
        text = ask("/apply-template", body, _prompt_of, run, native=True) + prompt.begun
    tokens = _tokens(asking, text, run, special=True)
    cut = [_tokens(asking, answer, run, special=False) for answer in answers]
    if not tokens or not all(cut):
        return None
    wanted = {(tuple(one[:place]), one[place]) for one in cut for place in range(len(one))}
    steps = sorted(wanted, key=lambda step: (len(step[0]), step))

    def of(step: tuple[tuple[int, ...], int]) -> float:
        before, token = step
        posted = {
            "prompt": [*tokens, *before],
            "n_predict": 1,
            "n_probs": 1,
            "temperature": 0,
            "cache_prompt": True,
            "logit_bias": [[token, _BIAS]],
        }
        return ask(
            "/completion", posted, lambda answer: _forced_one(answer, token), run, native=True
        )

    told = dict(zip(steps, [of(step) for step in steps], strict=True))
    values = [sum(told[tuple(one[:n]), one[n]] for n in range(len(one))) for one in cut]
    usage = Usage(len(tokens), sum(len(one) for one in cut), 0)
    return values, [len(one) for one in cut], usage, ""


def _tokens(asking: Asking, text: str, run: Run, *, special: bool) -> list[int]:
    def read(answer: Any) -> list[int]:
        tokens = answer.get("tokens") if isinstance(answer, dict) else None
        if not isinstance(tokens, list):
            raise CallFailed("garbled", "no list of tokens", again=True)
        return [int(token) for token in tokens]

    body = {"content": text, "add_special": special, "parse_special": special}
    return asking.endpoint.ask("/tokenize", body, read, run, native=True)


def _prompt_of(answer: Any) -> str:
    prompt = answer.get("prompt") if isinstance(answer, dict) else None
    if not isinstance(prompt, str):
        raise CallFailed("garbled", "no prompt in the chat's form", again=True)
    return prompt


def _forced_one(answer: Any, token: int) -> float:
    try:
        told = answer["completion_probabilities"][0]
        if told["id"] != token:
            raise CallFailed("garbled", f"token {told['id']} came where {token} was forced")
        return float(told["logprob"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise CallFailed("garbled", "no probability of a token", again=True) from error


def _echo(asking: Asking, prompt: Prompt, answers: Sequence[str], run: Run) -> Scored | None:
    """The text with the answer is repeated, with the likelihood of each of its tokens."""

    def of(answer: str) -> tuple[float, int, Usage] | None:
        text = prompt.begun + answer
        body = {
            "model": asking.endpoint.address.model,
            "prompt": text,
            "max_tokens": 1,
            "temperature": 0.0,
            "echo": True,
            "logprobs": 1,
        }

        def read(answered: Any) -> tuple[float, int, Usage] | None:
            usage = read_choice(answered, body).usage
            told = answered["choices"][0].get("logprobs")
            found = _echoed(told, text, len(prompt.begun))
            return None if found is None else (*found, usage)

        return asking.endpoint.ask("/completions", body, read, run)

    # Servers that ignore the wish to repeat the prompt are told from others by what comes.
    found = [of(answer) for answer in answers]
    kept = [one for one in found if one is not None]
    if len(kept) < len(found):
        return None
    usage = sum((one[2] for one in kept), Usage())
    return [one[0] for one in kept], [one[1] for one in kept], usage, ""


def _echoed(told: Any, text: str, start: int) -> tuple[float, int] | None:
    """Log-probability and tokens of ``text[start:]``; ``None``: the prompt was not repeated."""
    try:
        tokens, values = told["tokens"], told["token_logprobs"]
        if not "".join(tokens).startswith(text):
            return None
        ends = np.cumsum([len(token) for token in tokens])
        begins = ends - [len(token) for token in tokens]
        own = [n for n in range(len(tokens)) if ends[n] > start and begins[n] < len(text)]
        return float(sum(values[n] for n in own)), len(own)
    except (KeyError, TypeError, IndexError):
        return None


def _next(asking: Asking, prompt: Prompt, answers: Sequence[str], run: Run) -> Scored | None:
    """The likeliest first tokens of the answer to a chat."""
    tops = [one for one in _TOPS if one <= (asking.learning.known.tops or _TOPS[0])]
    for top in tops:
        body = chat_body(asking, prompt, Order(1, GREEDY, run))
        body |= {"logprobs": True, "top_logprobs": top}
        try:
            likely = ask_adapting(asking, "/chat/completions", body, run)
        except CallFailed as failed:
            if failed.unsupported and top != tops[-1]:
                continue
            raise
        asking.learning.learn(tops=top)
        values = _first_tokens(likely.likely, answers)
        if values is None:
            return None
        return values, [1] * len(answers), likely.usage, ""
    return None


def _first_tokens(likely: dict[str, float], answers: Sequence[str]) -> list[float] | None:
    """For each answer, the log-probability of the tokens that are its beginning and no other's."""
    if not likely:
        return None
    bare = [answer.strip().casefold() for answer in answers]
    values = []
    for answer in bare:
        mine = [
            value
            for token, value in likely.items()
            if (start := token.strip().casefold())
            and answer.startswith(start)
            and not any(one.startswith(start) for one in bare if one != answer)
        ]
        values.append(float(np.logaddexp.reduce(mine)) if mine else float("nan"))
    return None if np.isnan(values).all() else values


_WAYS = {"forced": _forced, "echo": _echo, "next": _next}
