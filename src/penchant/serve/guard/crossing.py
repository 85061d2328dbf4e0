"""Pages of other origins: what a browser must hear before one may call and read the answer.

Cookies and logins of the browser play no part: a page shows a key, or there are none.
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlsplit

from penchant.core import UsageError

Header = tuple[bytes, bytes]
METHODS = b"DELETE, GET, PATCH, POST, PUT"
SHOWN = b"Idempotent-Replayed, Location, Mcp-Session-Id, Retry-After, X-Request-Id"
"""Headers of an answer that a page may read, beside those that it always may."""
REMEMBERED_S = 600
_NAMES = re.compile(rb"[A-Za-z0-9-]+(?:, ?[A-Za-z0-9-]+){0,63}")


def check_origins(origins: Iterable[str]) -> None:
    """Refuses what no browser would send as its ``Origin``.

    Raises:
        UsageError: It is no origin, or has more to it, such as a slash at its end.
    """
    for origin in origins:
        parts = split(origin)
        if not (parts.scheme and parts.netloc) or "*" in origin:
            raise UsageError(
                f"origin={origin!r}: name each one whole, such as https://shop.example; there is "
                "no word for all of them"
            )
        wanted = f"{parts.scheme}://{parts.netloc}".lower()
        if origin != wanted:
            raise UsageError(
                f"origin={origin!r}: browsers send the scheme, host and port alone: {wanted}"
            )


def split(address: str) -> SplitResult:
    """The parts of an address; none of one that cannot be."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def told_to_pages(origin: str, origins: tuple[str, ...]) -> list[Header]:
    """Of every answer, so that the page may read it, and nobody else is sent it from a cache."""
    if not origins:
        return []
    differs = (b"vary", b"Origin")
    if origin not in origins:
        return [differs]
    allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
    return [differs, allowed, (b"access-control-expose-headers", SHOWN)]


def preflight(method: str, headers: Mapping[bytes, bytes]) -> list[Header] | None:
    """What a browser hears that asks before a page calls; ``None``: nobody asks that.

    It asks without a key, and each route still needs one.
    """
    wanted = b"access-control-request-method" in headers and b"origin" in headers
    if method != "OPTIONS" or not wanted:
        return None
    told = [
        (b"access-control-allow-methods", METHODS),
        (b"access-control-max-age", str(REMEMBERED_S).encode()),
    ]
    # Client libraries send headers of their own; none of them opens anything here.
    names = headers.get(b"access-control-request-headers", b"")
    if _NAMES.fullmatch(names):
        told.append((b"access-control-allow-headers", names))
    return told
