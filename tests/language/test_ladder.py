import json

import pytest

from penchant.language import JsonShape, fits, read_shaped
from penchant.language.remote.ladder import RUNGS, read_rung, shaped_body, strict_schema

ORDER = {
    "type": "object",
    "properties": {"order": {"type": "array", "items": {"type": "integer"}, "maxItems": 4}},
    "required": ["order"],
}
SHAPE = JsonShape.of("order", ORDER)
NUMBERS = JsonShape.of("numbers", {"type": "array", "items": {"type": "integer"}})
STARS = JsonShape.of("stars", {"type": "integer", "minimum": 1, "maximum": 5})

READ = [
    ('{"order": [2, 1]}', [2, 1]),
    ('Sure, here you are:\n```json\n{"order": [2, 1]}\n```\nEnjoy!', [2, 1]),
    ("{'order': [2, 1]}", [2, 1]),
    ('{"order": [2, 1,],}', [2, 1]),
    ("\u201corder\u201d is {\u201corder\u201d: [2, 1]}", [2, 1]),
    ('<think>{"order": [9]} or so</think>{"order": [2, 1]}', [2, 1]),
    ('{"order": [2, 1', [2]),
    ('{"wrong": 1} then {"order": [2, 1]}', [2, 1]),
    ('{"note": "a } in text", "order": [2, 1]}', [2, 1]),
    ('{"note": "two\nlines", "order": [2, 1]}', [2, 1]),
    ("{'order': [2, 1], 'sure': True, 'why': None}", [2, 1]),
    ("{'order': [2, 1], 'sure': true}", [2, 1]),
]


@pytest.mark.parametrize(("text", "order"), READ)
def test_json_is_found_and_mended(text, order):
    read = read_shaped(text, SHAPE)
    assert read is not None
    assert json.loads(read)["order"] == order


UNREAD = [
    "",
    "I cannot say.",
    '{"order": "2, 1"}',
    '{"order": [1, 2, 3, 4, 5]}',
    '{"order": [1.5]}',
    '{"order": [true]}',
    "[1, 2]",
    '{"order": [NaN]}',
    "{" * 5000,
    "[" * 100_000,
    "__import__('os').getcwd()",
]


@pytest.mark.parametrize("text", UNREAD)
def test_what_does_not_fit_is_not_read(text):
    assert read_shaped(text, SHAPE) is None


def test_single_values_are_found_in_words():
    assert read_shaped("I would say 4 stars.", STARS) == "4"
    assert read_shaped("9 out of 10", STARS) is None
    assert read_shaped("Yes, true!", JsonShape.of("it", {"type": "boolean"})) == "true"
    assert read_shaped("Heat", JsonShape.of("title", {"type": "string"})) == '"Heat"'


FITTING = [
    (1, {"type": "integer"}, True),
    (1.0, {"type": "integer"}, True),
    (True, {"type": "integer"}, False),
    (1, {"enum": [1, 2]}, True),
    (True, {"enum": [1, 2]}, False),
    ("a", {"const": "b"}, False),
    (None, {"type": ["string", "null"]}, True),
    ("abc", {"type": "string", "maxLength": 2}, False),
    ("abc", {"type": "string", "pattern": "^a"}, True),
    (5, {"type": "number", "exclusiveMaximum": 5}, False),
    ([1, 1], {"type": "array", "uniqueItems": True}, False),
    ([], {"type": "array", "minItems": 1}, False),
    ({"a": 1}, {"type": "object", "additionalProperties": False}, False),
    ({"a": 1}, {"type": "object", "additionalProperties": {"type": "integer"}}, True),
    (3, {"anyOf": [{"type": "string"}, {"type": "integer"}]}, True),
    ([1], {"$ref": "#/$defs/it", "$defs": {"it": {"type": "array"}}}, True),
    (1, {"$ref": "#/$defs/it", "$defs": {"it": {"type": "array"}}}, False),
]


@pytest.mark.parametrize(("value", "schema", "expected"), FITTING)
def test_values_are_held_against_schemas(value, schema, expected):
    assert fits(value, schema) is expected


def test_every_rung_asks_and_is_read():
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Order."}]
    bodies = {rung: shaped_body(rung, messages, SHAPE) for rung in RUNGS}
    strict = bodies["schema"]["response_format"]["json_schema"]
    assert strict["strict"] is True
    assert strict["schema"]["additionalProperties"] is False
    assert bodies["tool"]["tool_choice"]["function"]["name"] == "order"
    assert bodies["json"]["response_format"] == {"type": "json_object"}
    for rung in ("json", "text"):
        asked = bodies[rung]["messages"][-1]["content"]
        assert asked.startswith("Order.")
        assert json.loads(asked.partition("Schema:\n")[2]) == ORDER
    assert messages[-1]["content"] == "Order."
    answer = '{"order": [1]}'
    calls = [{"function": {"name": "order", "arguments": answer}}]
    assert read_rung("tool", {"content": None, "tool_calls": calls}, SHAPE) == answer
    calls = [{"function": {"name": "order", "arguments": {"order": [1]}}}]
    assert read_rung("tool", {"content": "", "tool_calls": calls}, SHAPE) == answer
    assert read_rung("tool", {"content": answer}, SHAPE) == answer
    for broken in ([], [{}], [None], "x", [{"function": None}]):
        assert read_rung("tool", {"content": None, "tool_calls": broken}, SHAPE) is None


def test_what_is_no_object_is_asked_for_inside_of_one():
    body = shaped_body("schema", [{"role": "user", "content": "x"}], NUMBERS)
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["answer"]
    assert read_rung("schema", {"content": '{"answer": [2, 1]}'}, NUMBERS) == "[2, 1]"
    assert read_rung("text", {"content": "[2, 1]"}, NUMBERS) == "[2, 1]"


def test_strict_schemas_are_strict_at_every_depth():
    inner = {"type": "object", "properties": {"b": {"type": "string"}}}
    strict = strict_schema(
        {"type": "object", "properties": {"a": {"type": "array", "items": inner}}}
    )
    assert strict["required"] == ["a"]
    assert strict["properties"]["a"]["items"]["additionalProperties"] is False
    assert inner == {"type": "object", "properties": {"b": {"type": "string"}}}
