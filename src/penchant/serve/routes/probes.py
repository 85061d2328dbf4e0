"""Is it alive, is it ready, what does it measure."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from penchant import __version__
from penchant.serve import openapi
from penchant.serve.guard.access import Holding, read

router = APIRouter(tags=["probes"])


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/health/ready")
async def ready(shop: Holding) -> dict[str, str | int]:
    """Models are loaded and the event store is open."""
    return {"status": "ready", "model": shop.active, "models": len(shop.names)}


@router.get("/openapi.json", dependencies=[read], include_in_schema=False)
async def openapi_document(request: Request) -> JSONResponse:
    """What can be asked, as OpenAPI."""
    return JSONResponse(openapi.document(request.app))


@router.get("/version", dependencies=[read])
async def version() -> dict[str, str]:
    """Of Penchant."""
    return {"penchant": __version__}


@router.get("/metrics", dependencies=[read], response_class=PlainTextResponse)
def metrics(shop: Holding) -> Response:
    """For Prometheus."""
    for name in shop.names:
        desk = shop.desk(name)[1]
        shop.meters.waiting.labels(name).set(desk.waiting)
        shop.meters.left_alone.labels(name).set(desk.breaker.is_open)
    if shop.talks.lm is not None:
        shop.meters.left_alone.labels("language model").set(shop.talks.lm.breaker.is_open)
    body = generate_latest(shop.meters.registry)
    return Response(body, media_type=CONTENT_TYPE_LATEST)
