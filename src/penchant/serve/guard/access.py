"""What routes depend on: the shop, and a key that allows what they do."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, Header, Request
from fastapi.params import Depends as Dependency

from penchant.serve.guard.keys import Scope, key_in, secret_in
from penchant.serve.guard.once import LONGEST_KEY, ask_once
from penchant.serve.guard.queries import check_query
from penchant.serve.problems import Problem
from penchant.serve.shop import Shop


def shop_of(request: Request) -> Shop:
    """What the application holds."""
    return cast(Shop, request.app.state.shop)  # cast: whoever makes the application puts it there


Holding = Annotated[Shop, Depends(shop_of)]


IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=LONGEST_KEY,
        pattern=r"^[!-~]+$",
        description="Sent again under the same key, a request is answered as it was, and not done. "
        "Letters, digits and signs of ASCII, without blanks.",
    ),
]


def needs(scope: Scope) -> Dependency:
    """A key with this scope; without any keys everybody who reaches the service has all of them."""

    async def check(request: Request, shop: Holding) -> None:
        check_key(request, shop, scope)
        check_query(request)

    async def check_once(
        request: Request, shop: Holding, idempotency_key: IdempotencyKey = None
    ) -> None:
        check_key(request, shop, scope)
        check_query(request)
        if idempotency_key is not None and request.method == "POST":
            await ask_once(request, shop.replies, idempotency_key, secret_in(request.headers))

    checked: Callable[..., Awaitable[None]] = check if scope == "read" else check_once
    dependency: Dependency = Depends(checked)
    return dependency


def check_key(request: Request, shop: Shop, scope: Scope) -> None:
    """Nothing, if the caller may do what needs this scope.

    Raises:
        Problem: There are keys, and the caller showed none of them, or one with less.
    """
    keys = shop.settings.keys
    if not keys:
        return
    key = key_in(request.headers, keys)
    if key is None:
        raise Problem(
            401,
            "no key, or one that opens nothing",
            code="key",
            hint="send  Authorization: Bearer SECRET  or  X-API-Key: SECRET",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if not key.allows(scope):
        told = f"the key {key.name!r} may {key.scope}, this needs {scope}"
        hint = f"send a key whose scope is {scope}; whoever runs this service gives them out"
        raise Problem(403, told, code="scope", hint=hint)


def caller_of(request: Request, shop: Holding) -> str:
    """The name of the key that was given; empty where there are no keys."""
    key = key_in(request.headers, shop.settings.keys)
    return "" if key is None else key.name


Caller = Annotated[str, Depends(caller_of)]
read, write, admin = needs("read"), needs("write"), needs("admin")
"""Of routers and routes: every one has one of them."""
