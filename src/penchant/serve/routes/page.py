"""The page: files that need no key. All it asks for, it asks of the other routes, with one."""

import mimetypes
import re
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from penchant.serve.problems import Problem

router = APIRouter(include_in_schema=False)
BUILT = Path(__file__).parents[1] / "page"
"""What ``npm run build`` in ``web/`` writes."""
PATHS = (
    "/",
    "/explorer",
    "/compare",
    "/chat",
    "/results",
    "/training",
    "/prompts",
    "/data",
    "/ids",
    "/playground",
)
"""Of the page; which of them is shown is decided in the browser."""
POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
"""Nothing of other origins, no inline script or style, in no frame."""
YEAR = "public, max-age=31536000, immutable"
_NAME = re.compile(r"[A-Za-z0-9_-]+\.(js|css|svg)")


def show_page() -> FileResponse:
    """The same document for each of its paths."""
    document = BUILT / "index.html"
    if not document.is_file():
        raise Problem(
            404,
            "this installation has no page",
            code="page",
            hint="build it: cd web && npm ci && npm run build",
        )
    headers = {
        "content-security-policy": POLICY,
        "x-frame-options": "DENY",
        "cache-control": "no-cache",
    }
    return FileResponse(document, headers=headers)


for _path in PATHS:
    router.add_api_route(_path, show_page, methods=["GET"])


@router.get("/assets/{name}")
def asset(name: str) -> Response:
    """A script, a style or a picture; its name changes with what is in it."""
    file = BUILT / "assets" / name
    if not (_NAME.fullmatch(name) and file.is_file()):
        raise Problem(404, f"no file {name[:80]!r}", code="asset", hint="load the page again")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return FileResponse(file, media_type=kind, headers={"cache-control": YEAR})
