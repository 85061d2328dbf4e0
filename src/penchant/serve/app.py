"""The application: routes, handlers, the gate around them."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from penchant import __version__
from penchant.core import PenchantError
from penchant.serve.guard.gate import Gate
from penchant.serve.guard.once import Answered, Once, answer_again
from penchant.serve.guard.remembered import Remembering
from penchant.serve.problems import answer_problem
from penchant.serve.routes import (
    agents,
    catalogue,
    chat,
    data,
    events,
    ids,
    jobs,
    models,
    page,
    people,
    probes,
    prompts,
    recommend,
    rerank,
    runs,
    stock,
    why,
)
from penchant.serve.shop import Shop

DESCRIPTION = (
    "Recommendations from models that Penchant fitted. Errors are problem documents (RFC 9457)."
)


ASKING = (recommend, rerank, chat)
LOOKING = (why, people, data, ids, runs, prompts)
KEEPING = (models, stock, jobs)


def routes() -> FastAPI:
    """All routes, without anything behind them: what the OpenAPI document is made of."""
    app = FastAPI(
        title="Penchant",
        version=__version__,
        description=DESCRIPTION,
        openapi_url=None,  # the route of the probes needs a key, FastAPI's own would not
        docs_url=None,
        redoc_url=None,
        lifespan=agents.lifespan,
    )
    for module in (*ASKING, events, catalogue, *LOOKING, *KEEPING, probes, agents, page):
        app.include_router(module.router)
    for kind in (PenchantError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer_problem)
    app.add_exception_handler(Answered, answer_again)
    return app


def application(shop: Shop) -> ASGIApp:
    """What a server runs."""
    app = routes()
    app.state.shop = shop
    app.state.agents = agents.door(shop)
    once = Once(app, shop.replies)
    return Gate(Remembering(once, shop), shop.settings, shop.meters)
