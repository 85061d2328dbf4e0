"""The beams of transformers, kept to the same items by a prefix function, find the same."""

import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM, T5Config, T5ForConditionalGeneration

from penchant.backbones import CausalLMWriter, Seq2SeqLMWriter, TrieTensors, search
from penchant.codes import build_trie
from penchant.core import Ragged, Run
from penchant.data import History, Queries

WIDTH, LEVELS, FIRST, ITEMS, ROWS, LENGTH, BEAMS, K = 6, 3, 10, 80, 4, 9, 12, 8
SPECIAL = {"bos_token_id": 1, "eos_token_id": 1, "pad_token_id": 0}
WORDS = FIRST + WIDTH * LEVELS


def codes_of_items():
    """(n, levels) codes, no two items alike."""
    numbers = np.random.default_rng(0).permutation(WIDTH**LEVELS)[:ITEMS]
    codes = np.stack(np.unravel_index(numbers, (WIDTH,) * LEVELS), 1)
    return codes + np.arange(LEVELS) * WIDTH


def model_of(kind):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        if kind == "t5":
            sizes = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4}
            config = T5Config(vocab_size=WORDS, decoder_start_token_id=0, **SPECIAL, **sizes)
            model = T5ForConditionalGeneration(config)
        else:
            sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
            config = LlamaConfig(vocab_size=WORDS, num_attention_heads=4, **SPECIAL, **sizes)
            model = LlamaForCausalLM(config)
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    return model.eval()


def generated(model, codes, words, mask):
    """(rows, K) items and the scores of ``generate``."""
    tree = {}
    for row in (codes + FIRST).tolist():
        for length in range(LEVELS):
            tree.setdefault(tuple(row[:length]), set()).add(row[length])
    read = 1 if model.config.is_encoder_decoder else words.shape[1]
    found = model.generate(
        input_ids=words,
        attention_mask=mask,
        num_beams=BEAMS,
        num_return_sequences=K,
        max_new_tokens=LEVELS,
        min_new_tokens=LEVELS,
        do_sample=False,
        length_penalty=0.0,
        prefix_allowed_tokens_fn=lambda _, seen: sorted(tree[tuple(seen[read:].tolist())]),
        output_scores=True,
        return_dict_in_generate=True,
    )
    item_of = {tuple(row): item for item, row in enumerate((codes + FIRST).tolist())}
    items = [item_of[tuple(row)] for row in found.sequences[:, read:].tolist()]
    return np.array(items).reshape(-1, K), found.sequences_scores.numpy().reshape(-1, K)


@pytest.mark.filterwarnings("default")  # of transformers, about its own options
@pytest.mark.parametrize("kind", ["llama", "t5"])
def test_the_same_items_with_the_same_scores(kind):
    model, codes = model_of(kind), codes_of_items()
    draws = torch.Generator().manual_seed(1)
    words = torch.randint(2, FIRST, (ROWS, LENGTH), generator=draws)
    mask = torch.ones(ROWS, LENGTH, dtype=torch.long)
    mask[1, :4] = 0  # padded on the left, as generate wants it
    wanted_items, wanted_scores = generated(model, codes, words, mask)
    writer = (Seq2SeqLMWriter if kind == "t5" else CausalLMWriter)(
        model,
        input_ids=words,
        attention_mask=mask,
        code_token_ids=torch.arange(WIDTH * LEVELS) + FIRST,
    )
    trie = TrieTensors.of(build_trie(Ragged.of(codes.tolist())), "cpu")
    queries = Queries(History(Ragged.empty(ROWS)))
    found = search(writer, trie, queries, K, beams=BEAMS, run=Run())
    assert found.items.tolist() == wanted_items.tolist()
    assert found.scores == pytest.approx(wanted_scores, abs=1e-5)
