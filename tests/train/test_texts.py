from dataclasses import replace

import numpy as np
import pytest
import torch

from penchant.backbones.pieces import learn_pieces
from penchant.codes import ItemIndex
from penchant.core import Ragged, Run
from penchant.data import mini_world
from penchant.tasks import Example, names_of
from penchant.train.texts import (
    Reading,
    spoken_texts,
    text_batches,
    text_fingerprint,
    text_loss,
)

PIECES = learn_pieces(["what next, yes or no"], ("<a_0>", "<a_1>"), n_users=9, size=280)
READING = Reading(most_read=50, most_written=9, nobody=0.5)


def examples_of(step):
    long = " ".join(["what next"] * 10)
    return [
        Example(f"<u_{step}> {long if row % 2 else ''} <a_0> next", "<a_1>", "x-1@1", "x")
        for row in range(40)
    ]


def test_a_batch_is_a_function_of_the_step_and_drops_some_people():
    batch = text_batches(examples_of, PIECES, READING, Run(seed=1), "test.nobody")
    first, again = batch(3), batch(3)
    assert all((a[0].ids == b[0].ids).all() for a, b in zip(first, again, strict=True))
    people = np.concatenate([source.ids[:, 0] for source, _ in first])
    assert set(people.tolist()) == {PIECES.n_words, PIECES.n_words + 4}
    other = text_batches(examples_of, PIECES, READING, Run(seed=2), "test.nobody")(3)
    assert not all((a[0].ids == b[0].ids).all() for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_people_are_dropped_as_often_as_asked(share):
    reading = replace(READING, nobody=share)
    batch = text_batches(examples_of, PIECES, reading, Run(), "test.nobody")(0)
    people = np.concatenate([source.ids[:, 0] for source, _ in batch])
    assert (people == PIECES.n_words).mean() == share


def test_alike_lengths_stand_together():
    batch = text_batches(examples_of, PIECES, READING, Run(), "test.nobody")(0)
    assert len(batch) == 2
    for source, target in batch:
        assert source.lengths.min() > source.lengths.max() // 2
        assert source.ids.shape[1] == source.lengths.max()
        assert len(target.lengths) == len(source.lengths)
    assert sum(len(source.lengths) for source, _ in batch) == 40


def test_the_loss_counts_every_example_alike():
    class Told(torch.nn.Module):
        def forward(self, source, target):
            return torch.from_numpy(target.lengths).double()

    batch = text_batches(examples_of, PIECES, READING, Run(), "test.nobody")(0)
    assert float(text_loss(Told())(batch)) == 2.0


def test_pieces_are_learned_from_prompts_catalogue_and_reviews():
    data = mini_world()
    told = list(spoken_texts(data, names_of(data.catalog)))
    assert not any("{" in text for text in told)
    for wanted in (data.catalog.titles()[0], data.events["review"].drop_nulls()[0]):
        assert any(wanted in text for text in told)


def test_the_fingerprint_sees_every_word():
    data = mini_world()
    index = ItemIndex(Ragged.of([[0]] * len(data.catalog)), (1,), "print", "test")
    reviews = data.events["review"].to_list()
    reviews[0] = "Something else."
    other = replace(data, events=data.events.with_columns(review=np.array(reviews, object)))
    assert text_fingerprint(data, index, None) == text_fingerprint(mini_world(), index, None)
    assert text_fingerprint(data, index, None) != text_fingerprint(other, index, None)
    moved = ItemIndex(index.codes, (1,), "another", "test")
    assert text_fingerprint(data, index, None) != text_fingerprint(data, moved, None)
