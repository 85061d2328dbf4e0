"""How a remote model is held to a shape: the strictest way that its endpoint offers.

Strict schema, then a call of a tool, then JSON mode, then words that ask for JSON. An endpoint that
refuses a rung, or takes it and answers with something else, is asked on the next one; where it
ended up is remembered. Whatever comes is read leniently and held against the schema here.
"""

import json
from typing import Any, Literal  # Any: schemas and bodies nest freely

from penchant.language.remote.ladder_reading import read_shaped
from penchant.language.words import JsonShape

Rung = Literal["schema", "tool", "json", "text"]
RUNGS: tuple[Rung, ...] = ("schema", "tool", "json", "text")
"""The strictest first."""
Messages = list[dict[str, str]]
_ASK = "Answer with JSON only, without any other words, that fits this JSON Schema:\n{schema}"


def shaped_body(rung: Rung, messages: Messages, shape: JsonShape) -> dict[str, Any]:
    """What is posted to ask for a shape on a rung: messages, and the options of the rung."""
    schema = wrapped(shape)
    name = "".join(sign if sign.isalnum() else "_" for sign in shape.name)[:60] or "answer"
    if rung == "schema":
        strict = {"name": name, "strict": True, "schema": strict_schema(schema)}
        form = {"type": "json_schema", "json_schema": strict}
        return {"messages": messages, "response_format": form}
    if rung == "tool":
        tool = {
            "name": name,
            "description": "Takes the answer.",
            "parameters": strict_schema(schema),
        }
        return {
            "messages": messages,
            "tools": [{"type": "function", "function": tool}],
            "tool_choice": {"type": "function", "function": {"name": name}},
        }
    told = with_request(messages, _ASK.format(schema=json.dumps(schema, ensure_ascii=False)))
    if rung == "json":
        return {"messages": told, "response_format": {"type": "json_object"}}
    return {"messages": told}


def read_rung(rung: Rung, message: dict[str, Any], shape: JsonShape) -> str | None:
    """The JSON in a chat's message, unwrapped; ``None``: none that fits."""
    texts = [message.get("content")]
    calls = message.get("tool_calls") or []
    if isinstance(calls, list):
        functions = [call.get("function") for call in calls if isinstance(call, dict)]
        given = [one.get("arguments") for one in functions if isinstance(one, dict)]
        # Some servers send the arguments as an object instead of as text.
        texts = [one if isinstance(one, str) else json.dumps(one) for one in given if one] + texts
    outer = JsonShape.of(shape.name, wrapped(shape))
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            continue
        found = read_shaped(text, outer)
        if found is not None and is_wrapped(shape):
            return json.dumps(json.loads(found)["answer"], ensure_ascii=False)
        # Who is asked for {"answer": [...]} may answer [...].
        found = read_shaped(text, shape) if found is None else found
        if found is not None:
            return found
    return None


def is_wrapped(shape: JsonShape) -> bool:
    """Whether the shape is no object: then it is asked for inside of one, as providers want."""
    schema = shape.as_json()
    return schema.get("type") != "object" and "properties" not in schema


def wrapped(shape: JsonShape) -> dict[str, Any]:
    """The schema of an object: the shape's own, or one that holds it under *answer*."""
    schema = shape.as_json()
    if not is_wrapped(shape):
        return {"type": "object", **schema}
    return {"type": "object", "properties": {"answer": schema}, "required": ["answer"]}


def strict_schema(schema: Any) -> Any:
    """With every property required and no others, as strict modes demand."""
    if isinstance(schema, list):
        return [strict_schema(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {
        key: value if key in ("enum", "const", "required") else strict_schema(value)
        for key, value in schema.items()
    }
    if isinstance(changed.get("properties"), dict):
        changed["required"] = list(changed["properties"])
        changed["additionalProperties"] = False
    return changed


def with_request(messages: Messages, request: str) -> Messages:
    """The same turns, with a request at the end of the last one of the user."""
    for place in range(len(messages) - 1, -1, -1):
        if messages[place]["role"] == "user":
            asked = {**messages[place], "content": f"{messages[place]['content']}\n\n{request}"}
            return [*messages[:place], asked, *messages[place + 1 :]]
    return [*messages, {"role": "user", "content": request}]
