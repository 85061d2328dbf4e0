"""The door of agents: the Model Context Protocol over HTTP, without sessions."""

import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from penchant.serve.guard.access import read
from penchant.serve.guard.keys import key_in
from penchant.serve.problems import Problem
from penchant.serve.shop import Shop

if TYPE_CHECKING:
    from mcp.server import MCPServer
    from mcp.server.mcpserver import Context

router = APIRouter(tags=["agents"], dependencies=[read])
METHODS = ["GET", "POST", "DELETE"]


class _Passed(Response):
    """Lets the SDK answer."""

    def __init__(self, server: "MCPServer[Any]") -> None:  # Any: the SDK's own state
        super().__init__()
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        await self._server.session_manager.handle_request(scope, receive, send)


@router.api_route("/mcp", methods=METHODS, include_in_schema=False)
async def agents(request: Request) -> Response:
    """Tools and resources; record_feedback needs the scope write."""
    server = request.app.state.agents
    if server is None:
        raise Problem(
            501, "this needs mcp: pip install 'penchant[mcp]'", code="extra", pointer="/mcp"
        )
    return _Passed(server)


def door(shop: Shop) -> "MCPServer[Any] | None":  # Any: as above
    """The tools of a shop; ``None``: the SDK is not installed."""
    if importlib.util.find_spec("mcp") is None:
        return None
    from mcp.server.transport_security import TransportSecuritySettings

    from penchant.serve.agents.tools import agent_server

    def may_write(context: "Context[Any, Any]") -> bool:  # Any: as above
        keys = shop.settings.keys
        key = key_in(context.headers or {}, keys)
        return not keys or (key is not None and key.allows("write"))

    server = agent_server(shop, may_write=may_write)
    # The gate has checked host, origin and length before: it knows what this service is called.
    unchecked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        transport_security=unchecked,
        max_request_body_size=shop.settings.body_bytes,
    )
    return server


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The SDK works as long as the application does."""
    server = getattr(app.state, "agents", None)
    if server is None:
        yield
        return
    async with server.session_manager.run():
        yield
