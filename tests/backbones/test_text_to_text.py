from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from penchant.backbones import TextBackbone
from penchant.backbones.pieces import PieceBatch, learn_pieces
from penchant.backbones.text_answers import TextAnswers, texts_of_items
from penchant.backbones.text_to_text import (
    TextShape,
    TextToText,
    text_restored,
    text_state,
)
from penchant.codes import ItemIndex, item_words
from penchant.core import Ragged, Run, StorageError, UsageError
from penchant.data import History, Queries
from penchant.train import torch_draws

INDEX = ItemIndex(Ragged.of([[0, 3], [0, 4], [1, 3], [2, 5], [2, 3]]), (3, 3), "", "test")
WORDS = tuple(item_words(INDEX))
TEXTS = ["What will the reader choose next?", "the reader has chosen"] * 3
SMALL = TextBackbone(
    pieces=300, dimension=32, heads=2, head_dimension=16, feed_forward=64, dropout=0.0
)
PROMPTS = [
    "<u_1> has chosen <a_0><b_0>, <a_2><b_2>. What next?",
    "next?",
    "<u_none> the reader " * 12,
]


@pytest.fixture(scope="module")
def opened():
    with torch_draws(Run(), "test"):
        model, pieces = SMALL.open(TEXTS, WORDS, n_users=4, run=Run())
    return model.eval(), pieces


@pytest.fixture(scope="module")
def answers(opened):
    return TextAnswers.of(*opened, INDEX, most=64)


def queries(n):
    return Queries(History(Ragged.of([[]] * n)))


def log_prob_of_items(model, pieces, prompt):
    """Each item scored by itself, teacher-forced."""
    texts = texts_of_items(INDEX)
    targets = pieces.encode(texts, most=20)
    source = pieces.encode([prompt] * len(texts), most=64)
    with torch.no_grad():
        embedded, mask = model.embed(source)
        before = torch.nn.functional.pad(torch.from_numpy(targets.ids)[:, :2], (1, 0))
        logits = model.t5(
            inputs_embeds=embedded, attention_mask=mask, decoder_input_ids=before[:, :2]
        ).logits
    chosen = torch.from_numpy(targets.ids)[:, :2, None]
    return logits.log_softmax(-1).gather(2, chosen).sum((1, 2)).numpy()


def test_beams_find_what_scoring_every_item_finds(opened, answers):
    found = answers.items(PROMPTS, queries(3), 5, beams=5, run=Run())
    for row, prompt in enumerate(PROMPTS):
        scores = log_prob_of_items(*opened, prompt)
        assert found.items[row].tolist() == np.argsort(-scores).tolist()
        assert found.scores[row] == pytest.approx(np.sort(scores)[::-1], abs=1e-4)


def test_texts_are_those_of_the_model_and_of_generate(opened, answers):
    model, pieces = opened
    read = pieces.encode(PROMPTS, most=64)
    mine = answers.texts(PROMPTS, most=6, run=Run())
    embedded, mask = model.embed(read)
    theirs = model.t5.generate(
        inputs_embeds=embedded,
        attention_mask=mask,
        do_sample=False,
        num_beams=1,
        max_new_tokens=6,
        suppress_tokens=[0, *range(pieces.n_pieces, pieces.n_words)],
        decoder_start_token_id=0,
    )
    assert mine == [pieces.decode(row[1:]) for row in theirs.numpy()]


def test_texts_hold_no_items(opened, answers):
    model, pieces = opened
    table = model.t5.shared.weight
    with torch.no_grad():
        kept = table[pieces.code_ids].clone()
        table[pieces.code_ids] *= 100
        said = answers.texts(PROMPTS, most=6, run=Run())
        table[pieces.code_ids] = kept
    assert not any("<a_" in text or "<b_" in text for text in said)


def test_whole_words_and_people_change_what_is_read(opened):
    model, pieces = opened
    batch = pieces.encode(["<u_1> has chosen"], most=20)
    for other in (
        replace(batch, words=batch.words * 0),
        replace(batch, ids=np.where(batch.ids > pieces.n_words, pieces.n_words, batch.ids)),
    ):
        assert not torch.allclose(model.embed(batch)[0], model.embed(other)[0])


def test_padding_changes_nothing(opened):
    model, pieces = opened
    target = pieces.encode(["the reader", "has"], most=9)
    source = pieces.encode(PROMPTS[:2], most=64)
    with torch.no_grad():
        together = model(source, target)
        rows = [np.array([row]) for row in range(2)]
        alone = [model(source.take(row), target.take(row))[0] for row in rows]
    assert together.tolist() == pytest.approx([float(loss) for loss in alone], abs=1e-5)


def test_the_loss_is_the_mean_over_pieces_of_an_answer(opened):
    model, pieces = opened
    source, target = (pieces.encode([text], most=9) for text in ("next?", "the reader"))
    with torch.no_grad():
        embedded, mask = model.embed(source)
        wanted = torch.from_numpy(target.ids)
        theirs = model.t5(inputs_embeds=embedded, attention_mask=mask, labels=wanted).loss
        assert float(model(source, target)) == pytest.approx(float(theirs), abs=1e-5)


def test_the_state_gives_the_same_model(opened, answers):
    state = text_state(*opened)
    model, pieces = text_restored(state, WORDS, "cpu")
    again = TextAnswers.of(model, pieces, INDEX, most=64)
    before, after = (a.items(PROMPTS, queries(3), 5, beams=5, run=Run()) for a in (answers, again))
    assert before.scores.tolist() == after.scores.tolist()
    with pytest.raises(StorageError, match=r"writes \d+ words"):
        text_restored(state, WORDS[:-1], "cpu")


def test_words_past_the_last_one_share_its_embedding():
    pieces = learn_pieces(TEXTS, WORDS, n_users=1, size=260)
    shape = TextShape(n_words=pieces.n_words, n_users=1, dimension=16)
    with torch_draws(Run(), "test"):
        model = TextToText(shape).eval()
    batch = pieces.encode(["a " * 700], most=800)
    assert batch.words.max() == 700
    assert torch.isfinite(model.embed(batch)[0]).all()


@pytest.fixture
def pretrained(tmp_path):
    """A T5 with drawn weights and its tokenizer in a folder, as transformers writes them."""
    learned = learn_pieces(TEXTS, (), n_users=0, size=300)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=learned.tokenizer, pad_token="<pad>", eos_token="</s>"
    )
    fast.save_pretrained(tmp_path)
    config = T5Config(vocab_size=310, d_model=32, d_kv=16, d_ff=64, num_layers=1, num_heads=2)
    config.decoder_start_token_id = 0
    t5 = T5ForConditionalGeneration(config).eval()
    t5.save_pretrained(tmp_path)
    return t5, tmp_path


def test_a_pretrained_model_goes_on_from_what_it_knows(pretrained):
    t5, folder = pretrained
    backbone = TextBackbone(pretrained=str(folder), dropout=0.0)
    with torch_draws(Run(), "test"):
        model, pieces = backbone.open([], WORDS, n_users=2, run=Run())
    model.eval()
    assert pieces.n_words == 310 + len(WORDS)
    with torch.no_grad():
        model.words.weight.zero_()
        read = pieces.encode(["the reader has chosen"], most=20)
        target = torch.tensor([[5, 6, 1]])
        embedded, mask = model.embed(read)
        mine = model.t5(inputs_embeds=embedded, attention_mask=mask, labels=target).logits
        theirs = t5(input_ids=torch.from_numpy(read.ids), labels=target).logits
    assert torch.allclose(mine[..., :310], theirs, atol=1e-4)
    restored, _ = text_restored(text_state(model, pieces), WORDS, "cpu")
    with torch.no_grad():
        again = restored.t5(inputs_embeds=embedded, attention_mask=mask, labels=target).logits
    assert torch.equal(again, mine)


def test_a_folder_without_a_t5_is_refused(tmp_path):
    with pytest.raises(UsageError, match="need a T5"):
        TextBackbone(pretrained=str(tmp_path)).open([], WORDS, n_users=2, run=Run())


@pytest.mark.parametrize("options", [{"pieces": 100}, {"dropout": 1.0}, {"heads": 0}])
def test_impossible_sizes_are_refused(options):
    with pytest.raises(UsageError, match="need"):
        TextBackbone(**options)


def test_an_empty_batch_has_no_answers(answers):
    found = answers.items([], queries(0), 3, beams=2, run=Run())
    assert found.items.shape == (0, 3)
    assert answers.texts([], most=3, run=Run()) == []
    assert isinstance(answers.pieces.encode([], most=9), PieceBatch)


class Notes:
    def __init__(self):
        self.notes = []

    def progress(self, stage, done, total, **figures):
        pass

    def note(self, text):
        self.notes.append(text)


def test_prompts_that_are_too_long_are_said(answers):
    watch = Notes()
    answers.items([*PROMPTS, "word " * 90], queries(4), 2, beams=2, run=Run(watch=watch))
    assert watch.notes[0].startswith("1 of 4 prompts have more than 64 pieces")
    assert len(watch.notes) == 1


def test_the_likelihood_of_an_answer_is_that_of_its_pieces(opened, answers):
    model, pieces = opened
    said = ["the reader", "4", "<a_0><b_1>"]
    found = answers.likelihoods(PROMPTS, said, run=Run())
    for row, prompt in enumerate(PROMPTS):
        for column, text in enumerate(said):
            target = pieces.encode([text], most=9)
            with torch.no_grad():
                mean = float(model(pieces.encode([prompt], most=64), target))
            assert found[row, column] == pytest.approx(-mean * target.lengths[0], abs=1e-4)


def test_an_expected_value_weighs_values_by_their_likelihood(answers):
    chances = np.exp(answers.likelihoods(PROMPTS, ["1", "2.5"], run=Run()).astype(float))
    wanted = (chances @ [1, 2.5]) / chances.sum(1)
    assert answers.expected(PROMPTS, (1.0, 2.5), run=Run()) == pytest.approx(wanted, rel=1e-5)
