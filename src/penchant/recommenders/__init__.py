"""One file, one method; compose joins them."""

from penchant.core import Kind
from penchant.data import Method

METHODS = {
    "blend": "compose:Blend",
    "cascade": "compose:Cascade",
    "covisit": "covisit:CoVisit",
    "ease": "ease:EASE",
    "fallback": "compose:Fallback",
    "itemknn": "itemknn:ItemKNN",
    "markov": "markov:Markov",
    "popular": "popular:Popular",
    "sasrec": "sasrec:SASRec",
    "tiger": "tiger:Tiger",
    "tuned": "tuned:Tuned",
}
"""Every method: its name in specs and on the command line, and where it stands."""

METHOD = Kind("method", "penchant.recommenders", METHODS, Method)

__all__ = ["METHOD", "METHODS"]
