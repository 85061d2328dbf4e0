"""Models as what they can do: encoders of texts, a small encoder-decoder, beams in the trie.

The names below load without torch; what computes with torch loads when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from penchant.backbones.cache import CachedEncoder
from penchant.backbones.encoders import Encoder, HashedText, SentenceEncoder, TextEncoder
from penchant.backbones.models import MODELS, get_model
from penchant.core import Kind

if TYPE_CHECKING:
    from penchant.backbones.asking import CodedItems, answer
    from penchant.backbones.beams import TrieTensors, search
    from penchant.backbones.lm_writing import CausalLMWriter, Seq2SeqLMWriter
    from penchant.backbones.seq2seq import CodeSeq2Seq, Shape
    from penchant.backbones.writing import CodeWriter, Seq2SeqWriter

ENCODERS = {
    "hashed": "encoders:HashedText",
    "sentence": "encoders:SentenceEncoder",
}
"""Every text encoder: its name in specs, and where it stands."""

ENCODER = Kind("encoder", "penchant.backbones", ENCODERS, TextEncoder)

_WITH_TORCH = {
    "CausalLMWriter": "lm_writing",
    "CodeSeq2Seq": "seq2seq",
    "CodeWriter": "writing",
    "CodedItems": "asking",
    "Seq2SeqLMWriter": "lm_writing",
    "Seq2SeqWriter": "writing",
    "Shape": "seq2seq",
    "TrieTensors": "beams",
    "answer": "asking",
    "search": "beams",
}

__all__ = [
    "ENCODER",
    "ENCODERS",
    "MODELS",
    "CachedEncoder",
    "CausalLMWriter",
    "CodeSeq2Seq",
    "CodeWriter",
    "CodedItems",
    "Encoder",
    "HashedText",
    "SentenceEncoder",
    "Seq2SeqLMWriter",
    "Seq2SeqWriter",
    "Shape",
    "TextEncoder",
    "TrieTensors",
    "answer",
    "get_model",
    "search",
]


def __getattr__(name: str) -> Any:  # Any: a class or a function
    if name in _WITH_TORCH:
        return getattr(import_module(f"penchant.backbones.{_WITH_TORCH[name]}"), name)
    raise AttributeError(f"module 'penchant.backbones' has no attribute {name!r}")
