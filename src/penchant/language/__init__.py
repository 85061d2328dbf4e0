"""Language models at work: what they are asked, what they answer, and what it cost.

The names below load without torch and without a client; a model loads what it needs when it is
opened.
"""

from penchant.core import Kind
from penchant.language.booked_probe import Probe, probe
from penchant.language.budget import Amount, Budget
from penchant.language.gguf import GGUF
from penchant.language.instructions import (
    Instruction,
    find_instructions,
    speaks_to_model,
    trusted_part,
    without_instructions,
)
from penchant.language.ladder_reading import fits, read_shaped
from penchant.language.ledger import Ledger
from penchant.language.ledger_options import LedgerOptions
from penchant.language.ledger_reports import count_failures, forget_answers, sum_calls
from penchant.language.ledger_rows import LedgerMode
from penchant.language.local import LocalLM
from penchant.language.opening import Booked, forget_open_models, opened
from penchant.language.prices import Priced, Prices
from penchant.language.redaction import Redacted, redact, redact_prompt
from penchant.language.remote import RemoteLM
from penchant.language.scripted import ScriptedLM
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
    "gguf": "gguf:GGUF",
    "local": "local:LocalLM",
    "remote": "remote:RemoteLM",
    "scripted": "scripted:ScriptedLM",
}
"""Every way to have a language model: its name in specs, and where it stands."""

LANGUAGE_MODEL = Kind("lm", "penchant.language", LANGUAGE_MODELS, LanguageModel)

__all__ = [
    "GGUF",
    "GREEDY",
    "LANGUAGE_MODEL",
    "LANGUAGE_MODELS",
    "Amount",
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
