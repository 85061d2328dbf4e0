"""Which text-to-text model a method learns with, as a value in its options."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from penchant.core import Run, UsageError

if TYPE_CHECKING:
    from penchant.backbones.pieces import Pieces
    from penchant.backbones.text_to_text import TextToText


@dataclass(frozen=True, kw_only=True)
class TextBackbone:
    """An encoder-decoder of T5's shape: from scratch in these sizes, or a pretrained one.

    >>> TextBackbone(dimension=64).pretrained is None
    True
    """

    pretrained: str | None = None
    """A folder with a T5 and its tokenizer, or its name on a hub; sizes and pieces are then its
    own, and only ``dropout`` counts. It is read when a fit begins, and never again."""
    pieces: int = 2_000
    """Pieces of words learned from prompts, titles and reviews, at most; at least 258."""
    dimension: int = 128
    heads: int = 4
    head_dimension: int = 32
    feed_forward: int = 256
    encoder_layers: int = 2
    decoder_layers: int = 2
    dropout: float = 0.1

    def __post_init__(self) -> None:
        for name in ("dimension", "heads", "head_dimension", "feed_forward", "decoder_layers"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        if self.pieces < 258:
            raise UsageError(f"pieces={self.pieces}: need 258 at least, the bytes and two signs")
        if not 0 <= self.dropout < 1:
            raise UsageError(f"dropout={self.dropout}: need a share from 0 to less than 1")

    @classmethod
    def t5_small(cls) -> "TextBackbone":
        """The sizes of T5-small, 61 million weights, drawn at random."""
        return cls(
            pieces=32_000,
            dimension=512,
            heads=8,
            head_dimension=64,
            feed_forward=2_048,
            encoder_layers=6,
            decoder_layers=6,
        )

    def open(
        self, texts: Iterable[str], item_words: tuple[str, ...], *, n_users: int, run: Run
    ) -> "tuple[TextToText, Pieces]":
        """A model to be trained, and what reads for it.

        Weights are drawn from torch's generator: see :func:`penchant.train.torch_draws`.

        Args:
            texts: What pieces are learned from.
            item_words: See :func:`penchant.codes.item_words`.
            n_users: People with a word of their own.
            run: Where the model goes.

        Raises:
            UsageError: What ``pretrained`` names is not a T5.
        """
        from penchant.backbones.pieces import learn_pieces
        from penchant.backbones.text_to_text import TextShape, TextToText, open_pretrained

        if self.pretrained is not None:
            model, pieces = open_pretrained(
                self.pretrained, item_words, n_users=n_users, dropout=self.dropout
            )
            return model.to(run.device), pieces
        pieces = learn_pieces(texts, item_words, n_users=n_users, size=self.pieces)
        shape = TextShape(
            n_words=pieces.n_words,
            n_users=n_users,
            dimension=self.dimension,
            heads=self.heads,
            head_dimension=self.head_dimension,
            feed_forward=self.feed_forward,
            encoder_layers=self.encoder_layers,
            decoder_layers=self.decoder_layers,
            dropout=self.dropout,
        )
        return TextToText(shape).to(run.device), pieces
