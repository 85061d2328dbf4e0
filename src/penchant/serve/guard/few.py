"""Routes that look closely: few at a time, so that those who ask for recommendations are served."""

from collections.abc import AsyncIterator

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from penchant.serve.guard.access import Holding


async def _one_of_few(request: Request, shop: Holding) -> AsyncIterator[None]:
    route = getattr(request.scope.get("route"), "path", "")
    with shop.looking.among_few(route):
        yield


one_of_few: Dependency = Depends(_one_of_few)
"""Of a route; it answers 503 while as many as may be are under way."""
