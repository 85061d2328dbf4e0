"""The words of language models: prompts go in; replies and likelihoods come out.

A language model stands in a method as a value, a frozen dataclass of options such as
``LocalLM("smollm2-135m-instruct")``. :func:`penchant.language.opened` turns it into something with
verbs. What a model can do is what verbs it has: :class:`Writer`, :class:`Streamer`,
:class:`Scorer`, :class:`Embedder`, :class:`Reranker`. Whatever fails outside of this program is
told by :attr:`Reply.failure` and never raised; what the person who runs it can mend (no such model,
a wrong key) is raised when the model is opened or first asked.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from penchant.core import Json, Run, UsageError

Role = Literal["system", "user", "assistant"]
Failure = Literal[
    "", "down", "slow", "limited", "refused", "garbled", "cut", "budget", "missing", "too-long"
]
"""Why there is no answer: nothing listens or it broke off; the deadline passed; the provider
limits the rate; it refused to answer; the reply is not what the protocol says; it ended in the
middle; a budget is spent; a replay has no such call; the prompt is longer than the window."""
Finish = Literal["stop", "length", "failed"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked: turns of a chat, or plain text to go on with.

    >>> Prompt.chat("Which film next?", system="You recommend films.").messages[0].role
    'system'
    """

    messages: tuple[Message, ...] = ()
    begun: str = ""
    """How the answer begins already, given after the chat's form; with no messages, a plain text
    that is continued as it stands, without any chat form."""
    template: str = ""
    """What it was filled from, as ``name@version#sha256``; empty: written by hand."""

    def __post_init__(self) -> None:
        if not self.messages and not self.begun:
            raise UsageError("an empty prompt: need a message, or a text to go on with")

    @classmethod
    def chat(cls, user: str, *, system: str = "", begun: str = "", template: str = "") -> "Prompt":
        """One question, with the role that the model plays, if any."""
        first = (Message("system", system),) if system else ()
        return cls((*first, Message("user", user)), begun, template)

    @classmethod
    def plain(cls, text: str, *, template: str = "") -> "Prompt":
        """A text that the model goes on with."""
        return cls((), text, template)

    def text(self) -> str:
        """All that is said, for people and for counting; not the form that a model sees."""
        told = [f"{message.role}: {message.content}" for message in self.messages]
        return "\n".join([*told, self.begun] if self.begun else told)


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is drawn."""

    temperature: float = 0.0
    """0: always the likeliest."""
    top_p: float = 1.0
    seed: int = 0
    """Of the draws; without meaning at temperature 0."""

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 2:
            raise UsageError(f"temperature={self.temperature}: need a number from 0 to 2")
        if not 0 < self.top_p <= 1:
            raise UsageError(f"top_p={self.top_p}: need a share above 0, at most 1")


GREEDY = Sampling()


@dataclass(frozen=True, slots=True)
class JsonShape:
    """The JSON that an answer must be: a JSON Schema, kept as text so that it hashes."""

    name: str
    schema: str

    @classmethod
    def of(cls, name: str, schema: Mapping[str, Json]) -> "JsonShape":
        """A shape from a schema as a mapping.

        >>> JsonShape.of("stars", {"type": "integer", "maximum": 5})
        JsonShape(name='stars', schema='{"maximum":5,"type":"integer"}')
        """
        return cls(name, json.dumps(schema, sort_keys=True, separators=(",", ":")))

    def as_json(self) -> dict[str, Any]:  # Any: a JSON Schema nests freely
        """The schema as a mapping."""
        read: dict[str, Any] = json.loads(self.schema)
        return read


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call took."""

    prompt_tokens: int = 0
    """All tokens of the prompt, those that were computed before counted too."""
    completion_tokens: int = 0
    reused_tokens: int = 0
    """Of the prompt's tokens, those that did not have to be computed again."""
    seconds: float = 0.0
    cost: float = 0.0
    """Money, in the currency of the model's prices; 0 where none are given."""
    estimated: bool = False
    """The tokens were counted here, since the provider did not say."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.reused_tokens + other.reused_tokens,
            self.seconds + other.seconds,
            self.cost + other.cost,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, or why there is none."""

    text: str
    usage: Usage = Usage()
    finish: Finish = "stop"
    cached: bool = False
    """It comes from the books, and cost nothing now."""
    failure: Failure = ""
    detail: str = ""
    """About a failure: what was seen, and what to do; never a secret."""

    @classmethod
    def failed(cls, failure: Failure, detail: str, usage: Usage = Usage()) -> "Reply":
        """No answer."""
        return cls("", usage, "failed", False, failure, detail)


@dataclass(frozen=True, slots=True, eq=False)
class Likelihoods:
    """How likely each answer to each prompt is, in arrays.

    Prompt i has the answers ``offsets[i]:offsets[i + 1]``.
    """

    log_probs: NDArray[np.float32]
    """(n_answers,) natural log of the whole answer's probability; nan: it could not be had"""
    n_tokens: NDArray[np.int32]
    """(n_answers,) tokens of each answer"""
    offsets: NDArray[np.int64]
    """(n_prompts + 1,)"""
    usage: Usage = Usage()
    failures: Mapping[str, int] = field(default_factory=dict)
    """How many prompts could not be scored, by :data:`Failure`"""


class OpenModel(Protocol):
    """A model that can be asked; the verbs below say how."""

    @property
    def name(self) -> str:
        """As it stands in the books and in messages."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever answers may: weights, precision, endpoint, model name."""

    @property
    def window(self) -> int | None:
        """Most tokens of prompt and answer together; ``None``: not known."""

    def count(self, text: str) -> int:
        """Tokens of a text; an estimate where the tokenizer is elsewhere."""


class LanguageModel(Protocol):
    """A language model as a value: a frozen dataclass of options, secrets not among them."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # Any: how the standard library types it

    def open(self, run: Run) -> OpenModel:
        """Loads weights, or finds out what an endpoint is.

        Raises:
            PenchantError: It cannot be used; the message says what to do.
        """


@runtime_checkable
class Writer(Protocol):
    """Answers in words."""

    def write(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int,
        shape: JsonShape | None = None,
        sampling: Sampling = GREEDY,
        run: Run,
    ) -> list[Reply]:
        """One reply to each prompt, in their order.

        Args:
            prompts: Any number; those with a common beginning share its computation where the
                model is local.
            max_tokens: Of each answer.
            shape: The JSON that an answer must be.
            sampling: How tokens are drawn.
            run: Deadline, watcher, and the books.
        """


@runtime_checkable
class Streamer(Protocol):
    """Answers in words, as they come."""

    def stream(self, prompt: Prompt, *, max_tokens: int, run: Run) -> Iterator[str]:
        """Pieces of the answer; ends early when the model breaks off."""


@runtime_checkable
class Scorer(Protocol):
    """Knows how likely given answers are."""

    def score(
        self, prompts: Sequence[Prompt], answers: Sequence[Sequence[str]], *, run: Run
    ) -> Likelihoods:
        """Log-probabilities of several answers to each prompt, the prompt computed once."""


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors."""

    def embed(self, texts: Sequence[str], *, run: Run) -> NDArray[np.float32]:
        """(n, d) unit rows."""


@runtime_checkable
class Reranker(Protocol):
    """Orders texts by how well they answer a question, as rerank endpoints do."""

    def rerank(
        self, questions: Sequence[str], documents: Sequence[Sequence[str]], *, run: Run
    ) -> list[NDArray[np.float32]]:
        """For each question, (n_documents,) relevances, higher is better; nan where it failed."""


def text_hash(text: str) -> str:
    """The sha256 of a text, as it stands in the books: 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
