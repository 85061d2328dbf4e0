import numpy as np
import pytest

from penchant.backbones import (
    ENCODER,
    MODELS,
    CachedEncoder,
    HashedText,
    SentenceEncoder,
    get_model,
)
from penchant.core import AssetError, Run, StorageError, UnknownName, is_cached, write_options


class Counting:
    """Embeds a text by its length and remembers what it was asked."""

    fingerprint, dimension = "counting", 2

    def __init__(self):
        self.asked = []

    def embed(self, texts):
        self.asked.extend(texts)
        return np.array([[len(text), 1] for text in texts], np.float32)


def test_only_new_texts_are_embedded(tmp_path):
    first = Counting()
    vectors = CachedEncoder(first, tmp_path).embed(["a", "bb", "a"])
    assert (first.asked, vectors.tolist()) == (["a", "bb"], [[1, 1], [2, 1], [1, 1]])
    second = Counting()
    again = CachedEncoder(second, tmp_path).embed(["ccc", "bb"])
    assert (second.asked, again.tolist()) == (["ccc"], [[3, 1], [2, 1]])
    assert CachedEncoder(second, tmp_path).embed([]).shape == (0, 2)


def test_another_encoder_does_not_read_what_is_not_its_own(tmp_path):
    CachedEncoder(Counting(), tmp_path).embed(["a"])
    other = Counting()
    other.fingerprint = "other"
    CachedEncoder(other, tmp_path).embed(["a"])
    assert other.asked == ["a"]


def test_many_texts_at_once(tmp_path):
    texts = [f"{i}" for i in range(1_200)]
    CachedEncoder(Counting(), tmp_path).embed(texts)
    silent = Counting()
    assert CachedEncoder(silent, tmp_path).embed(texts)[1_100].tolist() == [4, 1]
    assert silent.asked == []


def test_a_broken_cache_says_that_it_may_be_removed(tmp_path):
    (tmp_path / "vectors.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(StorageError, match="remove it"):
        CachedEncoder(Counting(), tmp_path).embed(["a"])


def test_hashed_texts_know_shared_words():
    texts = ["red leather shoes", "red shoe", "blue sky", ""]
    vectors = HashedText().open(Run()).embed(texts)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 0], abs=1e-6)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    assert (
        vectors
        == HashedText().open(Run(seed=5)).embed(["red leather shoes", "red shoe", "blue sky", ""])
    ).all()


@pytest.fixture
def tiny_bert(tmp_path):
    """A transformers checkpoint with random weights, made here."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "red", "blue", "shoe", "sky"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    folder = tmp_path / "bert"
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]"
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=6,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(config).save_pretrained(folder)
    return folder


@pytest.mark.filterwarnings("default")  # other libraries' warnings are theirs
def test_any_transformers_folder_is_an_encoder(tiny_bert, tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path / "cache"))
    encoder = SentenceEncoder(model=str(tiny_bert), max_tokens=16).open(Run())
    vectors = encoder.embed(["red shoe", "blue sky", "red shoe"])
    assert vectors.shape == (3, encoder.dimension) == (3, 8)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (vectors[0] == vectors[2]).all()
    longer = SentenceEncoder(model=str(tiny_bert), max_tokens=17).open(Run())
    assert encoder.fingerprint != longer.fingerprint


def test_a_model_that_is_nowhere_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("PENCHANT_CACHE", str(tmp_path))
    with pytest.raises(AssetError, match="all-minilm-l6-v2"):
        SentenceEncoder(model=str(tmp_path / "no-such-model")).open(Run()).embed(["a"])
    with pytest.raises(UnknownName, match="all-minilm-l6-v2"):
        get_model("all-minilm")


def test_an_encoder_is_a_value_that_a_spec_can_name():
    assert write_options(HashedText(dimension=8), [ENCODER]) == {
        "encoder": "hashed",
        "dimension": 8,
    }
    assert SentenceEncoder().assets() == {
        "all-minilm-l6-v2": MODELS["all-minilm-l6-v2"].files[2].sha256
    }


@pytest.mark.filterwarnings("default")
@pytest.mark.skipif(
    not is_cached(MODELS["all-minilm-l6-v2"]),
    reason="all-minilm-l6-v2 is not in the cache: penchant models get all-minilm-l6-v2",
)
def test_the_default_encoder_knows_what_words_mean():
    vectors = SentenceEncoder().open(Run()).embed(["a red lipstick", "lip colour", "a claw hammer"])
    assert vectors.shape == (3, 384)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3
