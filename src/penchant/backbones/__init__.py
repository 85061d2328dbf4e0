"""Models as what they can do: encoders of texts, a small encoder-decoder, beams in the trie.

The names below load without torch; what computes with torch loads when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from penchant.backbones.cache import CachedEncoder
from penchant.backbones.encoders import Encoder, HashedText, SentenceEncoder, TextEncoder
from penchant.backbones.models import MODELS, get_model
from penchant.backbones.remote_encoder import RemoteEncoder
from penchant.backbones.text_backbone import TextBackbone
from penchant.core import Kind

if TYPE_CHECKING:
    from penchant.backbones.asking import CodedItems, answer
    from penchant.backbones.beams import search
    from penchant.backbones.code_decoder import CodeDecoder, Decoder, DecoderWriter
    from penchant.backbones.diverse import Diversity, diverse_search
    from penchant.backbones.item_tokens import item_token_ids, with_item_words
    from penchant.backbones.item_writing import Finding, WordedItems, write_items
    from penchant.backbones.lm_writing import CausalLMWriter, Seq2SeqLMWriter
    from penchant.backbones.oracle import score_all
    from penchant.backbones.sampling import sample
    from penchant.backbones.seq2seq import CodeSeq2Seq, EncoderDecoder
    from penchant.backbones.trie_tensors import TrieTensors
    from penchant.backbones.writing import CodeWriter, Seq2SeqWriter

ENCODERS = {
    "hashed": "encoders:HashedText",
    "remote": "remote_encoder:RemoteEncoder",
    "sentence": "encoders:SentenceEncoder",
}
"""Every text encoder: its name in specs, and where it stands."""

ENCODER = Kind("encoder", "penchant.backbones", ENCODERS, TextEncoder)

CODE_MODELS = {
    "decoder": "code_decoder:Decoder",
    "encoder-decoder": "seq2seq:EncoderDecoder",
}
"""Every small model that writes codes: its name in specs, and where its size stands."""


class CodeModel(Protocol):
    """The size of a small model that writes codes: a frozen dataclass of options."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # Any: how the standard library types it


CODE_MODEL = Kind("model", "penchant.backbones", CODE_MODELS, CodeModel)

_WITH_TORCH = {
    "CausalLMWriter": "lm_writing",
    "CodeDecoder": "code_decoder",
    "CodeSeq2Seq": "seq2seq",
    "CodeWriter": "writing",
    "CodedItems": "asking",
    "Decoder": "code_decoder",
    "DecoderWriter": "code_decoder",
    "Diversity": "diverse",
    "EncoderDecoder": "seq2seq",
    "Finding": "item_writing",
    "Seq2SeqLMWriter": "lm_writing",
    "Seq2SeqWriter": "writing",
    "TrieTensors": "trie_tensors",
    "WordedItems": "item_writing",
    "answer": "asking",
    "diverse_search": "diverse",
    "item_token_ids": "item_tokens",
    "sample": "sampling",
    "score_all": "oracle",
    "search": "beams",
    "with_item_words": "item_tokens",
    "write_items": "item_writing",
}

__all__ = [
    "CODE_MODEL",
    "CODE_MODELS",
    "ENCODER",
    "ENCODERS",
    "MODELS",
    "CachedEncoder",
    "CausalLMWriter",
    "CodeDecoder",
    "CodeModel",
    "CodeSeq2Seq",
    "CodeWriter",
    "CodedItems",
    "Decoder",
    "DecoderWriter",
    "Diversity",
    "Encoder",
    "EncoderDecoder",
    "Finding",
    "HashedText",
    "RemoteEncoder",
    "SentenceEncoder",
    "Seq2SeqLMWriter",
    "Seq2SeqWriter",
    "TextBackbone",
    "TextEncoder",
    "TrieTensors",
    "WordedItems",
    "answer",
    "diverse_search",
    "get_model",
    "item_token_ids",
    "sample",
    "score_all",
    "search",
    "with_item_words",
    "write_items",
]


def __getattr__(name: str) -> Any:  # Any: a class or a function
    if name in _WITH_TORCH:
        return getattr(import_module(f"penchant.backbones.{_WITH_TORCH[name]}"), name)
    raise AttributeError(f"module 'penchant.backbones' has no attribute {name!r}")
