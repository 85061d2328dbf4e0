"""The verbs of a model, each through the books."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run
from penchant.language.books.booked import Booking
from penchant.language.books.booked_numbers import (
    keep_numbers,
    likelihoods_from,
    numbers_from,
    split_likelihoods,
    vectors_from,
)
from penchant.language.books.budget import Amount
from penchant.language.books.calls import (
    Kept,
    call_to_embed,
    call_to_rerank,
    call_to_score,
    call_to_write,
)
from penchant.language.words import (
    GREEDY,
    Embedder,
    JsonShape,
    Likelihoods,
    Prompt,
    Reply,
    Reranker,
    Sampling,
    Scorer,
    Streamer,
    Writer,
)


@dataclass(frozen=True, slots=True, eq=False)
class BookedWriting:
    """Answers in words, on the books."""

    model: Writer
    booking: Booking

    def write(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int,
        shape: JsonShape | None = None,
        sampling: Sampling = GREEDY,
        run: Run,
    ) -> list[Reply]:
        """As :meth:`Writer.write`; what the books hold is not asked."""
        prompts = self.booking.prompts(prompts)
        calls = [
            call_to_write(
                self.booking.model, prompt, max_tokens=max_tokens, shape=shape, sampling=sampling
            )
            for prompt in prompts
        ]

        def ask(numbers: Sequence[int]) -> Iterator[tuple[int, Kept]]:
            asked = [prompts[number] for number in numbers]
            replies = self.model.write(
                asked, max_tokens=max_tokens, shape=shape, sampling=sampling, run=run
            )
            return zip(numbers, map(Kept, replies), strict=True)

        def most(number: int) -> Amount:
            return self.booking.amount_of(prompts[number], max_tokens)

        return [kept.reply for kept in self.booking.take(calls, ask, most, run)]


@dataclass(frozen=True, slots=True, eq=False)
class BookedStreaming:
    """Answers in words as they come, on the books once they have come."""

    model: Streamer
    booking: Booking

    def stream(self, prompt: Prompt, *, max_tokens: int, run: Run) -> Iterator[str]:
        """As :meth:`Streamer.stream`; an answer of the books comes in one piece.

        What came is kept where the stream says how it ended; else only by a recording.
        """
        (prompt,) = self.booking.prompts([prompt])
        call = call_to_write(self.booking.model, prompt, max_tokens=max_tokens, verb="stream")
        yield from self.booking.stream(
            call,
            lambda: self.model.stream(prompt, max_tokens=max_tokens, run=run),
            prompt,
            max_tokens,
            run,
        )


@dataclass(frozen=True, slots=True, eq=False)
class BookedScoring:
    """Likelihoods, on the books."""

    model: Scorer
    booking: Booking

    def score(
        self, prompts: Sequence[Prompt], answers: Sequence[Sequence[str]], *, run: Run
    ) -> Likelihoods:
        """As :meth:`Scorer.score`; each prompt with its answers is one call."""
        model = self.booking.model
        prompts = self.booking.prompts(prompts)
        pairs = list(zip(prompts, answers, strict=True))
        calls = [call_to_score(model, prompt, given) for prompt, given in pairs]

        def ask(numbers: Sequence[int]) -> Iterator[tuple[int, Kept]]:
            asked = [prompts[number] for number in numbers]
            given = [answers[number] for number in numbers]
            return zip(
                numbers, split_likelihoods(self.model.score(asked, given, run=run)), strict=True
            )

        def most(number: int) -> Amount:
            longest = sum(map(model.count, answers[number]))
            return self.booking.amount_of(prompts[number], longest)

        kept = self.booking.take(calls, ask, most, run)
        return likelihoods_from(kept, [len(given) for given in answers])


@dataclass(frozen=True, slots=True, eq=False)
class BookedReranking:
    """Relevances, on the books."""

    model: Reranker
    booking: Booking

    def rerank(
        self, questions: Sequence[str], documents: Sequence[Sequence[str]], *, run: Run
    ) -> list[NDArray[np.float32]]:
        """As :meth:`Reranker.rerank`; each question with its documents is one call."""
        model = self.booking.model
        questions = self.booking.texts(questions)
        documents = [self.booking.texts(given) for given in documents]
        pairs = list(zip(questions, documents, strict=True))
        calls = [call_to_rerank(model, question, given) for question, given in pairs]

        def tokens(number: int) -> int:
            question, given = pairs[number]
            return model.count(question) * len(given) + sum(map(model.count, given))

        def ask(numbers: Sequence[int]) -> Iterator[tuple[int, Kept]]:
            asked = [questions[number] for number in numbers]
            found = self.model.rerank(asked, [documents[number] for number in numbers], run=run)
            for number, relevances in zip(numbers, found, strict=True):
                yield number, keep_numbers(relevances, tokens(number))

        kept = self.booking.take(calls, ask, lambda n: self.booking.amount(tokens(n)), run)
        return [numbers_from(one, len(given)) for one, given in zip(kept, documents, strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class BookedEmbedding:
    """Vectors of texts, on the books."""

    model: Embedder
    booking: Booking

    def embed(self, texts: Sequence[str], *, run: Run) -> NDArray[np.float32]:
        """As :meth:`Embedder.embed`; rows that could not be had are nan."""
        if not texts:
            return self.model.embed(texts, run=run)
        texts = self.booking.texts(texts)
        calls = [call_to_embed(self.booking.model, text) for text in texts]

        def tokens(number: int) -> int:
            return self.booking.model.count(texts[number])

        def ask(numbers: Sequence[int]) -> Iterator[tuple[int, Kept]]:
            vectors = self.model.embed([texts[number] for number in numbers], run=run)
            for number, vector in zip(numbers, vectors, strict=True):
                yield number, keep_numbers(vector, tokens(number))

        kept = self.booking.take(calls, ask, lambda n: self.booking.amount(tokens(n)), run)
        return vectors_from(kept)
