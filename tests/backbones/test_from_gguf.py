"""GGUF files as transformers' models."""

import numpy as np
import pytest

gguf = pytest.importorskip("gguf", reason="needs the package gguf, of the extra lm")

from penchant.backbones.from_gguf import FILES, convert_gguf  # noqa: E402
from penchant.backbones.models import MODELS  # noqa: E402
from penchant.core import AssetError, fetch, hash_file, is_cached  # noqa: E402

NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
TOKENS = ["<|end|>", "<|start|>", *"abcdĠ", "ab", "Ġab"]
MERGES = ["a b", "Ġ ab"]


def tiny_llama():
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    with torch.random.fork_rng():
        torch.manual_seed(1)
        return LlamaForCausalLM(
            LlamaConfig(
                vocab_size=len(TOKENS),
                hidden_size=32,
                intermediate_size=64,
                num_hidden_layers=2,
                num_attention_heads=4,
                num_key_value_heads=2,
                max_position_embeddings=64,
                initializer_range=0.5,
                tie_word_embeddings=True,
                rope_parameters={"rope_theta": 5000.0, "rope_type": "default"},
            )
        ).eval()


def turned(values, heads):
    """Rows in the order in which llama.cpp has them."""
    rows, columns = values.shape
    return values.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, -1)


def write(model, path, *, architecture="llama", pre="smollm"):
    """The model as llama.cpp's own converter lays it out."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(2)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(5000.0)
    writer.add_layer_norm_rms_eps(model.config.rms_norm_eps)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(TOKENS)
    writer.add_token_types([3, 3, *[1] * 7])
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(0)
    writer.add_pad_token_id(0)
    writer.add_unk_token_id(0)
    writer.add_chat_template("{{ messages[0]['content'] }}")
    for name, values in model.state_dict().items():
        if name == "lm_head.weight":
            continue
        values = values.numpy()
        parts = name.removesuffix(".weight").split(".")
        if parts[1] == "layers":
            inner = NAMES[".".join(parts[3:])]
            values = turned(values, 4) if inner == "attn_q" else values
            values = turned(values, 2) if inner == "attn_k" else values
            writer.add_tensor(f"blk.{parts[2]}.{inner}.weight", np.ascontiguousarray(values))
        else:
            writer.add_tensor(f"{NAMES['.'.join(parts)]}.weight", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def test_a_converted_model_says_what_the_original_says(tmp_path):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = tiny_llama()
    write(model, tmp_path / "tiny.gguf")
    (tmp_path / "out").mkdir()
    convert_gguf(tmp_path / "tiny.gguf", tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(FILES)
    read = AutoModelForCausalLM.from_pretrained(tmp_path / "out", dtype=torch.float32).eval()
    tokens = torch.tensor([[1, 2, 3, 7, 8, 4, 0]])
    with torch.no_grad():
        wanted, found = model(tokens).logits, read(tokens).logits
    assert (wanted - found).abs().max() < 0.01 * wanted.std()
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    text = "<|start|>ab cab abd<|end|>"
    assert tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"]) == [
        "<|start|>",
        "ab",
        "Ġ",
        "c",
        "ab",
        "Ġab",
        "d",
        "<|end|>",
    ]
    assert (tokenizer.bos_token, tokenizer.eos_token) == ("<|start|>", "<|end|>")
    chat = [{"role": "user", "content": "ab"}]
    assert tokenizer.apply_chat_template(chat, tokenize=False) == "ab"


def test_the_same_file_always_becomes_the_same_bytes(tmp_path):
    write(tiny_llama(), tmp_path / "tiny.gguf")
    hashes = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        convert_gguf(tmp_path / "tiny.gguf", tmp_path / name)
        hashes.append([hash_file(tmp_path / name / file) for file in FILES])
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("odd", [{"architecture": "qwen2"}, {"pre": "llama-bpe"}])
def test_a_model_of_another_kind_is_refused(tmp_path, odd):
    write(tiny_llama(), tmp_path / "odd.gguf", **odd)
    with pytest.raises(AssetError, match=r"odd\.gguf is of the kind"):
        convert_gguf(tmp_path / "odd.gguf", tmp_path)


PACKED, UNPACKED = MODELS["smollm2-135m-instruct-gguf"], MODELS["smollm2-135m-instruct"]


@pytest.mark.slow
@pytest.mark.skipif(
    not is_cached(PACKED),
    reason="SmolLM2 is not in the cache: penchant models get smollm2-135m-instruct-gguf",
)
def test_smollm2_becomes_the_files_that_are_known_by_their_hashes(tmp_path):
    convert_gguf(fetch(PACKED) / PACKED.files[0].path, tmp_path)
    for file in UNPACKED.files:
        assert hash_file(tmp_path / file.path) == file.sha256
