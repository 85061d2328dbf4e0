"""Tiny language models with random weights, made here."""

import pytest

WORDS = [
    "the film that she watched last night was a comedy with a talking pig",
    "an old detective, a red car and the sea: 1995, 2001, 12 stars",
    '{"title": "Babe", "stars": 4} yes no <|im_start|>user\n',
]
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_tokenizer():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(WORDS, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        chat_template=CHAT,
    )


def configured(kind, n_words):
    from transformers import (
        BloomConfig,
        Gemma3TextConfig,
        GPT2Config,
        LlamaConfig,
        MambaConfig,
        MistralConfig,
        Qwen3Config,
    )

    ends = {"vocab_size": n_words, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2}
    sizes = {
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 1024,
        "initializer_range": 0.4,
    }
    return {
        "llama": lambda: LlamaConfig(**sizes, **ends),
        "gpt2": lambda: GPT2Config(
            n_embd=32, n_layer=2, n_head=4, n_positions=1024, initializer_range=0.2, **ends
        ),
        "bloom": lambda: BloomConfig(hidden_size=32, n_layer=2, n_head=4, **ends),
        "qwen3": lambda: Qwen3Config(head_dim=8, **sizes, **ends),
        "gemma3": lambda: Gemma3TextConfig(
            head_dim=8,
            sliding_window=8,
            layer_types=["sliding_attention", "full_attention"],
            **sizes,
            **ends,
        ),
        "mamba": lambda: MambaConfig(hidden_size=32, num_hidden_layers=1, state_size=8, **ends),
        "mistral": lambda: MistralConfig(sliding_window=8, **sizes, **ends),
    }[kind]()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """The folder of a tiny causal model of a kind."""
    import torch
    from transformers import AutoModelForCausalLM

    made = {}

    def folder(kind="llama"):
        if kind not in made:
            made[kind] = tmp_path_factory.mktemp(kind)
            tokenizer = make_tokenizer()
            with torch.random.fork_rng():
                torch.manual_seed(3)
                model = AutoModelForCausalLM.from_config(configured(kind, len(tokenizer)))
            model.save_pretrained(made[kind])
            tokenizer.save_pretrained(made[kind])
        return str(made[kind])

    return folder


@pytest.fixture(scope="session")
def tiny_masked(tmp_path_factory):
    """The folder of a tiny BERT."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

    signs = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    said = "a user watched now may want to watch blue red sky sea , ."
    words = [*signs, *said.split()]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    names = dict(zip(["pad", "unk", "cls", "sep", "mask"], signs, strict=True))
    folder = tmp_path_factory.mktemp("bert")
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, **{f"{name}_token": sign for name, sign in names.items()}
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
        initializer_range=0.5,
    )
    with torch.random.fork_rng():
        torch.manual_seed(3)
        BertForMaskedLM(config).save_pretrained(folder)
    return str(folder)
