"""A GGUF file on this machine, run by llama.cpp: no torch, little memory."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from penchant.backbones import MODELS
from penchant.backbones.models import WEIGHTS
from penchant.core import AssetError, MissingExtra, Run, UsageError, fetch, hash_file

if TYPE_CHECKING:
    from penchant.language.gguf.model import OpenGGUF


@dataclass(frozen=True)
class GGUF:
    """A language model in a GGUF file: it writes, streams, scores and embeds.

    >>> GGUF().path
    'smollm2-135m-instruct'
    """

    path: str = "smollm2-135m-instruct"
    """A file, or the name of a model that ``penchant models list`` shows with ``-gguf`` behind."""
    window: int = 8_192
    """Most tokens of prompt and answer together; memory is set aside for all of them."""

    def __post_init__(self) -> None:
        if self.window < 2:
            raise UsageError(f"window={self.window}: need at least 2 tokens")

    def open(self, run: Run) -> "OpenGGUF":
        """Fetches the model and loads it.

        Raises:
            AssetError: There is no such file, or llama.cpp cannot read it.
            MissingExtra: xllamacpp is not installed.
        """
        try:
            from penchant.language.gguf.model import OpenGGUF
        except ImportError as error:
            if error.name != "xllamacpp":
                raise
            raise MissingExtra("xllamacpp", extra="gguf") from error

        known = f"{self.path}-gguf"
        if known in MODELS:
            file = fetch(MODELS[known], run.watch) / MODELS[known].files[0].path
            weights = WEIGHTS[known]
        else:
            file = Path(self.path)
            weights = hash_file(file) if file.is_file() else ""
        if not weights or not _is_gguf(file):
            raise AssetError(
                f"no GGUF file {self.path!r}: name a file that llama.cpp can read, or"
                " smollm2-135m-instruct"
            )
        return OpenGGUF(self, file, weights, run)

    def assets(self) -> dict[str, str]:
        """The model and the sha256 of its file, if it can be had by name."""
        known = f"{self.path}-gguf"
        return {known: WEIGHTS[known]} if known in MODELS else {}


def _is_gguf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"GGUF"
