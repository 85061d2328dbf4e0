"""JSON whose strings and lists end: a small model goes on forever where it may."""

from typing import Any

MOST_LETTERS = 200
"""Of a string that says no bound: a small model goes on forever."""
MOST_ITEMS = 50
"""Of a list that says no bound."""


def bounded(schema: Any) -> Any:  # Any: a JSON Schema nests freely
    """A schema whose strings and lists end.

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
    return out
