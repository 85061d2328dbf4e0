"""Language models at work: what they are asked, what they answer, and what it cost.

The names below load without torch and without a client; a model loads what it needs when it is
opened.
"""

from penchant.core import Kind
from penchant.core.redaction import Redacted, redact
from penchant.language.attended import Attended, Taped
from penchant.language.books.booked_probe import Probe, probe
from penchant.language.books.budget import Amount, Budget
from penchant.language.books.ledger import Ledger
from penchant.language.books.options import LedgerOptions
from penchant.language.books.prices import Priced, Prices
from penchant.language.books.reports import count_failures, forget_answers, sum_calls
from penchant.language.books.rows import LedgerMode
from penchant.language.gguf.value import GGUF
from penchant.language.instructions import (
    Instruction,
    find_instructions,
    speaks_to_model,
    trusted_part,
    without_instructions,
)
from penchant.language.local.value import LocalLM
from penchant.language.opening import Booked, forget_open_models, opened
from penchant.language.redaction import redact_prompt
from penchant.language.remote.ladder_reading import fits, read_shaped
from penchant.language.remote.value import RemoteLM
from penchant.language.scripted.value import ScriptedLM
from penchant.language.words import (
    GREEDY,
    Embedder,
    Failure,
    JsonShape,
    LanguageModel,
    Likelihoods,
    Message,
    OpenModel,
    Prompt,
    Reply,
    Reranker,
    Sampling,
    Scorer,
    Streamer,
    Usage,
    Writer,
    text_hash,
)

LANGUAGE_MODELS: dict[str, str] = {
    "gguf": "gguf.value:GGUF",
    "local": "local.value:LocalLM",
    "remote": "remote.value:RemoteLM",
    "scripted": "scripted.value:ScriptedLM",
}
"""Every way to have a language model: its name in specs, and where it stands."""

LANGUAGE_MODEL = Kind("lm", "penchant.language", LANGUAGE_MODELS, LanguageModel)

__all__ = [
    "GGUF",
    "GREEDY",
    "LANGUAGE_MODEL",
    "LANGUAGE_MODELS",
    "Amount",
    "Attended",
    "Booked",
    "Budget",
    "Embedder",
    "Failure",
    "Instruction",
    "JsonShape",
    "LanguageModel",
    "Ledger",
    "LedgerMode",
    "LedgerOptions",
    "Likelihoods",
    "LocalLM",
    "Message",
    "OpenModel",
    "Priced",
    "Prices",
    "Probe",
    "Prompt",
    "Redacted",
    "RemoteLM",
    "Reply",
    "Reranker",
    "Sampling",
    "Scorer",
    "ScriptedLM",
    "Streamer",
    "Taped",
    "Usage",
    "Writer",
    "count_failures",
    "find_instructions",
    "fits",
    "forget_answers",
    "forget_open_models",
    "opened",
    "probe",
    "read_shaped",
    "redact",
    "redact_prompt",
    "speaks_to_model",
    "sum_calls",
    "text_hash",
    "trusted_part",
    "without_instructions",
]
