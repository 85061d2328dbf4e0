"""A llama model from a GGUF file, as the files that transformers reads.

GGUF files hold packed weights; they are unpacked once, as numbers of 16 bits, and laid out as
transformers has them. The same GGUF file always gives the same bytes: every byte is written here,
and none by a library that may word its files another way in its next version.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from penchant.core import AssetError, MissingExtra

if TYPE_CHECKING:
    from gguf import GGUFReader

FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
"""What a model becomes."""
_CONTROL = 3
"""The kind of token that stands for a sign and not for a text."""
_SPLITS = {
    "smollm": [{"type": "Digits", "individual_digits": True}],
}
"""What is split before bytes are looked at, by the name that GGUF has for it."""
_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OUTSIDE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}

Fields = Mapping[str, Any]  # Any: what GGUF keeps under its names is of many types


def convert_gguf(file: Path, into: Path) -> None:
    """Writes :data:`FILES` into a folder.

    Args:
        file: A llama model with a byte-level tokenizer.
        into: A folder that exists.

    Raises:
        AssetError: It is a model of another kind.
        MissingExtra: The package ``gguf`` is not installed.
    """
    try:
        from gguf import GGUFReader
    except ImportError as error:
        raise MissingExtra("gguf", extra="lm") from error
    from safetensors.numpy import save_file

    reader = GGUFReader(file)
    fields = {name: field.contents() for name, field in reader.fields.items()}
    kind = (fields["general.architecture"], fields["tokenizer.ggml.model"])
    if kind != ("llama", "gpt2") or fields["tokenizer.ggml.pre"] not in _SPLITS:
        raise AssetError(f"{file.name} is of the kind {kind}: only SmolLM2's can be converted")
    weights = _weights(reader, fields)
    save_file(weights, into / "model.safetensors", metadata={"format": "pt"})
    _write(into / "config.json", _config(fields, tied="lm_head.weight" not in weights))
    _write(into / "tokenizer.json", _tokenizer(fields))
    _write(into / "tokenizer_config.json", _tokenizer_config(fields))


def _weights(reader: "GGUFReader", fields: Fields) -> dict[str, NDArray[np.float16]]:
    from gguf import dequantize

    heads = {
        "attn_q": fields["llama.attention.head_count"],
        "attn_k": fields["llama.attention.head_count_kv"],
    }
    weights = {}
    for tensor in reader.tensors:
        parts = tensor.name.split(".")
        values = dequantize(tensor.data, tensor.tensor_type)
        if parts[0] == "blk":
            name = f"model.layers.{parts[1]}.{_LAYER[parts[2]]}"
            if parts[2] in heads:
                values = _unturned(values, heads[parts[2]])
        else:
            name = _OUTSIDE[parts[0]]
        weights[f"{name}.weight"] = np.ascontiguousarray(values, np.float16)
    return weights


def _unturned(values: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows of a projection with the two halves of each head's turned pairs side by side again."""
    rows, columns = values.shape
    pairs = values.reshape(heads, rows // heads // 2, 2, columns)
    return pairs.swapaxes(1, 2).reshape(rows, columns)


def _config(fields: Fields, *, tied: bool) -> dict[str, Any]:  # Any: JSON
    heads = fields["llama.attention.head_count"]
    return {
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": False,
        "bos_token_id": fields["tokenizer.ggml.bos_token_id"],
        "dtype": "float16",
        "eos_token_id": fields["tokenizer.ggml.eos_token_id"],
        "head_dim": fields["llama.embedding_length"] // heads,
        "hidden_act": "silu",
        "hidden_size": fields["llama.embedding_length"],
        "intermediate_size": fields["llama.feed_forward_length"],
        "max_position_embeddings": fields["llama.context_length"],
        "mlp_bias": False,
        "model_type": "llama",
        "num_attention_heads": heads,
        "num_hidden_layers": fields["llama.block_count"],
        "num_key_value_heads": fields["llama.attention.head_count_kv"],
        "pad_token_id": fields["tokenizer.ggml.padding_token_id"],
        "rms_norm_eps": round(fields["llama.attention.layer_norm_rms_epsilon"], 12),
        "rope_parameters": {
            "rope_theta": fields["llama.rope.freq_base"],
            "rope_type": "default",
        },
        "tie_word_embeddings": tied,
        "vocab_size": len(fields["tokenizer.ggml.tokens"]),
    }


def _tokenizer(fields: Fields) -> dict[str, Any]:  # Any: JSON
    tokens, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    signs = [i for i, kind in enumerate(kinds) if kind == _CONTROL]
    whole = dict.fromkeys(("lstrip", "normalized", "rstrip", "single_word"), False)
    as_bytes = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    as_bytes["use_regex"] = True
    first = _SPLITS[fields["tokenizer.ggml.pre"]]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": i, "content": tokens[i], "special": True, **whole} for i in signs],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [*first, as_bytes]},
        "post_processor": None,
        "decoder": as_bytes,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: i for i, token in enumerate(tokens)},
            "merges": [merge.split(" ", 1) for merge in fields["tokenizer.ggml.merges"]],
        },
    }


def _tokenizer_config(fields: Fields) -> dict[str, Any]:  # Any: JSON
    tokens = fields["tokenizer.ggml.tokens"]
    named = {
        role: tokens[fields[f"tokenizer.ggml.{name}_token_id"]]
        for role, name in {
            "bos_token": "bos",
            "eos_token": "eos",
            "pad_token": "padding",
            "unk_token": "unknown",
        }.items()
    }
    return {
        **named,
        "chat_template": fields["tokenizer.chat_template"],
        "clean_up_tokenization_spaces": False,
        "model_max_length": fields["llama.context_length"],
        "tokenizer_class": "PreTrainedTokenizerFast",
    }


def _write(path: Path, values: Mapping[str, Any]) -> None:  # Any: JSON
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    path.write_text(text, encoding="utf-8")
