"""The OpenAPI document: what FastAPI derives, and problem documents for all that goes wrong."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from penchant.serve.problems import MEDIA_TYPE
from penchant.serve.shapes.happenings import EventIn
from penchant.serve.shapes.problems import ProblemDocument

REFERENCE = "#/components/schemas/{model}"
KEYS = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


def document(app: FastAPI) -> dict[str, Any]:  # Any: an OpenAPI document nests freely
    """The document of an application; made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _made(app)
    return app.openapi_schema


def _made(app: FastAPI) -> dict[str, Any]:  # Any: as above
    told = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas = told["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (EventIn, ProblemDocument):
        schemas[model.__name__] = TypeAdapter(model).json_schema(ref_template=REFERENCE)
    problem = {"schema": {"$ref": REFERENCE.format(model="ProblemDocument")}}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            told_of = operation.get("parameters", [])
            if method != "post":  # what is put or deleted twice is as if it were once
                told_of[:] = [one for one in told_of if one["name"] != "idempotency-key"]
            operation["responses"].pop("422", None)
            for status, meaning in (
                ("4XX", "What is wrong with the request, and what to do"),
                ("5XX", "Why it could not be answered now"),
            ):
                operation["responses"][status] = {
                    "description": meaning,
                    "content": {MEDIA_TYPE: problem},
                }
            if not path.startswith("/health/"):
                operation["security"] = [{name: []} for name in KEYS]
    told["components"]["securitySchemes"] = KEYS
    return told
