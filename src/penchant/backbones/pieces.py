"""Texts to pieces of words and back, where an item and a person are words that nothing splits.

Geng et al., "Recommendation as Language Processing (RLP)", RecSys 2022, section 4, gives all pieces
of one whole word the same additional embedding. So each text comes with the number of the whole
word, the part between two blanks, that each piece belongs to.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from penchant.core import State, StorageError, UsageError

PAD, END = 0, 1
"""Ids of padding, which also begins what is written, and of the end of a text."""
NOBODY = "<u_none>"
"""The word of a person of whom nothing is known."""
ITEM_WORD = re.compile(r"<[a-z]+_[0-9]+>")
"""What every item word must look like. Words of others are fenced where prompts are made: they hold
no angle brackets, so nothing in them can be taken for an item or a person."""
MEMORY = 200_000
"""Different words whose pieces are kept at hand."""


@dataclass(frozen=True, slots=True, eq=False)
class PieceBatch:
    """Texts side by side, left-aligned."""

    ids: NDArray[np.int64]
    """(n, length) :data:`PAD` after the end"""
    words: NDArray[np.int64]
    """(n, length) which whole word of its text each piece belongs to, from 0"""
    lengths: NDArray[np.int64]
    """(n,) pieces with the end, at least 1"""
    cut: int = 0
    """Texts that were too long"""

    def take(self, rows: NDArray[np.integer]) -> "PieceBatch":
        """The given texts, as wide as the longest of them."""
        lengths = self.lengths[rows]
        width = int(lengths.max(initial=1))
        return PieceBatch(self.ids[rows, :width], self.words[rows, :width], lengths)


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Learned pieces of words, then one id for each item word, then one for each person.

    >>> pieces = learn_pieces(["to be or not to be"], ("<a_0>", "<b_1>"), n_users=2, size=260)
    >>> batch = pieces.encode(["<u_1> or <a_0><b_1>"], most=20)
    >>> batch.words[0].tolist()[-3:], pieces.decode(batch.ids[0])
    ([2, 2, 3], '<u_1> or <a_0><b_1>')
    """

    tokenizer: Tokenizer
    n_pieces: int
    """Ids below it are pieces."""
    item_words: tuple[str, ...]
    """The word of id ``n_pieces``, of the one after that, …"""
    n_users: int
    fixed: dict[str, int] = field(init=False, repr=False)
    """Words that are never split, people left out."""
    memory: dict[str, tuple[int, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for word in self.item_words:
            if not ITEM_WORD.fullmatch(word) or word.startswith("<u_"):
                raise UsageError(
                    f"item word {word!r}: need letters and a number such as <a_12>, and no <u_12>,"
                    " so that it is read in one way only"
                )
        if len(set(self.item_words)) < len(self.item_words):
            raise UsageError("two codes of the index have the same item word: need one each")
        fixed = {word: self.n_pieces + code for code, word in enumerate(self.item_words)}
        object.__setattr__(self, "fixed", fixed)

    @property
    def n_words(self) -> int:
        """Ids that can be written: pieces and item words."""
        return self.n_pieces + len(self.item_words)

    @property
    def code_ids(self) -> NDArray[np.int64]:
        """(vocabulary,) the id of each code of the index."""
        return np.arange(self.n_pieces, self.n_words)

    def user_word(self, user: int) -> str:
        """How a person stands in a text; :data:`NOBODY` for an unknown one."""
        return f"<u_{user}>" if 0 <= user < self.n_users else NOBODY

    def encode(self, texts: Sequence[str], *, most: int) -> PieceBatch:
        """The pieces of texts; a text of more than ``most`` loses some after its first quarter."""
        found = [self._read(text, most) for text in texts]
        lengths = np.array([len(ids) for ids, _, _ in found], np.int64)
        width = int(lengths.max(initial=1))
        ids = np.full((len(texts), width), PAD, np.int64)
        words = np.zeros((len(texts), width), np.int64)
        for row, (mine, numbers, _) in enumerate(found):
            ids[row, : len(mine)], words[row, : len(mine)] = mine, numbers
        cut = sum(whole for _, _, whole in found)
        return PieceBatch(ids, words, lengths, cut)

    def decode(self, ids: NDArray[np.integer]) -> str:
        """The text of ids, up to the end."""
        parts: list[str] = []
        run: list[int] = []
        for i in ids.tolist():
            if i in (PAD, END):
                break
            if i < self.n_pieces:
                run.append(i)
                continue
            parts += [f"{self.tokenizer.decode(run)} "] if run else []
            run = []
            code = i - self.n_pieces
            user = code - len(self.item_words) - 1
            known = code < len(self.item_words)
            parts.append(self.item_words[code] if known else self.user_word(user))
        return "".join([*parts, self.tokenizer.decode(run)]).strip()

    def state(self) -> State:
        """The tokenizer's own JSON; item words and people are known elsewhere."""
        return State({"tokenizer": self.tokenizer.to_str(), "pieces": self.n_pieces})

    @classmethod
    def restored(cls, state: State, item_words: tuple[str, ...], n_users: int) -> "Pieces":
        """The pieces that gave this state.

        Raises:
            StorageError: It is not the state of a tokenizer.
        """
        try:
            tokenizer = Tokenizer.from_str(state.json["tokenizer"])
            return cls(tokenizer, int(state.json["pieces"]), item_words, n_users)
        except UsageError:
            raise
        except Exception as error:  # tokenizers raises Exception itself
            raise StorageError(f"not the state of a tokenizer ({error}); fit again") from error

    def _read(self, text: str, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64], bool]:
        """Pieces and words of a text, and whether it was too long."""
        pieces = [self._pieces_of(word) for word in text.split()]
        lengths = [len(mine) for mine in pieces]
        ids = np.fromiter((i for mine in pieces for i in mine), np.int64, sum(lengths))
        words = np.repeat(np.arange(len(pieces)), lengths)
        too_long = len(ids) >= most
        if too_long:
            head = most // 4
            kept = np.r_[0:head, len(ids) - (most - 1 - head) : len(ids)]
            ids, words = ids[kept], words[kept]
        return np.append(ids, END), np.append(words, len(pieces)), too_long

    def _pieces_of(self, word: str) -> tuple[int, ...]:
        known = self.memory.get(word)
        if known is not None:
            return known
        ids: list[int] = []
        end = 0
        for match in _FIXED.finditer(word):
            fixed = self._fixed_id(match.group())
            if fixed is not None:
                ids += [*self._plain(word[end : match.start()], first=end == 0), fixed]
                end = match.end()
        ids += self._plain(word[end:], first=end == 0)
        if len(self.memory) >= MEMORY:
            self.memory.clear()
        self.memory[word] = tuple(ids)
        return self.memory[word]

    def _fixed_id(self, word: str) -> int | None:
        if not word.startswith("<u_"):
            return self.fixed.get(word)
        number = word[3:-1]
        user = int(number) if number.isdigit() else -1
        return self.n_words + (user + 1 if user < self.n_users else 0)

    def _plain(self, text: str, *, first: bool) -> list[int]:
        if not text:
            return []
        ids: list[int] = self.tokenizer.encode(f" {text}" if first else text).ids
        return [i for i in ids if i not in (PAD, END)]


_FIXED = re.compile(rf"{ITEM_WORD.pattern}|{NOBODY}")


def learn_pieces(
    texts: Iterable[str], item_words: tuple[str, ...], *, n_users: int, size: int
) -> Pieces:
    """Byte-level pair encoding learned from texts: every text can be read, none is unknown.

    Args:
        texts: Of the training data and of the templates; item words in them teach nothing.
        item_words: See :func:`penchant.codes.item_words`.
        n_users: People with a word of their own.
        size: Most pieces; at least the 256 bytes and two signs.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=max(size, 258),
        special_tokens=["<pad>", "</s>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    spoken = (" " + " ".join(_FIXED.sub(" ", text).split()) for text in texts)
    tokenizer.train_from_iterator(spoken, trainer)
    return Pieces(tokenizer, tokenizer.get_vocab_size(), item_words, n_users)
