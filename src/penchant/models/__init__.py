"""What people hold: fitted models that speak their own ids, saved and loaded whole."""

from penchant.models.asking import Answer, Asked
from penchant.models.fitting import fit
from penchant.models.folder import load, save, verify
from penchant.models.methods import KINDS, read_method, write_method
from penchant.models.model import Model
from penchant.models.record import (
    Record,
    cases_fingerprint,
    environment,
    fingerprint,
    versions,
)
from penchant.models.where import allowed_items, read_where
from penchant.models.where_words import FilterError

__all__ = [
    "KINDS",
    "Answer",
    "Asked",
    "FilterError",
    "Model",
    "Record",
    "allowed_items",
    "cases_fingerprint",
    "environment",
    "fingerprint",
    "fit",
    "load",
    "read_method",
    "read_where",
    "save",
    "verify",
    "versions",
]
