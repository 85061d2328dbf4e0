"""Follows the pointer of the models folder: the command line can activate a model, too."""

import logging
import threading
from pathlib import Path

from penchant.core import PenchantError
from penchant.models.versions import POINTER
from penchant.serve.lineup import Lineup
from penchant.serve.problems import Problem

_LOG = logging.getLogger(__name__)
EVERY_S = 1.0
"""Between two looks at the pointer."""


class Following:
    """A thread that activates what the pointer names, whoever moved it."""

    def __init__(self, lineup: Lineup, folder: Path | None) -> None:
        """Begins to look; without a folder there is nothing to look at."""
        self._lineup, self._folder, self._ended = lineup, folder, threading.Event()
        self._seen = self._moved()
        self._thread = threading.Thread(target=self._work, name="pointer", daemon=True)
        if folder is not None:
            self._thread.start()

    def close(self) -> None:
        """Looks no more. May be called again."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _moved(self) -> int:
        """When the pointer was moved last."""
        try:
            return 0 if self._folder is None else (self._folder / POINTER).stat().st_mtime_ns
        except OSError:
            return 0

    def _work(self) -> None:
        while not self._ended.wait(EVERY_S):
            moved = self._moved()
            if moved in {0, self._seen}:
                continue
            self._seen = moved
            try:
                self._lineup.follow()
            except (PenchantError, Problem) as error:
                _LOG.error("the pointer was moved, but: %s", error)
