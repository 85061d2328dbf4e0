"""Tools over standard input and output, for an agent on this machine."""

import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from penchant.core import MissingExtra, Run
from penchant.serve.running import opened_shop
from penchant.serve.settings import Settings


def serve_agent(
    models: Sequence[Path],
    run: Run,
    *,
    store: Path | None = None,
    user: str | None = None,
    lm: str | None = None,
    books: Path | None = None,
) -> None:
    """Answers until the agent hangs up; standard output carries nothing but the protocol.

    Args:
        models: Saved models; the first answers.
        run: Threads of each model.
        store: Where events are kept; ``None``: none can be recorded.
        user: The only person whom the tools may speak of; ``None``: whoever is named.
        lm: The language model that gives reasons, as ``--lm`` takes it.
        books: Its accounts.

    Raises:
        MissingExtra: mcp is not installed.
        StorageError: A model or the store cannot be read.
    """
    if importlib.util.find_spec("mcp") is None:
        raise MissingExtra("mcp", extra="mcp")
    from penchant.serve.agents.tools import agent_server

    with _folder(store) as folder:
        settings = Settings(folder=folder, lm=lm, books=books)
        with opened_shop(models, settings, run) as shop:
            may_write = None if store is None else (lambda _: True)
            agent_server(shop, may_write=may_write, user=user).run("stdio")


@contextmanager
def _folder(store: Path | None) -> Iterator[Path]:
    """Where events are kept: nowhere that lasts, if nowhere was named."""
    if store is not None:
        yield store
        return
    with TemporaryDirectory(prefix="penchant-mcp-") as folder:
        yield Path(folder)
