"""What routes depend on: the shop, and a key that allows what they do."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from penchant.serve.guard.keys import Scope, key_of
from penchant.serve.problems import Problem
from penchant.serve.shop import Shop


def shop_of(request: Request) -> Shop:
    """What the application holds."""
    return cast(Shop, request.app.state.shop)  # cast: whoever makes the application puts it there


Holding = Annotated[Shop, Depends(shop_of)]


def needs(scope: Scope) -> Dependency:
    """A key with this scope; without any keys everybody who reaches the service has all of them."""

    async def check(request: Request, shop: Holding) -> None:
        keys = shop.settings.keys
        if not keys:
            return
        bearer, _, secret = request.headers.get("authorization", "").partition(" ")
        given = secret if bearer.lower() == "bearer" else request.headers.get("x-api-key", "")
        key = key_of(given, keys) if given else None
        if key is None:
            raise Problem(
                401,
                "no key, or one that opens nothing",
                code="key",
                hint="send  Authorization: Bearer SECRET  or  X-API-Key: SECRET",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if not key.allows(scope):
            raise Problem(
                403, f"the key {key.name!r} may {key.scope}, this needs {scope}", code="scope"
            )

    checked: Callable[[Request, Shop], Awaitable[None]] = check
    dependency: Dependency = Depends(checked)
    return dependency


read, write, admin = needs("read"), needs("write"), needs("admin")
"""Of routers and routes: every one has one of them."""
