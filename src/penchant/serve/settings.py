"""How a service is set up: all bounds in one place."""

from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from penchant.core import UsageError
from penchant.serve.guard.crossing import check_origins
from penchant.serve.guard.keys import Key, check_host

MOST_ITEMS = 1_000
"""Of an answer, and of a history."""
LONGEST_FILTER = 5_000
LONGEST_TEXT = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Bounds and addresses of a service."""

    folder: Path
    """Where events and all else that the service keeps are."""
    database: str | None = field(default=None, repr=False)
    """The address of a PostgreSQL database that keeps the events; ``None``: the folder does."""
    host: str = "127.0.0.1"
    port: int = 8000
    keys: tuple[Key, ...] = ()
    """None: whoever reaches this machine's own address may do everything."""
    hosts: tuple[str, ...] = ()
    """Names under which it is reached, beside ``host``; others are refused."""
    origins: tuple[str, ...] = ()
    """Pages of other origins that may call it."""
    body_bytes: int = 1 << 20
    import_bytes: int = 64 << 20
    """Of many events in lines."""
    waiting: int = 64
    """Requests that may wait for a model; more are refused."""
    deadline_s: float = 10.0
    """An answer of the model later than this is replaced by what most people choose."""
    requests_per_s: float | None = None
    """Of one key or address; ``None``: no bound."""
    remembered_bytes: int = 64 << 20
    """Of answers that are sent again while nothing changed; 0: none are."""
    models: Path | None = None
    """Where jobs leave models, and whence they may be loaded; ``None``: nowhere."""
    data: Path | None = None
    """The data set folder that jobs fit on and the page describes."""
    runs: Path | None = None
    """Folders of experiments, whose results are shown."""
    books: Path | None = None
    """The accounts of calls to language models; ``None``: kept in memory."""
    lm: str | None = None
    """The language model of conversations, as ``--lm`` takes it; ``None``: they use none."""

    def __post_init__(self) -> None:
        check_host(self.host, self.keys)
        check_origins(self.origins)
        for name in ("body_bytes", "import_bytes", "waiting"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        if not self.deadline_s > 0:
            raise UsageError(f"deadline_s={self.deadline_s:g}: need more than 0 seconds")
        rate = self.requests_per_s
        if rate is not None and not 0 < rate < inf:
            raise UsageError(f"requests_per_s={rate:g}: need more than 0, or none for no bound")
        self._check_folders()

    def _check_folders(self) -> None:
        """Refuses folders that nothing could be read from, or left in, later."""
        if self.models is not None and self.models.exists() and not self.models.is_dir():
            raise UsageError(
                f"models={str(self.models)!r} is no folder: name one that holds models by name and "
                "version, or a new one"
            )
        if self.data is not None and not (self.data / "dataset.json").is_file():
            raise UsageError(
                f"data={str(self.data)!r} is no data set folder (it has no dataset.json): make one "
                "with  penchant data get NAME --out FOLDER,  or of own files with  penchant up"
            )
        if self.runs is not None and not self.runs.is_dir():
            raise UsageError(
                f"runs={str(self.runs)!r} is no folder: name the one that experiments are in, "
                "as  penchant run  leaves them"
            )
