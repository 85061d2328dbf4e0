"""Lexical search: which texts have the words of a question, rare words counting most.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and
Trends in Information Retrieval 3(4), 2009, section 3.4; weights of words are worked out once by
bm25s (Lù, "BM25S: Orders of magnitude faster lexical search via eager sparse scoring", 2024,
arXiv:2407.03618), so that a search is one product of sparse matrices.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from penchant.core import MissingExtra, State, UsageError

LONGEST_QUESTION = 4_000
"""Characters of a question that are read."""
LONGEST_TEXT = 20_000
"""Characters of a text that are found again."""

# Languages that write without blanks: each sign is a word of its own.
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_SIGNS}]|[^\W{_SIGNS}]+")


def words_of(text: str) -> list[str]:
    """The words of a text without case and accents, in their order.

    >>> words_of("Amélie, part II: L'été")
    ['amelie', 'part', 'ii', 'l', 'ete']
    >>> words_of("千と千尋")
    ['千', 'と', '千', '尋']
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return _WORD.findall(unicodedata.normalize("NFC", bare))


@dataclass(frozen=True, slots=True, eq=False)
class LexicalIndex:
    """Texts that are found by their words.

    >>> index = LexicalIndex.of(["a red shoe", "a blue shoe", "the sky"])
    >>> index.score(["blue shoes, or a blue sky"]).argmax(1).tolist()
    [1]
    """

    words: Mapping[str, int]
    """Word -> row of :attr:`weights`"""
    weights: "csr_array[np.float32]"
    """(n_words, n_texts) float32: what a word of a question adds to the score of a text"""

    @classmethod
    def of(cls, texts: Sequence[str], *, k1: float = 1.5, b: float = 0.75) -> "LexicalIndex":
        """An index of texts; an empty one is never found.

        Args:
            texts: (n)
            k1: How soon more of the same word adds no more.
            b: From 0, the length of a text does not matter, to 1, it does in full.

        Raises:
            MissingExtra: bm25s is not installed.
            UsageError: ``k1`` or ``b`` cannot be.
        """
        if k1 < 0 or not 0 <= b <= 1:
            raise UsageError(f"k1={k1:g}, b={b:g}: need k1 from 0 up and b from 0 to 1")
        told = [words_of(text[:LONGEST_TEXT]) for text in texts]
        words: dict[str, int] = {}
        rows = [[words.setdefault(word, len(words)) for word in one] for one in told]
        head = {"words": list(words), "n_texts": len(texts)}
        if not words:
            return cls.restore(State(head, _empty()))
        try:
            import bm25s
        except ImportError as error:
            raise MissingExtra("bm25s", extra="retrieve") from error
        scorer = bm25s.BM25(k1=k1, b=b, method="lucene")
        scorer.index((rows, words), create_empty_token=False, show_progress=False)
        columns = scorer.scores
        arrays: dict[str, NDArray[Any]] = {  # Any: each array has its own dtype
            "weights": np.asarray(columns["data"], np.float32),
            "texts": np.asarray(columns["indices"], np.int32),
            "starts": np.asarray(columns["indptr"], np.int64)[: len(words) + 1],
        }
        return cls.restore(State(head, arrays))

    def __len__(self) -> int:
        return int(self.weights.shape[1])

    def score(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """(n_questions, n_texts) from 0 up; 0: no word in common.

        Each word of a question counts once, however often it is said.
        """
        known = [
            {self.words[word] for word in words_of(text[:LONGEST_QUESTION]) if word in self.words}
            for text in questions
        ]
        lengths = [len(one) for one in known]
        columns = np.fromiter((row for one in known for row in sorted(one)), np.int64, sum(lengths))
        ones = np.ones(len(columns), np.float32)
        starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        asked = csr_array((ones, columns, starts), shape=(len(known), len(self.words)))
        return np.asarray((asked @ self.weights).todense(), np.float32)

    def state(self) -> State:
        """Words in their order, and what each adds."""
        arrays: dict[str, NDArray[Any]] = {  # Any: each array has its own dtype
            "weights": self.weights.data.astype(np.float32),
            "texts": self.weights.indices.astype(np.int32),
            "starts": self.weights.indptr.astype(np.int64),
        }
        return State({"words": list(self.words), "n_texts": len(self)}, arrays)

    @classmethod
    def restore(cls, state: State) -> "LexicalIndex":
        """The index that gave this state."""
        words = {word: row for row, word in enumerate(state.json["words"])}
        parts = (state.arrays["weights"], state.arrays["texts"], state.arrays["starts"])
        return cls(words, csr_array(parts, shape=(len(words), int(state.json["n_texts"]))))


def _empty() -> dict[str, NDArray[Any]]:
    return {
        "weights": np.zeros(0, np.float32),
        "texts": np.zeros(0, np.int32),
        "starts": np.zeros(1, np.int64),
    }
