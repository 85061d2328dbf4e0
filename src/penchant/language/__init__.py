"""Language models at work: what they are asked, what they answer, and what it cost.

The names below load without torch and without a client; a model loads what it needs when it is
opened.
"""

from penchant.core import Kind
from penchant.language.budget import Amount, Budget
from penchant.language.instructions import (
    Instruction,
    find_instructions,
    speaks_to_model,
    without_instructions,
)
from penchant.language.ledger import Ledger
from penchant.language.local import LocalLM
from penchant.language.opening import Booked, forget_open_models, opened
from penchant.language.prices import Priced, Prices
from penchant.language.redaction import Redacted, redact, redact_prompt
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
    "local": "local:LocalLM",
    "scripted": "scripted:ScriptedLM",
}
"""Every way to have a language model: its name in specs, and where it stands."""

LANGUAGE_MODEL = Kind("lm", "penchant.language", LANGUAGE_MODELS, LanguageModel)

__all__ = [
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
    "Likelihoods",
    "LocalLM",
    "Message",
    "OpenModel",
    "Priced",
    "Prices",
    "Prompt",
    "Redacted",
    "Reply",
    "Reranker",
    "Sampling",
    "Scorer",
    "ScriptedLM",
    "Streamer",
    "Usage",
    "Writer",
    "find_instructions",
    "forget_open_models",
    "opened",
    "redact",
    "redact_prompt",
    "speaks_to_model",
    "text_hash",
    "without_instructions",
]
