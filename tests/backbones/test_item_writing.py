import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

from penchant.backbones import (
    Diversity,
    Finding,
    Seq2SeqLMWriter,
    WordedItems,
    item_token_ids,
    score_all,
    with_item_words,
    write_items,
)
from penchant.codes import ItemIndex
from penchant.core import Deadline, DeadlinePassed, Ragged, Run, UsageError
from penchant.data import Flag, History, Queries

WORDS = ["<pad>", "</s>", "<s>", "<unk>", "red", "blue", "shoe", "sky", "next", "<", ">", "a_0"]
CODES = [[0, 4], [1, 4], [], [0, 5], [2, 6], [3, 4]]
HOLE = 2
PROMPTS = ["red shoe", "blue", "red blue sky shoe next", "sky sky next"]


class Heard:
    """A watcher that remembers."""

    def __init__(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)

    def progress(self, stage, done, total, **figures):
        pass


def index_of(codes=CODES):
    return ItemIndex(Ragged.of(codes), (4, 3), "none", "test")


def tokenizer_of(*, pattern="$A </s>"):
    words = {word: i for i, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    special = [("</s>", 1), ("<s>", 2)]
    tokenizer.post_processor = processors.TemplateProcessing(pattern, special_tokens=special)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        bos_token="<s>",
        unk_token="<unk>",
    )


def model_of(kind, **options):
    small = {"vocab_size": len(WORDS), "bos_token_id": 2, "eos_token_id": 1, "pad_token_id": 0}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        if kind == "t5":
            sizes = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2}
            config = T5Config(**small, **sizes, decoder_start_token_id=0, **options)
            return T5ForConditionalGeneration(config).eval()
        if kind == "gpt2":
            return GPT2LMHeadModel(GPT2Config(**small, n_embd=16, n_layer=2, n_head=2)).eval()
        sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2}
        config = LlamaConfig(**small, **sizes, num_attention_heads=2, **options)
        return LlamaForCausalLM(config).eval()


def worded(kind="t5", *, codes=CODES, pattern="$A </s>", **options):
    index, tokenizer = index_of(codes), tokenizer_of(pattern=pattern)
    tokenizer, model = with_item_words(tokenizer, model_of(kind, **options), index, Run())
    return WordedItems.of(model, tokenizer, index)


def asked(n, **fields):
    return Queries(History(Ragged.empty(n)), **fields)


@pytest.mark.parametrize("kind", ["gpt2", "llama", "t5"])
def test_items_come_in_the_oracle_s_order_and_a_hole_never(kind):
    items = worded(kind)
    found = write_items(items, PROMPTS, asked(4), 8, run=Run(), finding=Finding(beams=50))
    assert found.items.shape == (4, 8)
    for row, prompt in enumerate(PROMPTS):
        ids = items.tokenizer(prompt)["input_ids"]
        ids = ids if kind == "t5" else ids[:-1]
        scores = []
        for codes in CODES:
            if not codes:
                scores.append(-np.inf)
                continue
            tail = items.words[codes][None]
            with torch.no_grad():
                if kind == "t5":
                    start = torch.zeros(1, 1, dtype=torch.long)
                    logits = items.model(
                        input_ids=torch.tensor([ids]), decoder_input_ids=torch.cat([start, tail], 1)
                    ).logits[0]
                else:
                    whole = torch.cat([torch.tensor([ids]), tail], 1)
                    logits = items.model(input_ids=whole).logits[0, len(ids) - 1 :]
            log_probs = logits[:2].log_softmax(-1)
            scores.append(log_probs.gather(1, tail.T).sum().item())
        order = np.argsort(-np.array(scores))[:5]
        assert found.items[row].tolist() == [*order.tolist(), -1, -1, -1]
        assert found.scores[row, :5] == pytest.approx(np.array(scores)[order], abs=1e-5)
    assert HOLE not in found.items
    assert (found.flags == Flag.SHORT).all()


def test_the_oracle_agrees_with_beams_for_all():
    items = worded("t5")
    ids = torch.tensor([items.tokenizer(PROMPTS[0])["input_ids"]])

    def read():
        return Seq2SeqLMWriter(
            items.model,
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            code_token_ids=items.words,
        )

    scores = score_all(read, items.trie, 1, leaves_at_once=2)[0]
    found = write_items(items, PROMPTS[:1], asked(1), 5, run=Run())
    assert found.items[0].tolist() == np.argsort(-scores)[:5].tolist()
    assert found.scores[0] == pytest.approx(np.sort(scores)[::-1][:5], abs=1e-5)


def test_candidates_may_be_empty_or_unknown_and_exclusions_are_kept():
    items = worded()
    candidates = Ragged.of([[], [99, -5], [0, 3, HOLE], [4, 99]])
    excluded = Ragged.of([[], [], [3], [99]])
    queries = asked(4, candidates=candidates, excluded=excluded)
    found = write_items(items, PROMPTS, queries, 2, run=Run())
    assert found.items.tolist() == [[-1, -1], [-1, -1], [0, -1], [4, -1]]
    assert np.isnan(found.scores[0]).all()


@pytest.mark.parametrize("kind", ["llama", "t5"])
def test_batches_and_searches_change_no_answer(kind, monkeypatch):
    items = worded(kind)
    ways = [
        Finding(beams=3),
        Finding(beams=4, diversity=Diversity(groups=2)),
        Finding(temperature=2),
    ]
    together = [write_items(items, PROMPTS, asked(4), 3, run=Run(), finding=way) for way in ways]
    monkeypatch.setattr("penchant.backbones.item_writing.TOKENS_AT_ONCE", 1)
    for way, wanted in zip(ways, together, strict=True):
        alone = write_items(items, PROMPTS, asked(4), 3, run=Run(), finding=way)
        assert alone.items.tolist() == wanted.items.tolist()
        assert np.allclose(alone.scores, wanted.scores, atol=1e-4)
        assert (np.sort(alone.items) != HOLE).all()


def test_token_ids_may_be_given():
    items = worded()
    ids = Ragged.of([items.tokenizer(prompt)["input_ids"] for prompt in PROMPTS])
    by_ids = write_items(items, ids, asked(4), 3, run=Run())
    by_text = write_items(items, PROMPTS, asked(4), 3, run=Run())
    assert by_ids.items.tolist() == by_text.items.tolist()


def test_a_long_prompt_keeps_its_newest_words_and_that_is_said_once():
    long = " ".join(["red", "blue", "shoe"] * 10)
    for kind, pattern, kept in (
        ("llama", "<s> $A", "<s> blue shoe red blue shoe"),
        ("t5", "$A </s>", "shoe red blue shoe </s>"),
    ):
        heard = Heard()
        if kind == "llama":
            items, window = worded(kind, pattern=pattern, max_position_embeddings=8), None
        else:
            items, window = worded(kind, pattern=pattern), 5
        ids = items.tokenizer.convert_tokens_to_ids(kept.split())
        cut = write_items(
            items, [long, "red", long], asked(3), 3, run=Run(watch=heard), window=window
        )
        short = write_items(items, Ragged.of([ids]), asked(1), 3, run=Run())
        assert cut.items[0].tolist() == cut.items[2].tolist() == short.items[0].tolist()
        assert cut.scores[0] == pytest.approx(short.scores[0], abs=1e-5)
        assert len(heard.notes) == 1
        assert "2 of 3 prompts" in heard.notes[0]


def test_a_tokenizer_that_splits_words_is_refused_with_what_to_do():
    with pytest.raises(UsageError, match=r"splits <a_0> into .*with_item_words"):
        item_token_ids(tokenizer_of(), index_of())
    index, tokenizer = index_of(), tokenizer_of()
    with_item_words(tokenizer, model_of("t5"), index, Run())
    with pytest.raises(UsageError, match="19 words and the model 12"):
        WordedItems.of(model_of("t5"), tokenizer, index)


def test_new_words_are_drawn_near_the_others_and_old_ones_stay():
    for kind in ("llama", "t5"):
        index, tokenizer, model = index_of(), tokenizer_of(), model_of(kind)
        before = model.get_input_embeddings().weight.detach().clone()
        with_item_words(tokenizer, model, index, Run())
        after = model.get_input_embeddings().weight.detach()
        assert len(after) == len(tokenizer) == len(WORDS) + 7
        assert torch.equal(after[: len(before)], before)
        added = after[len(before) :]
        assert ((added - before.mean(0)).abs() < 6 * 0.1 * before.std(0) + 1e-6).all()
        again = model_of(kind)
        with_item_words(tokenizer_of(), again, index, Run())
        assert torch.equal(again.get_input_embeddings().weight, model.get_input_embeddings().weight)
        with_item_words(tokenizer, model, index, Run(seed=5))
        assert torch.equal(model.get_input_embeddings().weight, after)


def test_what_cannot_be_asked_is_refused():
    items = worded("llama")
    with pytest.raises(UsageError, match="1 prompts for 2 queries"):
        write_items(items, ["red"], asked(2), 3, run=Run())
    with pytest.raises(UsageError, match="prompt 1 has no token"):
        write_items(items, Ragged.of([[4], []]), asked(2), 3, run=Run())
    with pytest.raises(UsageError, match="beams=0"):
        Finding(beams=0)
    with pytest.raises(UsageError, match="not both"):
        Finding(diversity=Diversity(), temperature=1.0)
    with pytest.raises(DeadlinePassed):
        write_items(items, ["red"], asked(1), 3, run=Run(deadline=Deadline.after(-1)))
    opened = write_items(items, [""], asked(1), 3, run=Run())  # begins with the first token
    assert (opened.items >= 0).all()


def test_nothing_is_asked():
    assert write_items(worded(), [], asked(0), 3, run=Run()).items.shape == (0, 3)
