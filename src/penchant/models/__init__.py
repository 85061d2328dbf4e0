"""What people hold: fitted models that speak their own ids, saved and loaded whole."""

from penchant.models.advising import ask, explain, read_language_model
from penchant.models.advisor import Advice, Advisor
from penchant.models.asking import Answer, Asked
from penchant.models.barriers import KeptOut, Terms
from penchant.models.batch import because, recommend_file
from penchant.models.card import model_card
from penchant.models.fitting import fit
from penchant.models.folder import load, save, verify
from penchant.models.health import diagnose
from penchant.models.heldout import asked_cases, held_out, held_out_ratings, same_catalogue
from penchant.models.levelling import levelled
from penchant.models.methods import (
    KINDS,
    asks_language_models,
    method_with,
    options_with,
    read_method,
    write_method,
)
from penchant.models.model import Model
from penchant.models.narrowing import narrowed
from penchant.models.ordering import OrderedTexts, order_texts
from penchant.models.record import (
    Record,
    cases_fingerprint,
    environment,
    fingerprint,
    versions,
)
from penchant.models.renewing import with_catalog, with_events, without_people
from penchant.models.reranking import Pool, Reordered, known_data, reorder, rerank
from penchant.models.rules import Quota, Rules
from penchant.models.stocking import Change, how_it_grows, misfit, with_stock
from penchant.models.tables import read_table, write_table
from penchant.models.versions import (
    Pointer,
    Version,
    activate,
    find_version,
    model_versions,
    publish,
    read_pointer,
    rollback,
)
from penchant.models.where import allowed_items, read_where, where_clauses
from penchant.models.where_words import FilterError
from penchant.models.why_not import WhyNot, why_not
from penchant.models.wishes import Wish, read_wish, read_wishes

__all__ = [
    "KINDS",
    "Advice",
    "Advisor",
    "Answer",
    "Asked",
    "Change",
    "FilterError",
    "KeptOut",
    "Model",
    "OrderedTexts",
    "Pointer",
    "Pool",
    "Quota",
    "Record",
    "Reordered",
    "Rules",
    "Terms",
    "Version",
    "WhyNot",
    "Wish",
    "activate",
    "allowed_items",
    "ask",
    "asked_cases",
    "asks_language_models",
    "because",
    "cases_fingerprint",
    "diagnose",
    "environment",
    "explain",
    "find_version",
    "fingerprint",
    "fit",
    "held_out",
    "held_out_ratings",
    "how_it_grows",
    "known_data",
    "levelled",
    "load",
    "method_with",
    "misfit",
    "model_card",
    "model_versions",
    "narrowed",
    "options_with",
    "order_texts",
    "publish",
    "read_language_model",
    "read_method",
    "read_pointer",
    "read_table",
    "read_where",
    "read_wish",
    "read_wishes",
    "recommend_file",
    "reorder",
    "rerank",
    "rollback",
    "same_catalogue",
    "save",
    "verify",
    "versions",
    "where_clauses",
    "why_not",
    "with_catalog",
    "with_events",
    "with_stock",
    "without_people",
    "write_method",
    "write_table",
]
