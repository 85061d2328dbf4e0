"""What people hold: fitted models that speak their own ids, saved and loaded whole."""

from penchant.models.advising import (
    Advice,
    ask,
    explain,
    read_language_model,
)
from penchant.models.asking import Answer, Asked
from penchant.models.batch import because, recommend_file
from penchant.models.fitting import fit
from penchant.models.folder import load, save, verify
from penchant.models.health import diagnose
from penchant.models.heldout import asked_cases, held_out, held_out_ratings, same_catalogue
from penchant.models.methods import KINDS, asks_language_models, read_method, write_method
from penchant.models.model import Model
from penchant.models.narrowing import narrowed
from penchant.models.record import (
    Record,
    cases_fingerprint,
    environment,
    fingerprint,
    versions,
)
from penchant.models.reranking import Pool, rerank
from penchant.models.rules import Quota, Rules
from penchant.models.tables import read_table, write_table
from penchant.models.where import allowed_items, read_where, where_clauses
from penchant.models.where_words import FilterError
from penchant.models.why_not import KeptOut, Terms, WhyNot, why_not

__all__ = [
    "KINDS",
    "Advice",
    "Answer",
    "Asked",
    "FilterError",
    "KeptOut",
    "Model",
    "Pool",
    "Quota",
    "Record",
    "Rules",
    "Terms",
    "WhyNot",
    "allowed_items",
    "ask",
    "asked_cases",
    "asks_language_models",
    "because",
    "cases_fingerprint",
    "diagnose",
    "environment",
    "explain",
    "fingerprint",
    "fit",
    "held_out",
    "held_out_ratings",
    "load",
    "narrowed",
    "read_language_model",
    "read_method",
    "read_table",
    "read_where",
    "recommend_file",
    "rerank",
    "same_catalogue",
    "save",
    "verify",
    "versions",
    "where_clauses",
    "why_not",
    "write_method",
    "write_table",
]
