import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

from penchant.backbones import CausalLMWriter, Seq2SeqLMWriter, TrieTensors, search
from penchant.backbones.lm_bart import SharedBart
from penchant.backbones.lm_expanded import ExpandedMemory, ExpandedPrompts
from penchant.backbones.lm_shared import SharedPrompt
from penchant.backbones.lm_t5 import SharedMemory
from penchant.backbones.lm_writing import SHARING_MEMORY, SHARING_PROMPTS, log_probs_of
from penchant.codes import build_trie
from penchant.core import Ragged, Run, UsageError
from penchant.data import History, Queries

WORDS, BEAMS, ROWS, LENGTH = 60, 5, 3, 7
CODES = torch.arange(20, 50)
SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
WIDE = {"intermediate_size": 64, **SMALL}
GROUPED = {"num_key_value_heads": 2, **WIDE}
T5 = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4}
BART = {
    **{f"{part}_layers": 2 for part in ("encoder", "decoder")},
    **{f"{part}_ffn_dim": 64 for part in ("encoder", "decoder")},
    **{f"{part}_attention_heads": 4 for part in ("encoder", "decoder")},
    "d_model": 32,
    "max_position_embeddings": 64,
}
CAUSAL = {
    "gemma": {**GROUPED, "head_dim": 8},
    "gpt2": {"n_embd": 32, "n_layer": 2, "n_head": 4},
    "gpt_neox": WIDE,
    "granite": {**GROUPED, "logits_scaling": 3.0},
    "llama": GROUPED,
    "mistral": {**GROUPED, "sliding_window": None},
    "olmo2": WIDE,
    "phi": WIDE,
    "qwen2": GROUPED,
    "qwen3": {**GROUPED, "head_dim": 8},
}
ENCODING = {"bart": BART, "mt5": T5, "t5": T5}
OTHERS = {
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 4},
    "gemma3_text": {**GROUPED, "head_dim": 8, "sliding_window": 4},
    "mistral": {**GROUPED, "sliding_window": 4},
    "opt": {**SMALL, "ffn_dim": 64, "word_embed_proj_dim": 32},
    "pegasus": BART,
    "umt5": T5,
}


def model_of(kind, options, *, words=WORDS):
    special = {"bos_token_id": 1, "eos_token_id": 1, "pad_token_id": 0, "decoder_start_token_id": 0}
    config = AutoConfig.for_model(kind, vocab_size=words, **special, **options)
    made = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = made.from_config(config)
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    return model.eval()


def prompts():
    """Words of three lengths, padded on both sides."""
    draws = torch.Generator().manual_seed(1)
    words = torch.randint(2, WORDS, (ROWS, LENGTH), generator=draws)
    mask = torch.ones(ROWS, LENGTH, dtype=torch.long)
    mask[1, :3] = mask[2, 5:] = 0
    return words, mask


def writer_of(model, words, mask, **options):
    kind = Seq2SeqLMWriter if model.config.is_encoder_decoder else CausalLMWriter
    return kind(model, input_ids=words, attention_mask=mask, code_token_ids=CODES, **options)


@torch.no_grad()
def taught(model, prompt, codes):
    """(1 + len(codes), n_codes) log probabilities by one pass over everything: the oracle."""
    tail = CODES[codes][None]
    if model.config.is_encoder_decoder:
        start = torch.full((1, 1), model.config.decoder_start_token_id)
        logits = model(
            input_ids=prompt[None], decoder_input_ids=torch.cat([start, tail], 1)
        ).logits[0]
    else:
        logits = model(input_ids=torch.cat([prompt[None], tail], 1)).logits[0, len(prompt) - 1 :]
    return logits.float().log_softmax(-1)[:, CODES]


def largest_difference(model, **options):
    """Between what a writer says for beams that cross and what teaching each of them gives."""
    words, mask = prompts()
    draws = torch.Generator().manual_seed(2)
    first, second = torch.randint(0, len(CODES), (2, ROWS, BEAMS), generator=draws)
    parents = torch.randint(0, BEAMS, (ROWS, BEAMS), generator=draws)
    writer = writer_of(model, words, mask, **options)
    opening, start = writer.write(None, None)
    after_one, _ = writer.write(torch.zeros(ROWS, BEAMS, dtype=torch.long), first)
    after_two, _ = writer.write(parents, second)
    assert start == 0
    differences = []
    for row in range(ROWS):
        for beam in range(BEAMS):
            parent = parents[row, beam]
            codes = torch.stack([first[row, parent], second[row, beam]])
            wanted = taught(model, words[row][mask[row] == 1], codes)
            said = [opening[row, 0], after_one[row, parent], after_two[row, beam]]
            differences.append((torch.stack(said) - wanted).abs().max().item())
    return max(differences), writer.stepper


@pytest.mark.parametrize("kind", sorted(SHARING_PROMPTS))
def test_beams_share_a_prompt_and_say_what_each_would_say_alone(kind):
    difference, stepper = largest_difference(model_of(kind, CAUSAL[kind]))
    assert isinstance(stepper, SharedPrompt)
    assert difference < 1e-5
    assert stepper.cache.layers[0].keys.shape[0] == ROWS


@pytest.mark.parametrize("kind", sorted(SHARING_MEMORY))
def test_beams_share_a_source_and_say_what_each_would_say_alone(kind):
    difference, stepper = largest_difference(model_of(kind, ENCODING[kind]))
    assert difference < 1e-5
    if kind == "bart":
        assert isinstance(stepper, SharedBart)
        assert {len(layer.keys) for layer in stepper.cache.cross_attention_cache.layers} == {ROWS}
    else:
        assert isinstance(stepper, SharedMemory)
        assert {len(keys) for keys, _ in stepper.memory} == {ROWS}


@pytest.mark.parametrize("kind", sorted(OTHERS))
def test_models_of_other_kinds_go_the_way_that_all_know(kind):
    difference, stepper = largest_difference(model_of(kind, OTHERS[kind]))
    assert isinstance(stepper, ExpandedMemory | ExpandedPrompts)
    assert difference < 1e-5


@pytest.mark.parametrize(("kind", "options"), [("bart", BART), ("llama", GROUPED), ("t5", T5)])
def test_both_ways_agree(kind, options):
    difference, stepper = largest_difference(model_of(kind, options), shared=False)
    assert isinstance(stepper, ExpandedMemory | ExpandedPrompts)
    assert difference < 1e-5


@pytest.mark.parametrize(("kind", "options"), [("bart", BART), ("llama", GROUPED), ("t5", T5)])
def test_half_precision_is_near(kind, options):
    difference, _ = largest_difference(model_of(kind, options).to(torch.bfloat16))
    assert difference < 0.25  # logits of about 10 with 8 bits of precision


def test_eager_attention_says_the_same():
    for kind, options in (("llama", GROUPED), ("t5", T5)):
        model = model_of(kind, options)
        model.set_attn_implementation("eager")
        assert largest_difference(model)[0] < 1e-5


def test_a_source_may_come_as_vectors():
    model, (words, mask) = model_of("t5", T5), prompts()
    vectors = model.get_input_embeddings()(words)
    as_words, _ = writer_of(model, words, mask).write(None, None)
    as_vectors, _ = Seq2SeqLMWriter(
        model, inputs_embeds=vectors, attention_mask=mask, code_token_ids=CODES
    ).write(None, None)
    assert torch.equal(as_words, as_vectors)
    with pytest.raises(UsageError, match="one of input_ids and inputs_embeds"):
        Seq2SeqLMWriter(model, attention_mask=mask, code_token_ids=CODES)


def test_attention_in_parts_is_the_same(monkeypatch):
    monkeypatch.setattr("penchant.backbones.beam_attention.SCORES_AT_ONCE", 1)
    assert largest_difference(model_of("t5", T5))[0] < 1e-5


def test_log_probabilities_are_over_all_words(monkeypatch):
    logits = torch.randn(2, 3, WORDS, generator=torch.Generator().manual_seed(0))
    wanted = logits.log_softmax(-1)[..., CODES]
    assert torch.allclose(log_probs_of(logits, CODES), wanted, atol=1e-6)
    monkeypatch.setattr("penchant.backbones.lm_writing.LOGITS_AT_ONCE", WORDS)
    assert torch.allclose(log_probs_of(logits, CODES), wanted, atol=1e-6)


@pytest.mark.parametrize(("kind", "options"), [("llama", GROUPED), ("t5", T5)])
def test_what_a_checkpoint_says_of_sampling_changes_nothing(kind, options, tmp_path):
    plain = model_of(kind, options)
    wild = {
        "do_sample": True,
        "temperature": 9.0,
        "top_k": 1,
        "repetition_penalty": 5.0,
        "no_repeat_ngram_size": 1,
        "num_beams": 3,
        "forced_eos_token_id": 1,
        "suppress_tokens": CODES.tolist(),
        "min_new_tokens": 30,
    }
    plain.save_pretrained(tmp_path)
    strange = type(plain).from_pretrained(tmp_path).eval()
    strange.generation_config.update(**wild)
    assert strange.generation_config.repetition_penalty == 5.0
    codes = [[a, 10 + b] for a in range(4) for b in range(3)]
    trie = TrieTensors.of(build_trie(Ragged.of(codes)), "cpu")
    queries = Queries(History(Ragged.empty(ROWS)), excluded=Ragged.of([[0, 1], [], [5]]))
    words, mask = prompts()
    answers = [
        search(writer_of(model, words, mask), trie, queries, 4, beams=4, run=Run())
        for model in (plain, strange)
    ]
    assert answers[0].items.tolist() == answers[1].items.tolist()
    assert not {0, 1} & set(answers[1].items[0].tolist())


def test_what_would_be_random_or_empty_is_refused():
    words, mask = prompts()
    mask[1] = 0
    for model in (model_of("t5", T5), model_of("gpt2", CAUSAL["gpt2"])):
        with pytest.raises(UsageError, match="prompt 1 is empty"):
            writer_of(model, words, mask)
    with pytest.raises(UsageError, match="eval"):
        writer_of(model.train(), *prompts())
