"""What an endpoint turned out to be able to do, kept in the cache so that it is found out once."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from penchant.backbones.endpoint_address import Address
from penchant.backbones.endpoint_errors import held_until
from penchant.core import Run, StorageError, cache_folder, write_file

KEPT_FOR_S = 7 * 24 * 3600.0
"""After a week an endpoint is tried anew: servers learn."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What is known of a model at an endpoint; ``None`` and empty: not tried yet."""

    rung: str = ""
    """How it is held to a shape; one of :data:`penchant.language.remote.ladder.RUNGS`."""
    echoes: bool | None = None
    """It repeats a plain text with the likelihood of each token."""
    completes: bool | None = None
    """It goes on with a plain text."""
    tops: int | None = None
    """How many of the likeliest tokens it tells."""
    refuses: tuple[str, ...] = ()
    """Options of calls that it does not take."""
    server: str | None = None
    """Who owns the model, as its list says: *llamacpp*, *vllm*, …; empty: it has no list."""
    window: int | None = None
    """Most tokens, where it says so."""
    dimension: int | None = None
    """Of its vectors."""
    reranks: str = ""
    """The path at which it orders texts, or *none*."""


class Learning:
    """What is known of an endpoint while it is used; threads may share it."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._finding = threading.Semaphore()
        self.known = read_abilities(address)

    def learn(self, **found: Any) -> None:
        """Takes in what was found out, and keeps it on disk."""
        with self._lock:
            changed = replace(self.known, **found)
            if changed != self.known:
                self.known = changed
                write_abilities(self._address, changed)

    @contextmanager
    def settling(self, is_known: Callable[[Abilities], bool], run: Run) -> Iterator[None]:
        """Lets one in at a time until something is known: the others then need not find it out.

        Raises:
            CallFailed: The deadline passed while another was in.
        """
        if is_known(self.known):
            yield
            return
        with ExitStack() as held:
            held.enter_context(held_until(self._finding, run))
            if is_known(self.known):
                held.close()
            yield

    def refuse(self, option: str) -> None:
        """It does not take an option of calls."""
        self.learn(refuses=tuple(sorted({*self.known.refuses, option})))


def read_abilities(address: Address) -> Abilities:
    """What was found out before, on this machine, in the last week."""
    path = _path(address)
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not 0 <= time.time() - kept["at"] < KEPT_FOR_S:
            return Abilities()
        known = {field.name for field in fields(Abilities)}
        values = {name: value for name, value in kept["abilities"].items() if name in known}
        return replace(Abilities(**values), refuses=tuple(values.get("refuses", ())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Abilities()


def write_abilities(address: Address, abilities: Abilities) -> None:
    """Keeps what was found out; a cache that cannot be written costs only a probe later."""
    told = {"endpoint": address.base_url, "model": address.model, "at": time.time()}
    try:
        with write_file(_path(address)) as temporary:
            temporary.write_text(
                json.dumps({**told, "abilities": asdict(abilities)}, indent=1), encoding="utf-8"
            )
    except (OSError, StorageError):
        return


def forget_abilities(address: Address) -> None:
    """Tries everything anew next time."""
    _path(address).unlink(missing_ok=True)


def _path(address: Address) -> Path:
    name = hashlib.sha256(f"{address.base_url}\n{address.model}".encode()).hexdigest()[:24]
    return cache_folder() / "endpoints" / f"{name}.json"
