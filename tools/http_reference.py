"""Writes ``docs/api/http.md`` out of the OpenAPI document: ``python tools/http_reference.py``."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from penchant.serve.app import routes
from penchant.serve.guard import access

API = Path(__file__).parents[1] / "docs" / "api"
HEAD = """# HTTP

Made from [openapi.json](openapi.json), which says all this to machines, with every bound. [Serve
a model](../guides/service.md) tells how it belongs together. Whatever goes wrong is answered with
a problem document (RFC 9457): `detail`, `code`, `pointer` to what is to blame, and mostly a
`hint`. Where the service has keys, each operation needs one of the scope named with it.
"""
PARTS = {
    "recommend": "Recommendations",
    "words": "In words",
    "events": "Events and people's traces",
    "people": "People",
    "items": "Items",
    "catalogue": "Catalogue",
    "models": "Models",
    "jobs": "Jobs",
    "runs": "Experiments",
    "ids": "Items as codes",
    "data": "Data",
    "prompts": "Prompts and spend",
    "probes": "Probes",
}


def main() -> None:
    """Writes the page."""
    document = json.loads((API / "openapi.json").read_text(encoding="utf-8"))
    Path(sys.argv[1] if len(sys.argv) > 1 else API / "http.md").write_text(
        "\n".join(page(document)), encoding="utf-8"
    )


def page(document: dict[str, Any]) -> Iterator[str]:
    """The lines of the page."""
    schemas, needed = document["components"]["schemas"], scopes()
    yield HEAD
    for tag, title in PARTS.items():
        yield f"## {title}\n"
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if operation["tags"] == [tag]:
                    scope = needed[method.upper(), path]
                    yield from told(f"{method.upper()} {path}", operation, scope, schemas)
    yield "## Shapes\n"
    yield "What bodies and answers hold. A field without a default must be given.\n"
    for name in sorted(schemas):
        yield from shape(name, schemas[name])


def scopes() -> dict[tuple[str, str], str]:
    """Method and path -> the scope that a key needs, or nothing."""
    known = {getattr(access, name).dependency: name for name in ("read", "write", "admin")}
    found = {}
    for included in routes().routes:
        for route in included.original_router.routes:  # type: ignore[attr-defined]
            asked = [known[d.dependency] for d in route.dependencies if d.dependency in known]
            for method in route.methods:
                found[method, route.path] = asked[-1] if asked else ""
    return found


def told(
    title: str, operation: dict[str, Any], scope: str, schemas: dict[str, Any]
) -> Iterator[str]:
    """One operation."""
    yield f"### `{title}`\n"
    needs = f"Scope: `{scope}`." if scope else "Needs no key."
    yield f"{operation.get('description', operation['summary'])} {needs}\n"
    given = operation.get("parameters", [])
    if given:
        yield "| parameter | in | | |\n| --- | --- | --- | --- |"
        for one in given:
            row = (f"`{one['name']}`", one["in"], kind(one["schema"]), about(one))
            yield f"| {' | '.join(row)} |"
        yield ""
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        yield f"Body (`{media}`): {kind(body['schema'])}\n"
    for status, answer in operation["responses"].items():
        if status.isdigit():
            for media, body in answer.get("content", {}).items():
                yield f"Answer {status} (`{media}`): {kind(body.get('schema', {}))}\n"


def shape(name: str, schema: dict[str, Any]) -> Iterator[str]:
    """One schema as a table."""
    yield f"### {name}\n"
    if schema.get("description"):
        yield f"{line(schema['description'])}\n"
    fields = schema.get("properties", {})
    if not fields:
        yield f"{kind(schema)}\n"
        return
    yield "| field | | default | |\n| --- | --- | --- | --- |"
    for field, one in fields.items():
        needed = field in schema.get("required", ())
        default = "" if needed else f"`{json.dumps(one.get('default'), ensure_ascii=False)}`"
        yield f"| `{field}` | {kind(one)} | {default} | {about(one)} |"
    yield ""


def kind(schema: dict[str, Any]) -> str:
    """What a value may be."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf"):
        if several in schema and "properties" not in schema:
            return " or ".join(dict.fromkeys(map(kind, schema[several])))
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{one}`" for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        most = f"up to {schema['maxItems']:,} " if "maxItems" in schema else ""
        return f"{most}list of {kind(schema.get('items', {}))}"
    inside = schema.get("additionalProperties")
    if isinstance(inside, dict) and inside:
        return f"object of {kind(inside)}"
    plain = str(schema.get("type", "anything"))
    ends = [schema.get(end) for end in ("minimum", "maximum")]
    if ends != [None, None]:
        plain += f" {'' if ends[0] is None else ends[0]} to {'' if ends[1] is None else ends[1]}"
    return plain


def about(one: dict[str, Any]) -> str:
    """What is said of a parameter or a field, in a cell of a table."""
    return line(one.get("description", ""))


def line(text: str) -> str:
    """Fit for a cell."""
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
