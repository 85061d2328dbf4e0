"""What stands behind the ? of a path: what a route does not know is refused, as in a body."""

from fastapi import Request
from fastapi.routing import APIRoute

from penchant.core import did_you_mean
from penchant.serve.problems import Problem


def check_query(request: Request) -> None:
    """Nothing, if the route knows all that the query names.

    Raises:
        Problem: It does not, and would have done something else than was asked.
    """
    route = request.scope.get("route")
    if not request.url.query or not isinstance(route, APIRoute) or not route.include_in_schema:
        return
    known = [field.alias for field in route.dependant.query_params]
    for name in request.query_params:
        if name not in known:
            near = did_you_mean(name, known)
            hint = f"known here: {', '.join(known)}" if known else "leave out what follows the ?"
            told = f"query {name[:80]}: there is no such parameter{near}"
            pointer = f"#/{name[:80].replace('~', '~0').replace('/', '~1')}"
            raise Problem(422, told, code="invalid", pointer=pointer, hint=hint)
