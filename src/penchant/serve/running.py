"""A service over saved models, from start to end."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from penchant.core import Run, StorageError, UsageError
from penchant.models import load
from penchant.serve.app import application
from penchant.serve.events import open_events
from penchant.serve.guard.wire import Wire
from penchant.serve.settings import Settings
from penchant.serve.shop import Shop
from penchant.serve.tuning import settle

KEEP_ALIVE_S = 15
END_S = 20


@contextmanager
def opened_shop(models: Sequence[Path], settings: Settings, run: Run) -> Iterator[Shop]:
    """Loads models under the names of their folders, the first one active, and opens the store.

    A model of an experiment, ``entries/NAME/fit``, is called ``NAME``.

    Raises:
        UsageError: Two models have one name.
        StorageError: A model or the store cannot be read.
    """
    loaded = {}
    for folder in models:
        whole = folder.resolve()
        name = whole.parent.name if whole.name == "fit" else whole.name
        if name in loaded:
            raise UsageError(f"two models are called {name!r}: rename one of the folders")
        loaded[name] = load(folder, run=run)
    shop = Shop(loaded, open_events(settings.folder, settings.database), settings)
    try:
        yield shop
    finally:
        shop.close()


def serve(
    models: Sequence[Path], settings: Settings, run: Run, *, started: Callable[[str], None]
) -> None:
    """Serves until SIGTERM or Ctrl-C; requests under way are answered first.

    Args:
        models: Saved models.
        settings: Addresses and bounds.
        run: Threads of each model.
        started: Is told the address once it answers.
    """
    with opened_shop(models, settings, run) as shop:
        name, desk = shop.desk(None)
        shop.talks.warm(name, desk.model)
        server = _Server(configured(shop), started)
        try:
            with _ended_in_order():
                server.run()
        except SystemExit as error:  # how uvicorn says that the address is taken
            raise StorageError(
                f"could not listen at {settings.host}:{settings.port}: is another service there? "
                "Name another --port"
            ) from error


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """SIGTERM ends the server alone, so that what it stood on can be closed after it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def configured(shop: Shop) -> uvicorn.Config:
    """How the server listens, and speaks HTTP."""
    return uvicorn.Config(
        application(shop),
        host=shop.settings.host,
        port=shop.settings.port,
        http=Wire,
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=END_S,
    )


class _Server(uvicorn.Server):
    """Says its address when it is there: with port 0 nobody knows it before."""

    def __init__(self, config: uvicorn.Config, started: Callable[[str], None]) -> None:
        super().__init__(config)
        self._told = started

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]  # uvicorn's own sockets
        """As uvicorn does."""
        await super().startup(None)
        settle()
        for server in self.servers:
            for listening in server.sockets:
                host, port = listening.getsockname()[:2]
                self._told(f"http://{host}:{port}")
