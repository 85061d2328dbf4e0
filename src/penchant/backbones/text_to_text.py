"""An encoder-decoder of T5's shape that knows which pieces belong to one word.

Raffel et al., "Exploring the limits of transfer learning with a unified text-to-text transformer",
JMLR 2020; whole-word embeddings as in Geng et al., "Recommendation as Language Processing", RecSys
2022, section 4. The layers are those of transformers; attention weights are not dropped out.
People's words are inputs only, so that a softmax never runs over them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoConfig, AutoTokenizer, T5Config, T5ForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput
from transformers.models.t5.modeling_t5 import T5Attention

from penchant.backbones.pieces import END, PAD, PieceBatch, Pieces
from penchant.core import State, StorageError, UsageError

MOST_WORDS = 512
"""Whole words of a text that are told apart; all later ones share the last embedding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextShape:
    """The size of a :class:`TextToText`."""

    n_words: int
    """Ids that can be read and written: :attr:`Pieces.n_words`."""
    n_users: int
    dimension: int = 128
    heads: int = 4
    head_dimension: int = 32
    feed_forward: int = 512
    encoder_layers: int = 2
    decoder_layers: int = 2
    dropout: float = 0.1
    activation: str = "relu"
    """As transformers calls it: ``relu`` or ``gated-gelu``."""
    scaled_outputs: bool = False
    """Outputs are divided by the root of the dimension, as in the first T5."""

    def __post_init__(self) -> None:
        for name in ("dimension", "heads", "head_dimension", "feed_forward", "decoder_layers"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: need at least 1")
        if not 0 <= self.dropout < 1:
            raise UsageError(f"dropout={self.dropout}: need a share from 0 to less than 1")

    def config(self) -> T5Config:
        """As transformers has it."""
        config = T5Config(
            vocab_size=self.n_words,
            d_model=self.dimension,
            d_kv=self.head_dimension,
            d_ff=self.feed_forward,
            num_layers=self.encoder_layers,
            num_decoder_layers=self.decoder_layers,
            num_heads=self.heads,
            dropout_rate=self.dropout,
            feed_forward_proj=self.activation,
            pad_token_id=PAD,
        )
        config.scale_decoder_outputs = self.scaled_outputs
        config.decoder_start_token_id = PAD
        return config


class TextToText(nn.Module):
    """Texts to texts, with the id of a whole word, an item or a person beside each piece."""

    def __init__(self, shape: TextShape) -> None:
        super().__init__()
        self.shape = shape
        self.t5 = T5ForConditionalGeneration(shape.config())
        for part in self.t5.modules():
            if isinstance(part, T5Attention):
                part.dropout = 0.0  # of attention weights: a third of the time of a step on a CPU
        self.words = nn.Embedding(MOST_WORDS, shape.dimension)
        self.users = nn.Embedding(1 + shape.n_users, shape.dimension)
        small = shape.dimension**-0.5
        for table in (self.words, self.users):
            nn.init.normal_(table.weight, std=small)
        if not shape.scaled_outputs:
            nn.init.normal_(self.t5.shared.weight, std=small)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.users.weight.device

    def embed(self, batch: PieceBatch) -> tuple[Tensor, Tensor]:
        """What the encoder reads.

        Returns:
            (n, length, dimension) embeddings of pieces and of their whole words added; and
            (n, length) int64, 1 where a text has a piece.
        """
        ids = torch.from_numpy(batch.ids).to(self.device)
        numbers = torch.from_numpy(np.minimum(batch.words, MOST_WORDS - 1)).to(self.device)
        n = self.shape.n_words
        person = (ids >= n)[..., None]
        said = self.t5.shared(ids.clamp(max=n - 1))
        read = torch.where(person, self.users((ids - n).clamp(min=0)), said) + self.words(numbers)
        places = torch.arange(ids.shape[1], device=self.device)
        lengths = torch.from_numpy(batch.lengths).to(self.device)
        return read, (places < lengths[:, None]).long()

    def encode(self, source: PieceBatch) -> tuple[Tensor, Tensor]:
        """(n, length, dimension) states of the encoder, and (n, length) where pieces are."""
        embedded, mask = self.embed(source)
        return self.t5.encoder(inputs_embeds=embedded, attention_mask=mask)[0], mask

    def losses(self, memory: tuple[Tensor, Tensor], target: PieceBatch) -> Tensor:
        """(n, length) cross entropy of each piece of the targets, its end counted, in nats.

        Args:
            memory: See :meth:`encode`.
            target: n answers; 0 after their ends.
        """
        wanted = torch.from_numpy(target.ids).to(self.device)
        before = functional.pad(wanted[:, :-1], (1, 0), value=PAD)
        logits = self.t5(
            encoder_outputs=BaseModelOutput(memory[0]),
            attention_mask=memory[1],
            decoder_input_ids=before,
            use_cache=False,
        ).logits
        losses = functional.cross_entropy(
            logits.flatten(0, 1).float(), wanted.flatten(), reduction="none"
        ).view(wanted.shape)
        lengths = torch.from_numpy(target.lengths).to(self.device)
        return losses * (torch.arange(wanted.shape[1], device=self.device) < lengths[:, None])

    def forward(self, source: PieceBatch, target: PieceBatch) -> Tensor:
        """(n,) mean cross entropy of the pieces of each target, in nats."""
        lengths = torch.from_numpy(target.lengths).to(self.device)
        return self.losses(self.encode(source), target).sum(1) / lengths

    def arrays(self) -> dict[str, NDArray[Any]]:  # Any: as State has it
        """Every weight once, by name."""
        return {name: p.detach().cpu().numpy() for name, p in self.named_parameters()}

    def put(self, arrays: Mapping[str, NDArray[Any]]) -> None:  # Any: likewise
        """Takes the weights that :meth:`arrays` gave."""
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                parameter.copy_(torch.from_numpy(arrays[name]))


def open_pretrained(
    name: str, item_words: tuple[str, ...], *, n_users: int, dropout: float
) -> tuple[TextToText, Pieces]:
    """A pretrained T5 and its tokenizer; rows for item words are added, drawn like its own.

    Args:
        name: A folder, or a name on a hub; only safetensors are read.
        item_words: See :func:`penchant.codes.item_words`.
        n_users: People with a word of their own.
        dropout: Of the training to come.

    Raises:
        UsageError: It is not a T5, or its padding and end are not ids 0 and 1.
    """
    try:
        config = AutoConfig.from_pretrained(name)
        t5 = T5ForConditionalGeneration.from_pretrained(name, use_safetensors=True)
        tokenizer = AutoTokenizer.from_pretrained(name).backend_tokenizer
    except (OSError, ValueError) as error:
        raise UsageError(
            f"pretrained={name!r} cannot be read ({error}): need a T5 with its weights in "
            "safetensors and its tokenizer in tokenizer.json"
        ) from error
    if config.model_type != "t5" or (config.pad_token_id, config.eos_token_id) != (PAD, END):
        raise UsageError(f"{name}: need a T5 whose padding is id 0 and whose end is id 1")
    tokenizer.post_processor = None
    n_pieces = max(config.vocab_size, tokenizer.get_vocab_size())
    pieces = Pieces(tokenizer, n_pieces, item_words, n_users)
    shape = TextShape(
        n_words=pieces.n_words,
        n_users=n_users,
        dimension=config.d_model,
        heads=config.num_heads,
        head_dimension=config.d_kv,
        feed_forward=config.d_ff,
        encoder_layers=config.num_layers,
        decoder_layers=config.num_decoder_layers or config.num_layers,
        dropout=dropout,
        activation=config.feed_forward_proj,
        scaled_outputs=config.scale_decoder_outputs,
    )
    model = TextToText(shape)
    _take_over(model, t5)
    return model, pieces


@torch.no_grad()
def _take_over(model: TextToText, t5: T5ForConditionalGeneration) -> None:
    own = dict(model.t5.named_parameters())
    for name, weights in t5.named_parameters():
        if name != "shared.weight":
            own[name].copy_(weights)
    old = t5.shared.weight
    nn.init.normal_(model.t5.shared.weight, std=float(old.std()))
    model.t5.shared.weight[: len(old)] = old
    for table in (model.words, model.users):
        nn.init.normal_(table.weight, std=0.1 * float(old.std()))


def text_state(model: TextToText, pieces: Pieces) -> State:
    """Weights, sizes and the tokenizer; item words are known from the index."""
    return State({"shape": asdict(model.shape)}, model.arrays(), {"pieces": pieces.state()})


def text_restored(
    state: State, item_words: tuple[str, ...], device: str
) -> tuple[TextToText, Pieces]:
    """The model and the pieces that gave this state, ready to answer.

    Raises:
        StorageError: It is not such a state, or belongs to another index.
    """
    try:
        shape = TextShape(**state.json["shape"])
        pieces = Pieces.restored(state.parts["pieces"], item_words, shape.n_users)
        model = TextToText(shape)
        model.put(state.arrays)
    except (KeyError, TypeError, RuntimeError) as error:
        raise StorageError(f"not the state of a text model ({error}); fit again") from error
    if pieces.n_words != shape.n_words:
        raise StorageError(
            f"the model writes {shape.n_words} words, its index and tokenizer have "
            f"{pieces.n_words}; fit again"
        )
    return model.to(device).eval(), pieces
