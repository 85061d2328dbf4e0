"""Bytes to an endpoint and back, and what goes wrong on the way."""

import json
import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from penchant.backbones.endpoint_address import Address
from penchant.backbones.endpoint_errors import CallFailed
from penchant.core import MissingExtra, PenchantError

if TYPE_CHECKING:
    import httpx2


class Transport:
    """Connections to an endpoint; threads may share them."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._open_client: httpx2.Client | None = None

    def open(self, path: str, body: dict[str, Any] | None, until: float, native: bool) -> Any:
        # Any: a context manager whose type httpx2 keeps to itself
        left = until - time.monotonic()
        if left <= 0:
            raise CallFailed("slow", "the deadline passed before the call")
        url = (self._address.root if native else self._address.base_url.rstrip("/")) + path
        method = "GET" if body is None else "POST"
        headers = {"Authorization": f"Bearer {key}"} if (key := self.key()) else {}
        # ASCII: titles may hold halves of characters, which UTF-8 has no bytes for.
        raw = None if body is None else json.dumps(body).encode("ascii")
        headers["Content-Type"] = "application/json"
        return self._client().stream(method, url, content=raw, headers=headers, timeout=left)

    def key(self) -> str:
        """The key; empty: there is none. Read each time, since it may be mended.

        Raises:
            PenchantError: What is there cannot be a key.
        """
        key = os.environ.get(self._address.key_env, "").strip()
        if not (key.isascii() and key.isprintable()):
            raise PenchantError(
                f"what ${self._address.key_env} holds is no key: it has signs that no header takes"
                f"\n  hint: export {self._address.key_env} again, in plain letters"
            )
        return key

    def clean(self, text: str) -> str:
        """Without the key, which some endpoints repeat, and without control characters."""
        key = self.key()
        shown = text.replace(key, "…") if len(key) > 3 else text
        return "".join(sign if sign.isprintable() else " " for sign in shown)

    def _client(self) -> "httpx2.Client":
        with self._lock:
            if self._open_client is None:
                http, most = _httpx2(), self._address.concurrency
                self._open_client = http.Client(limits=http.Limits(max_connections=most))
                weakref.finalize(self, self._open_client.close)
            return self._open_client


def _httpx2() -> ModuleType:
    try:
        import httpx2
    except ImportError as error:
        raise MissingExtra("httpx2", extra="remote") from error
    return httpx2


@contextmanager
def explained() -> Iterator[None]:
    """Turns what the transport raises into :class:`CallFailed`."""
    http = _httpx2()
    try:
        yield
    except (http.ConnectError, http.ConnectTimeout) as error:
        raise CallFailed("down", str(error), again=True, mend="down") from error
    except http.TimeoutException as error:
        raise CallFailed("slow", "no answer in time", again=True) from error
    except http.DecodingError as error:
        raise CallFailed("garbled", str(error), again=True) from error
    except (http.TransportError, http.InvalidURL) as error:
        if "complete message" in str(error):
            raise CallFailed("cut", "the answer ended in the middle", again=True) from error
        raise CallFailed("down", f"it broke off: {error}", again=True) from error
