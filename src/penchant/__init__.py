"""Penchant.

Recommendation with language models, measured against the recommenders that they must beat.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from penchant import data as data
    from penchant.backbones import HashedText as HashedText
    from penchant.backbones import RemoteEncoder as RemoteEncoder
    from penchant.backbones import SentenceEncoder as SentenceEncoder
    from penchant.core import Run as Run
    from penchant.evaluate import evaluate as evaluate
    from penchant.language import GGUF as GGUF
    from penchant.language import LocalLM as LocalLM
    from penchant.language import RemoteLM as RemoteLM
    from penchant.language import ScriptedLM as ScriptedLM
    from penchant.models import Model as Model
    from penchant.models import fit as fit
    from penchant.models import load as load
    from penchant.recommenders.bias import RatingBias as RatingBias
    from penchant.recommenders.bookgpt import BookGPT as BookGPT
    from penchant.recommenders.compose import Blend as Blend
    from penchant.recommenders.compose import Cascade as Cascade
    from penchant.recommenders.compose import Fallback as Fallback
    from penchant.recommenders.covisit import CoVisit as CoVisit
    from penchant.recommenders.ease import EASE as EASE
    from penchant.recommenders.incontext import InContext as InContext
    from penchant.recommenders.intention import Intention as Intention
    from penchant.recommenders.itemknn import ItemKNN as ItemKNN
    from penchant.recommenders.llmrank import LLMRank as LLMRank
    from penchant.recommenders.lmrecsys import LMRecSys as LMRecSys
    from penchant.recommenders.markov import Markov as Markov
    from penchant.recommenders.nir import NIR as NIR
    from penchant.recommenders.openp5 import OpenP5 as OpenP5
    from penchant.recommenders.p5 import P5 as P5
    from penchant.recommenders.popular import Popular as Popular
    from penchant.recommenders.quote import Quote as Quote
    from penchant.recommenders.rag import RetrievalAugmented as RetrievalAugmented
    from penchant.recommenders.sasrec import SASRec as SASRec
    from penchant.recommenders.search import Search as Search
    from penchant.recommenders.thinkfirst import ThinkFirst as ThinkFirst
    from penchant.recommenders.tiger import Tiger as Tiger
    from penchant.recommenders.tuned import Choice as Choice
    from penchant.recommenders.tuned import Range as Range
    from penchant.recommenders.tuned import Tuned as Tuned
    from penchant.train import Supervised as Supervised

__version__ = "0.1.0"

_MODULES = ("data",)
_NAMES = {
    "Blend": "penchant.recommenders.compose",
    "BookGPT": "penchant.recommenders.bookgpt",
    "Cascade": "penchant.recommenders.compose",
    "Choice": "penchant.recommenders.tuned",
    "CoVisit": "penchant.recommenders.covisit",
    "EASE": "penchant.recommenders.ease",
    "Fallback": "penchant.recommenders.compose",
    "GGUF": "penchant.language",
    "HashedText": "penchant.backbones",
    "InContext": "penchant.recommenders.incontext",
    "Intention": "penchant.recommenders.intention",
    "ItemKNN": "penchant.recommenders.itemknn",
    "LLMRank": "penchant.recommenders.llmrank",
    "LMRecSys": "penchant.recommenders.lmrecsys",
    "LocalLM": "penchant.language",
    "Markov": "penchant.recommenders.markov",
    "Model": "penchant.models",
    "NIR": "penchant.recommenders.nir",
    "OpenP5": "penchant.recommenders.openp5",
    "P5": "penchant.recommenders.p5",
    "Popular": "penchant.recommenders.popular",
    "Quote": "penchant.recommenders.quote",
    "Range": "penchant.recommenders.tuned",
    "RatingBias": "penchant.recommenders.bias",
    "RemoteEncoder": "penchant.backbones",
    "RemoteLM": "penchant.language",
    "RetrievalAugmented": "penchant.recommenders.rag",
    "Run": "penchant.core",
    "SASRec": "penchant.recommenders.sasrec",
    "ScriptedLM": "penchant.language",
    "Search": "penchant.recommenders.search",
    "SentenceEncoder": "penchant.backbones",
    "Supervised": "penchant.train",
    "ThinkFirst": "penchant.recommenders.thinkfirst",
    "Tiger": "penchant.recommenders.tiger",
    "Tuned": "penchant.recommenders.tuned",
    "evaluate": "penchant.evaluate",
    "fit": "penchant.models",
    "load": "penchant.models",
}
"""Public names and where they live.

Loaded when first used, so that ``import penchant`` stays light.
"""

__all__ = sorted([*_NAMES, *_MODULES, "__version__"])


def __getattr__(name: str) -> Any:  # Any: a module, a class or a function
    if name in _MODULES:
        return import_module(f"penchant.{name}")
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'penchant' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
