"""What is posted to an endpoint that is shaped like OpenAI's, and what it turns out not to take."""

from dataclasses import dataclass
from functools import partial
from typing import Any  # bodies nest freely

from penchant.backbones.endpoint import Endpoint
from penchant.backbones.endpoint_abilities import Learning
from penchant.backbones.endpoint_errors import CallFailed
from penchant.core import Run
from penchant.language.books.prices import Prices
from penchant.language.remote.ladder import Messages, with_request
from penchant.language.remote.reading import OPTIONS, Got, read_choice, refused_option
from penchant.language.words import Prompt, Sampling

PREFILL = "prefill"
"""The option of beginning an answer for the model, as a last turn of its own."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An endpoint with what is known about it, and what its tokens cost."""

    endpoint: Endpoint
    learning: Learning
    prices: Prices


@dataclass(frozen=True, slots=True)
class Order:
    """How an answer is wanted."""

    max_tokens: int
    sampling: Sampling
    run: Run


def greet(asking: Asking, run: Run) -> None:
    """Asks for the list of models, once: it tells who serves, and how long prompts may be."""
    with asking.learning.settling(lambda known: known.server is not None, run):
        if asking.learning.known.server is None:
            _greet(asking, run)


def _greet(asking: Asking, run: Run) -> None:
    name = asking.endpoint.address.model
    listed = asking.endpoint.models(run)
    if not listed and not asking.endpoint.has_answered:
        return  # It may be down: what it is stays to be found out.
    own = next((one for one in listed if one.get("id") == name), listed[0] if listed else {})
    meta = own.get("meta") if isinstance(own.get("meta"), dict) else {}
    places = (own.get("max_model_len"), own.get("context_length"), own.get("context_window"))
    sizes = [size for size in (*places, (meta or {}).get("n_ctx")) if isinstance(size, int)]
    server = own.get("owned_by")
    window = min(sizes) if sizes else None
    asking.learning.learn(server=server if isinstance(server, str) else "", window=window)


def ask_adapting(asking: Asking, path: str, body: dict[str, Any], run: Run) -> Got:
    """Asks; what the endpoint says that it does not take is left out, now and from now on."""
    for _ in range(len(OPTIONS) + 1):
        sent = without_refused(asking, body)
        try:
            return asking.endpoint.ask(path, sent, partial(read_choice, sent=sent), run)
        except CallFailed as failed:
            refused = refused_option(failed, sent)
            if refused is None:
                raise
            asking.learning.refuse(refused)
    raise AssertionError("there are no more options to leave out")


def ask_chat(asking: Asking, prompt: Prompt, extra: dict[str, Any], order: Order) -> Got:
    """A chat; where no answer may be begun by who asks, its beginning is asked for in words."""
    body = {**chat_body(asking, prompt, order), **extra}
    begun = bool(prompt.messages and prompt.begun)
    if not begun or PREFILL not in asking.learning.known.refuses:
        try:
            return ask_adapting(asking, "/chat/completions", body, order.run)
        except CallFailed as failed:
            if not begun or not failed.unsupported or "assistant" not in failed.detail:
                raise
            asking.learning.refuse(PREFILL)
    turns = [one for one in body["messages"] if one != _beginning(prompt)]
    ask = f"Begin your answer with exactly these words: {prompt.begun}"
    body = {**body, "messages": with_request(turns, ask)}
    return ask_adapting(asking, "/chat/completions", body, order.run)


def chat_body(asking: Asking, prompt: Prompt, order: Order) -> dict[str, Any]:
    """What is posted for a chat."""
    body = {**_options(asking, order), "messages": messages_of(prompt)}
    if prompt.messages and prompt.begun and asking.learning.known.server == "vllm":
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    return body


def plain_body(asking: Asking, prompt: Prompt, order: Order) -> dict[str, Any]:
    """What is posted for a text to go on with."""
    return {**_options(asking, order), "prompt": prompt.begun}


def without_refused(asking: Asking, body: dict[str, Any]) -> dict[str, Any]:
    """A body without the options that the endpoint does not take."""
    refused = asking.learning.known.refuses
    sent = {name: value for name, value in body.items() if name not in refused}
    if "max_tokens" in refused and "max_tokens" in body:
        sent["max_completion_tokens"] = body["max_tokens"]
    return sent


def messages_of(prompt: Prompt) -> Messages:
    """The turns as providers want them; an answer that is begun is the last turn."""
    told = [{"role": str(one.role), "content": one.content} for one in prompt.messages]
    if not told:
        return [{"role": "user", "content": prompt.begun}]
    return [*told, _beginning(prompt)] if prompt.begun else told


def _beginning(prompt: Prompt) -> dict[str, str]:
    return {"role": "assistant", "content": prompt.begun}


def _options(asking: Asking, order: Order) -> dict[str, Any]:
    sampling = order.sampling
    body: dict[str, Any] = {
        "model": asking.endpoint.address.model,
        "max_tokens": order.max_tokens,
        "temperature": sampling.temperature,
    }
    if sampling.temperature > 0:
        body |= {"top_p": sampling.top_p, "seed": sampling.seed}
    return body
