"""A language model on this machine, run by transformers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from penchant.backbones import MODELS
from penchant.backbones.models import WEIGHTS
from penchant.core import MissingExtra, Run, UnknownName, UsageError

if TYPE_CHECKING:
    from penchant.language.local.causal import OpenCausal
    from penchant.language.local.masked import OpenMasked

Precision = Literal["auto", "float32", "bfloat16", "float16"]
TooLong = Literal["fail", "cut"]


@dataclass(frozen=True)
class LocalLM:
    """A language model on this machine: it writes, streams, scores and embeds.

    What prompts have in common is computed once, in a call and from call to call.

    >>> LocalLM().name
    'smollm2-135m-instruct'
    """

    name: str = "smollm2-135m-instruct"
    """A name that ``penchant models list`` shows, a folder, or a name on a hub. Models that fill in
    masks, as BERT does, score and embed only."""
    precision: Precision = "auto"
    """Of weights and products; *auto*: bfloat16 where the processor has instructions for it, else
    float32."""
    window: int | None = None
    """Most tokens of prompt and answer together; ``None``: what the model was made for."""
    too_long: TooLong = "fail"
    """What becomes of a prompt that does not fit into the window: no answer, with the failure
    *too-long*; or its middle is cut out, and how much is said."""
    batch_size: int = 16
    """Answers that are written side by side."""
    prefix_mb: int = 256
    """Memory for what prompts have in common, in MB of a million bytes."""

    def __post_init__(self) -> None:
        for name, known in (("precision", Precision), ("too_long", TooLong)):
            if getattr(self, name) not in get_args(known):
                raise UnknownName(name, getattr(self, name), get_args(known))
        if self.window is not None and self.window < 2:
            raise UsageError(f"window={self.window}: need at least 2 tokens")
        if self.batch_size < 1:
            raise UsageError(f"batch_size={self.batch_size}: need at least 1")
        if self.prefix_mb < 0:
            raise UsageError(f"prefix_mb={self.prefix_mb}: need 0, which keeps nothing, or more")

    def open(self, run: Run) -> "OpenCausal | OpenMasked":
        """Fetches the model and loads its weights.

        Raises:
            AssetError: There is no such model, or it is not one that writes or fills in masks.
            MissingExtra: transformers or torch is not installed.
        """
        try:
            from penchant.language.local.loading import load
        except ImportError as error:
            if error.name not in {"torch", "transformers", "tokenizers"}:
                raise
            raise MissingExtra("torch and transformers", extra="lm") from error

        return load(self, run)

    def assets(self) -> dict[str, str]:
        """The model and the sha256 of its weights, if it is one of :data:`MODELS`."""
        return {self.name: WEIGHTS[self.name]} if self.name in MODELS else {}
