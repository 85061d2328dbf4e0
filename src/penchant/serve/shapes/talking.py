"""Asking in words: rerank as Jina and Cohere shape it, chat as OpenAI shapes it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from penchant.serve.settings import LONGEST_FILTER, LONGEST_TEXT, MOST_ITEMS
from penchant.serve.shapes.words import Asked, Id, Ids, Shape

LONGEST_MESSAGE = 8_192
MOST_MESSAGES = 100
"""Of a conversation: 50 turns of both."""
MOST_ADVISED = 50
"""Items that one answer may speak of."""
MOST_DEADLINE_MS = 60_000
Words = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class Usage(Shape):
    """What calls to language models took, as the OpenAI API names it."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    calls: int = 0
    cached: int = Field(default=0, description="Of the calls, those answered from the books.")
    cost: float = Field(default=0.0, description="In the currency of the model's prices.")


class Call(Shape):
    """A call to a language model, word for word, after what names a person was taken out."""

    prompt: str
    reply: str
    template: str = Field(description="name@version#sha256 of the prompt; may be empty.")
    failure: str = Field(default="", description="Why there is no reply; empty: there is one.")


class Understood(Shape):
    """What was made of somebody's words."""

    query: str = Field(description="What is searched for.")
    where: str | None = Field(description="The filter that was read out of the words.")
    notes: list[str]


class Document(Asked):
    """A text to put in order."""

    text: Words


class RerankRequest(Asked):
    """Texts to put in order by how well they answer a query."""

    query: Words
    documents: Annotated[list[Words | Document], Field(min_length=1, max_length=MOST_ITEMS)]
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None,
        description="words: by common words; the name of the language model: by it. Default: the "
        "language model, if there is one.",
        examples=["words"],
    )
    top_n: Annotated[int, Field(ge=1, le=MOST_ITEMS)] | None = None
    return_documents: bool = False


class Reranked(Shape):
    """A text in its new place."""

    index: int = Field(description="Its place, from 0, in what was sent.")
    relevance_score: float = Field(description="0 to 1; comparable within one answer.")
    document: Document | None = None


class RerankAnswer(Shape):
    """Texts, the best first."""

    id: str
    object: Literal["list"] = "list"
    model: str
    results: list[Reranked]
    usage: Usage
    degraded: bool = Field(description="The language model gave no order; words decided.")
    notes: list[str]


class TextPart(Asked):
    """A piece of a message."""

    type: Literal["text"] = "text"
    text: Annotated[str, Field(max_length=LONGEST_MESSAGE)]


class MessageIn(Asked):
    """A message of a conversation; what system, developer and assistant say changes nothing."""

    role: Literal["system", "developer", "user", "assistant"]
    content: (
        Annotated[str, Field(max_length=LONGEST_MESSAGE)]
        | Annotated[list[TextPart], Field(max_length=20)]
    )
    name: Annotated[str, Field(max_length=64)] | None = None


class StreamOptions(Asked):
    """How a stream ends."""

    include_usage: bool = False


class ChatRequest(Asked):
    """A chat completion. How the answer is drawn cannot be chosen: those options are ignored."""

    messages: Annotated[list[MessageIn], Field(min_length=1, max_length=MOST_MESSAGES)]
    model: Id | None = Field(default=None, description="Which model retrieves; else the active.")
    stream: bool = False
    stream_options: StreamOptions | None = None
    user: Id | None = Field(default=None, description="Whose history counts.")
    history: Ids | None = Field(default=None, description="Item ids instead, oldest first.")
    where: Annotated[str, Field(max_length=LONGEST_FILTER)] | None = Field(
        default=None, description="A filter that holds whatever is said."
    )
    exclude_items: Ids = Field(default=[])
    k: Annotated[int, Field(ge=1, le=MOST_ADVISED)] = Field(
        default=10, description="Items that are retrieved: the answer speaks of no others."
    )
    conversation_id: Id | None = Field(
        default=None, description="A conversation that goes on: its messages come before these."
    )
    deadline_ms: Annotated[int, Field(ge=1, le=MOST_DEADLINE_MS)] | None = None
    show_prompts: bool = Field(default=False, description="Tell what the model was asked.")
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    n: Literal[1] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=100_000)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1, le=100_000)] | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    stop: (
        Annotated[str, Field(max_length=200)]
        | Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=4)]
        | None
    ) = None

    @model_validator(mode="after")
    def _one_asks(self) -> "ChatRequest":
        if self.user is not None and self.history is not None:
            raise ValueError("give a user or a history, not both")
        if self.messages[-1].role != "user":
            raise ValueError("the last message has to be the user's")
        return self


class ChatItem(Shape):
    """An item that was retrieved for an answer."""

    item_id: str
    title: str
    rank: int = Field(description="The answer cites it by this number, in brackets: [1].")
    score: float
    cited: int | None = Field(description="Which of those cited it is, from 1; null: it is not.")
    columns: dict[str, str | int | float | bool | list[str] | None]


class ChatMessage(Shape):
    """What is answered."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(Shape):
    """The only answer."""

    index: Literal[0] = 0
    message: ChatMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class ChatExtras(Shape):
    """What the OpenAI API has not."""

    items: list[ChatItem] = Field(description="What was retrieved, the best first.")
    understood: Understood
    answered_by: str = Field(description="The language model; template: a sentence that is made.")
    degraded: bool = Field(description="A language model was to answer, and did not.")
    withheld: dict[str, int] = Field(
        description="Sentences of the model that were not let through, by reason."
    )
    conversation_id: str | None
    recommendation_id: str
    notes: list[str]
    calls: list[Call] | None = None


class ChatAnswer(ChatExtras):
    """A chat completion, with the items that it may speak of."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class Delta(Shape):
    """More of the answer."""

    role: Literal["assistant"] | None = None
    content: str | None = None


class ChunkChoice(Shape):
    """The only answer, in part."""

    index: Literal[0] = 0
    delta: Delta
    finish_reason: Literal["stop"] | None = None
    logprobs: None = None


class ChatChunk(Shape):
    """One event of a stream; the first and the last have ``items`` and the other extras."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None = None
    items: list[ChatItem] | None = None
    understood: Understood | None = None
    answered_by: str | None = None
    degraded: bool | None = None
    withheld: dict[str, int] | None = None
    conversation_id: str | None = None
    recommendation_id: str | None = None
    notes: list[str] | None = None
    calls: list[Call] | None = None


class NewConversation(Asked):
    """Begins a conversation."""

    user: Id | None = Field(default=None, description="Whose it is; it is erased with them.")


class Turn(Shape):
    """A message that was said."""

    role: Literal["user", "assistant"]
    content: str
    items: list[str] = Field(description="Ids of what was retrieved for an answer.")
    at: int = Field(description="Microseconds since 1970.")


class Conversation(Shape):
    """What was said so far."""

    id: str
    user: str | None
    created: int = Field(description="Microseconds since 1970.")
    messages: list[Turn]


class Forgotten(Shape):
    """A conversation that is no more."""

    id: str
    messages: int
