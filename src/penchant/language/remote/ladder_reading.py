"""JSON from what a model wrote: found, repaired, and held against its schema."""

import ast
import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any  # JSON nests freely

from penchant.language.words import JsonShape

MOST = 200_000
"""Characters of an answer that are looked at."""
DEEPEST = 40
"""Brackets within brackets; what is nested deeper is no answer but an attack, or a stutter."""
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_BRACKET = re.compile(r"[\[\]{}]")
_TRAILING = re.compile(r",(\s*[}\]])")
_CURLY = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"})
_PYTHON = re.compile(r"\b(true|false|null)\b")
_NAMES = {"true": "True", "false": "False", "null": "None"}


def read_shaped(text: str, shape: JsonShape) -> str | None:
    """An answer as JSON that fits a shape, written in one way; ``None``: there is none in it.

    Looks past words around the JSON, code fences and thoughts, and mends what models get wrong:
    commas too many, single or curly quotes, Python's names, brackets that are not closed.

    >>> read_shaped("Sure! {'stars': 4,}", JsonShape.of("it", {"required": ["stars"]}))
    '{"stars": 4}'
    """
    schema = shape.as_json()
    bare = _THOUGHT.sub("", text[:MOST]).strip()
    for part in _parts(bare, schema):
        if _is_deep(part):
            continue
        for repair in _REPAIRS:
            value = _parsed(repair(part))
            if value is not _NOTHING and fits(value, schema):
                return json.dumps(value, ensure_ascii=False)
    return None


def fits(value: Any, schema: dict[str, Any], whole: dict[str, Any] | None = None) -> bool:
    """Whether a value is what a JSON Schema asks for.

    Knows types, enums, constants, properties, items, bounds, ``anyOf`` and references inside the
    schema; other words ask for nothing.
    """
    whole = schema if whole is None else whole
    if "$ref" in schema:
        schema = _referred(schema["$ref"], whole)
    if "anyOf" in schema or "oneOf" in schema:
        options = schema.get("anyOf") or schema.get("oneOf") or []
        return any(fits(value, option, whole) for option in options)
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        return False
    if "const" in schema and not _same(value, schema["const"]):
        return False
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        return False
    if isinstance(value, dict):
        return _fits_object(value, schema, whole)
    if isinstance(value, list):
        return _fits_list(value, schema, whole)
    return _fits_bounds(value, schema)


_NOTHING = object()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, strict=False, parse_constant=_refused)
    except (ValueError, RecursionError):
        return _NOTHING


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _parts(text: str, schema: dict[str, Any]) -> Iterator[str]:
    """The whole text, then each stretch that opens a bracket, the earliest first."""
    yield text
    kinds = schema.get("type", "object" if "properties" in schema else "")
    opening = {"object": "{", "array": "["}.get(kinds if isinstance(kinds, str) else "", "{[")
    starts = [place for place, sign in enumerate(text) if sign in opening]
    for start in starts[:50]:
        yield text[start : _end(text, start)]
    if kinds in ("integer", "number"):
        yield from re.findall(r"-?\d+(?:\.\d+)?", text)[:20]
    if kinds == "string":
        yield json.dumps(text)
    if kinds == "boolean":
        yield from (word.lower() for word in re.findall(r"(?i)\b(?:true|false)\b", text)[:20])


def _end(text: str, start: int) -> int:
    """Behind the bracket that closes the one at ``start``; the end where none does."""
    depth, quoted, escaped = 0, "", False
    for place in range(start, len(text)):
        sign = text[place]
        if quoted:
            if escaped or sign == "\\":
                escaped = not escaped
            elif sign == quoted:
                quoted = ""
        elif sign == '"':
            quoted = sign
        elif sign in "{[":
            depth += 1
            if depth > DEEPEST:
                return start
        elif sign in "}]":
            depth -= 1
            if depth == 0:
                return place + 1
    return len(text)


def _is_deep(text: str) -> bool:
    depth = 0
    for found in _BRACKET.finditer(text):
        depth += 1 if found[0] in "{[" else -1
        if depth > DEEPEST:
            return True
    return False


def _as_it_is(text: str) -> str:
    return text


def _trimmed(text: str) -> str:
    return _TRAILING.sub(r"\1", text.translate(_CURLY))


def _from_python(text: str) -> str:
    """A Python literal, as models trained on code write it."""
    straight = text.translate(_CURLY).strip()
    for literal in (straight, _PYTHON.sub(lambda found: _NAMES[found[0]], straight)):
        try:
            return json.dumps(ast.literal_eval(literal), allow_nan=False)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return ""


def _closed(text: str) -> str:
    """Cut off in the middle: up to the last whole value, with its brackets closed."""
    stack: list[str] = []
    quoted = escaped = False
    kept = (0, "")
    for place, sign in enumerate(text):
        if quoted:
            if escaped or sign == "\\":
                escaped = not escaped
            elif sign == '"':
                quoted = False
            continue
        if sign == '"':
            quoted = True
        elif sign in "{[":
            stack.append("}" if sign == "{" else "]")
        elif sign in "}]" and stack:
            stack.pop()
        if sign in "{[}],":
            kept = (place + (sign != ","), "".join(reversed(stack)))
    return _trimmed(text[: kept[0]] + kept[1])


_REPAIRS: tuple[Callable[[str], str], ...] = (_as_it_is, _trimmed, _from_python, _closed)


def _fits_object(value: dict[str, Any], schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    properties = schema.get("properties", {})
    if any(name not in value for name in schema.get("required", [])):
        return False
    others = schema.get("additionalProperties", True)
    for name, inner in value.items():
        if name in properties:
            if not fits(inner, properties[name], whole):
                return False
        elif others is False or (isinstance(others, dict) and not fits(inner, others, whole)):
            return False
    return True


def _fits_list(value: list[Any], schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", math.inf):
        return False
    if schema.get("uniqueItems") and len({json.dumps(one) for one in value}) < len(value):
        return False
    return all(fits(one, schema.get("items", {}), whole) for one in value)


def _fits_bounds(value: Any, schema: dict[str, Any]) -> bool:
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", math.inf):
            return False
        return "pattern" not in schema or re.search(schema["pattern"], value) is not None
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        over, under = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        within = (over is None or value > over) and (under is None or value < under)
        return bool(low <= value <= high and within)
    return True


def _is(value: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return kind == "number" or float(value).is_integer()
    known = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    return kind in known and isinstance(value, known[kind])


def _same(value: Any, other: Any) -> bool:
    return bool(value == other and isinstance(value, bool) == isinstance(other, bool))


def _referred(reference: str, whole: dict[str, Any]) -> dict[str, Any]:
    found: Any = whole
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}
