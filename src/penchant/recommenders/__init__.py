"""One file, one method; compose joins them."""

from penchant import indexing
from penchant.backbones import CODE_MODEL
from penchant.core import Kind
from penchant.data import Method
from penchant.language import LANGUAGE_MODEL
from penchant.prompting import PLANNER

METHODS = {
    "blend": "compose:Blend",
    "bookgpt": "bookgpt:BookGPT",
    "cascade": "compose:Cascade",
    "covisit": "covisit:CoVisit",
    "ease": "ease:EASE",
    "fallback": "compose:Fallback",
    "in-context": "incontext:InContext",
    "intention": "intention:Intention",
    "itemknn": "itemknn:ItemKNN",
    "llmrank": "llmrank:LLMRank",
    "lmrecsys": "lmrecsys:LMRecSys",
    "markov": "markov:Markov",
    "nir": "nir:NIR",
    "openp5": "openp5:OpenP5",
    "p5": "p5:P5",
    "popular": "popular:Popular",
    "quote": "quote:Quote",
    "rating-bias": "bias:RatingBias",
    "retrieval-augmented": "rag:RetrievalAugmented",
    "sasrec": "sasrec:SASRec",
    "search": "search:Search",
    "think-first": "thinkfirst:ThinkFirst",
    "tiger": "tiger:Tiger",
    "tuned": "tuned:Tuned",
}
"""Every method: its name in specs and on the command line, and where it stands."""

METHOD = Kind("method", "penchant.recommenders", METHODS, Method)

KINDS = (METHOD, CODE_MODEL, LANGUAGE_MODEL, PLANNER, *indexing.KINDS)
"""What a method's options may hold by name."""

__all__ = ["KINDS", "METHOD", "METHODS"]
