"""What a server that is shaped like OpenAI's answers, from the verbs of an open model."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast  # Any: bodies nest freely

import numpy as np

from penchant.core import Run
from penchant.language import (
    GREEDY,
    Embedder,
    JsonShape,
    Message,
    OpenModel,
    Prompt,
    Reply,
    Reranker,
    Sampling,
    Scorer,
    Writer,
)

Ability = Literal[
    "chat",
    "completions",
    "echo",
    "embeddings",
    "json",
    "logprobs",
    "max_tokens",
    "models",
    "rerank",
    "schema",
    "stream",
    "tools",
    "usage",
]
"""What the server offers. ``json``, ``schema``, ``tools``: to hold a chat to a shape;
``max_tokens``: takes the old name of ``max_completion_tokens``; ``usage``: tells tokens."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]


class BadRequest(Exception):
    """What is asked is answered with a status of failure."""

    def __init__(
        self, status: int, message: str, code: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or {}


class Offers(Protocol):
    """What a server can do and what it is called."""

    name: str
    unable: Literal["refuse", "ignore"]

    def can(self, ability: Ability) -> bool: ...


def models_answer(name: str, model: OpenModel) -> dict[str, Any]:
    """The list of models: one."""
    one: dict[str, Any] = {"id": name, "object": "model", "owned_by": "penchant"}
    if model.window is not None:
        one["max_model_len"] = model.window
    return {"object": "list", "data": [one]}


def posted_answer(asked: Asked, model: OpenModel, run: Run, offers: Offers) -> dict[str, Any]:
    """The answer to a posted request.

    Raises:
        BadRequest: It is answered with a failure.
    """
    path, body = asked.path.removeprefix("/v1"), asked.body
    if path == asked.path:
        raise BadRequest(404, f"no such path: {path}")
    named = body.get("model")
    if named is not None and named != offers.name:
        raise BadRequest(404, f"The model {named!r} does not exist", "model_not_found")
    if path == "/chat/completions" and offers.can("chat"):
        return _chat(body, model, run, offers)
    if path == "/completions" and offers.can("completions"):
        return _completion(body, model, run, offers)
    if path == "/embeddings" and offers.can("embeddings") and isinstance(model, Embedder):
        vectors = model.embed(_texts(body), run=run)
        rows = [{"index": n, "embedding": row.tolist()} for n, row in enumerate(vectors)]
        return {"object": "list", "data": rows[::-1], "model": offers.name}
    if path == "/rerank" and offers.can("rerank") and isinstance(model, Reranker):
        scores = model.rerank([body["query"]], [body["documents"]], run=run)[0]
        order = np.argsort(-scores, kind="stable")
        rows = [{"index": int(n), "relevance_score": float(scores[n])} for n in order]
        return {"model": offers.name, "results": rows}
    raise BadRequest(404, f"no such path: {asked.path}")


def chunks_of(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A whole answer as the events of a stream: a first one without words, words, end, usage."""
    if not answer["choices"]:
        yield answer
        return
    choice = answer["choices"][0]
    chats = "message" in choice
    text = (choice["message"].get("content") or "") if chats else choice["text"]
    head: dict[str, Any] = {key: answer[key] for key in ("id", "model", "created") if key in answer}
    if chats:
        first = {"role": "assistant", "content": None}
        if refusal := choice["message"].get("refusal"):
            first["refusal"] = refusal
        yield {**head, "choices": [{"index": 0, "delta": first}]}
    for piece in re.findall(r"\s*\S+|\s+", text):
        said = {"delta": {"content": piece}} if chats else {"text": piece}
        yield {**head, "choices": [{"index": 0, **said, "finish_reason": None}]}
    end: dict[str, Any] = {"delta": {}} if chats else {"text": ""}
    ended = {"index": 0, **end, "finish_reason": choice["finish_reason"]}
    yield {**head, "choices": [ended]}
    if "usage" in answer:
        yield {**head, "choices": [], "usage": answer["usage"]}


def _chat(body: dict[str, Any], model: OpenModel, run: Run, offers: Offers) -> dict[str, Any]:
    turns = [Message(one["role"], str(one.get("content") or "")) for one in body["messages"]]
    begun = turns[-1].content if turns[-1].role == "assistant" else ""
    prompt = Prompt(tuple(turns[:-1] if begun else turns), begun)
    tool = _tool_of(body, offers)
    shape = _shape_of(body, offers) or (tool and JsonShape.of("tool", tool["parameters"])) or None
    if body.get("logprobs") and not offers.can("logprobs"):
        _unable("logprobs", offers)
    reply = _written(model, prompt, shape, body, run, offers)
    message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    if tool:
        call = {"name": tool["name"], "arguments": reply.text}
        calls = [{"id": "call_1", "type": "function", "function": call}]
        message = {"role": "assistant", "content": None, "tool_calls": calls}
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": reply.finish}
    if body.get("logprobs") and offers.can("logprobs"):
        choice["logprobs"] = {"content": _tops(model, prompt, body, reply, run)}
    return _whole("chat.completion", choice, reply, offers)


def _completion(body: dict[str, Any], model: OpenModel, run: Run, offers: Offers) -> dict[str, Any]:
    text = str(body["prompt"])
    if body.get("echo") and not offers.can("echo"):
        _unable("echo", offers)
    reply = _written(model, Prompt.plain(text), None, body, run, offers)
    choice: dict[str, Any] = {"index": 0, "text": reply.text, "finish_reason": reply.finish}
    if body.get("echo") and offers.can("echo") and isinstance(model, Scorer):
        tokens = re.findall(r"\s*\S+|\s+\Z", text)
        rest = ["".join(tokens[n + 1 :]) for n in range(len(tokens))]
        heads = ["".join(tokens[:n]) for n in range(1, len(tokens))]
        found = model.score(
            [Prompt.plain(head) for head in heads], [[token] for token in tokens[1:]], run=run
        )
        values = [None, *(float(value) for value in found.log_probs)]
        offsets = [len(text) - len(tokens[n]) - len(rest[n]) for n in range(len(tokens))]
        told = {"tokens": tokens, "token_logprobs": values, "text_offset": offsets}
        choice |= {"text": text + reply.text, "logprobs": told}
    return _whole("text_completion", choice, reply, offers)


def _written(
    model: OpenModel,
    prompt: Prompt,
    shape: JsonShape | None,
    body: dict[str, Any],
    run: Run,
    offers: Offers,
) -> Reply:
    if "max_tokens" in body and not offers.can("max_tokens"):
        raise BadRequest(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            "unsupported_parameter",
        )
    if not isinstance(model, Writer):
        raise BadRequest(501, "this model does not write", "not_supported")
    sampling = GREEDY
    if body.get("temperature"):
        sampling = Sampling(body["temperature"], body.get("top_p", 1.0), body.get("seed", 0))
    limit = body.get("max_completion_tokens", body.get("max_tokens", 512))
    written = model.write([prompt], max_tokens=limit, shape=shape, sampling=sampling, run=run)
    reply = written[0]
    if reply.failure:
        status, code = _STATUSES.get(reply.failure, (500, reply.failure))
        raise BadRequest(status, reply.detail, code)
    return reply


_STATUSES = {
    "down": (503, "unavailable"),
    "slow": (504, "timeout"),
    "limited": (429, "rate_limit_exceeded"),
    "refused": (400, "content_filter"),
    "too-long": (400, "context_length_exceeded"),
}


def _tops(
    model: OpenModel, prompt: Prompt, body: dict[str, Any], reply: Reply, run: Run
) -> list[dict[str, Any]]:
    """The likeliest first tokens, from what the model thinks of labels and of yes and no."""
    if not isinstance(model, Scorer):
        raise BadRequest(501, "this model tells no likelihoods", "not_supported")
    options = ["Yes", "No", *"ABCDEFGH", *(str(n) for n in range(1, 30))]
    found = model.score([prompt], [options], run=run).log_probs
    order = np.argsort(-found, kind="stable")[: body.get("top_logprobs", 5)]
    tops = [{"token": options[n], "logprob": float(found[n])} for n in order]
    return [{**tops[0], "top_logprobs": tops}]


def _shape_of(body: dict[str, Any], offers: Offers) -> JsonShape | None:
    form = body.get("response_format") or {}
    kind = form.get("type", "text")
    if kind == "json_schema":
        if offers.can("schema"):
            return JsonShape.of(form["json_schema"]["name"], form["json_schema"]["schema"])
        _unable("response_format.type", offers)
    elif kind == "json_object" and not offers.can("json"):
        _unable("response_format.type", offers)
    return None


def _tool_of(body: dict[str, Any], offers: Offers) -> dict[str, Any] | None:
    if not body.get("tools"):
        return None
    if not offers.can("tools"):
        _unable("tools", offers)
        return None
    return cast(dict[str, Any], body["tools"][0]["function"])


def _unable(option: str, offers: Offers) -> None:
    if offers.unable == "refuse":
        raise BadRequest(400, f"Invalid value: {option!r} is not supported", "invalid_value")


def _texts(body: dict[str, Any]) -> Sequence[str]:
    given = body["input"]
    return [given] if isinstance(given, str) else [str(text) for text in given]


def _whole(kind: str, choice: dict[str, Any], reply: Reply, offers: Offers) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": "call-1",
        "object": kind,
        "created": 0,
        "model": offers.name,
        "choices": [choice],
    }
    if offers.can("usage"):
        asked, written = reply.usage.prompt_tokens, reply.usage.completion_tokens
        answer["usage"] = {
            "prompt_tokens": asked,
            "completion_tokens": written,
            "total_tokens": asked + written,
            "prompt_tokens_details": {"cached_tokens": reply.usage.reused_tokens},
        }
    return answer
