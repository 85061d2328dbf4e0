"""Shapes of JSON as grammars can follow them, and as a small model comes to their end."""

import json
from dataclasses import replace
from typing import Any

from penchant.language.remote.ladder_reading import fits
from penchant.language.words import JsonShape, Reply

MOST_LETTERS = 200
"""Of a string that says no bound: a small model goes on forever."""
MOST_ITEMS = 50
"""Of a list that says no bound."""


def bounded(schema: Any) -> Any:  # Any: a JSON Schema nests freely
    """A narrower schema, whose strings and lists end and whose objects have known names only.

    That the items of a list differ is left out, since grammars cannot say it: look at the answer.

    >>> bounded({"type": "string"})
    {'type': 'string', 'maxLength': 200}
    """
    if isinstance(schema, list):
        return [bounded(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    fixed = {"enum", "const", "default", "examples", "required"}
    out = {name: part if name in fixed else bounded(part) for name, part in schema.items()}
    if out.get("type") == "string" and not {"enum", "const", "pattern", "format"} & set(out):
        out.setdefault("maxLength", MOST_LETTERS)
    if out.get("type") == "array":
        out.setdefault("maxItems", MOST_ITEMS)
        out.pop("uniqueItems", None)
    if out.get("type") == "object" and "properties" in out:
        out.setdefault("additionalProperties", False)
    return out


def checked(reply: Reply, shape: JsonShape) -> Reply:
    """The reply, or the failure that it is not of its shape, which no grammar could prevent."""
    if reply.failure:
        return reply
    if reply.finish == "length":
        n = reply.usage.completion_tokens
        detail = f"the JSON did not end within max_tokens={n}; give more, or ask for less"
        return replace(reply, failure="cut", detail=detail)
    try:
        good = fits(json.loads(reply.text), shape.as_json())
    except ValueError:
        good = False
    if good:
        return reply
    detail = f"the answer is not a {shape.name}: {reply.text[:80]!r}; ask again, or ask for less"
    return replace(reply, finish="failed", failure="garbled", detail=detail)
