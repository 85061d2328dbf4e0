"""Language models behind an endpoint that is shaped like OpenAI's: hosted, or a server at home."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from penchant.core import Run, UsageError
from penchant.language.books.prices import Prices
from penchant.language.words import (
    GREEDY,
    JsonShape,
    Likelihoods,
    Prompt,
    Reply,
    Sampling,
    text_hash,
)

if TYPE_CHECKING:
    from penchant.backbones.endpoint_abilities import Abilities
    from penchant.backbones.endpoint_address import Address


_FREE = Prices()


@dataclass(frozen=True, kw_only=True)
class RemoteLM:
    """A model at an endpoint: OpenAI, vLLM, Ollama, llama.cpp, LM Studio, gateways.

    What the endpoint can do is found out when it is first needed, and remembered for a week.

    >>> RemoteLM(base_url="http://localhost:11434/v1", model="qwen3:0.6b").key_env
    'OPENAI_API_KEY'
    """

    base_url: str
    """Up to and with the version: ``http://localhost:8080/v1``."""
    model: str
    """As the endpoint calls it."""
    key_env: str = "OPENAI_API_KEY"
    """The environment variable that holds the key, if one is needed; never the key itself."""
    prices: Prices = _FREE
    """Of a million tokens; without them calls cost nothing."""
    window: int | None = None
    """Most tokens of prompt and answer; ``None``: as the endpoint says."""
    retries: int = 3
    """After the first try, where another may help."""
    pause_s: float = 0.5
    """Before the first retry; then twice as long each time, give or take half by chance. What
    the endpoint asks for in ``Retry-After`` comes first."""
    pause_most_s: float = 60.0
    """Longest pause; an endpoint that asks for a longer one fails as *limited*."""
    timeout_s: float = 60.0
    """Of one try, to its last byte; the deadline of a run comes first."""
    concurrency: int = 8
    """Most calls at once."""

    def __post_init__(self) -> None:
        if not self.model:
            raise UsageError("model is empty: name one that the endpoint lists")
        self.address()

    def address(self) -> "Address":
        """Where it is asked, and how patiently."""
        from penchant.backbones.endpoint_address import Address

        return Address(
            self.base_url,
            self.model,
            self.key_env,
            self.retries,
            self.pause_s,
            self.pause_most_s,
            self.timeout_s,
            self.concurrency,
        )

    def open(self, run: Run) -> "OpenRemote":
        """Asks nothing yet, so that a recorded run can be replayed without a network."""
        return OpenRemote(self)


class OpenRemote:
    """An open :class:`RemoteLM`; threads may share it."""

    def __init__(self, options: RemoteLM) -> None:
        from penchant.backbones.endpoint import Endpoint
        from penchant.backbones.endpoint_abilities import Learning
        from penchant.language.remote.asking import Asking

        address = options.address()
        self._options = options
        self._asking = Asking(Endpoint(address), Learning(address), options.prices)

    @property
    def name(self) -> str:
        """As the endpoint calls the model."""
        return self._options.model

    @property
    def fingerprint(self) -> str:
        """Of the endpoint's address and the model's name: more cannot be known from here."""
        where = f"{self._options.base_url.rstrip('/')}\n{self._options.model}"
        return f"remote-1:{text_hash(where)[:24]}"

    @property
    def window(self) -> int | None:
        """As the options say, else as the endpoint said."""
        return self._options.window or self._asking.learning.known.window

    @property
    def prices(self) -> Prices:
        """As the options say."""
        return self._options.prices

    @property
    def concurrency(self) -> int:
        """As the options say: so many calls are asked at once, each from a thread of its own."""
        return self._options.concurrency

    @property
    def abilities(self) -> "Abilities":
        """What was found out about the endpoint so far."""
        return self._asking.learning.known

    def count(self, text: str) -> int:
        """An estimate; what an answer took is what its provider says."""
        from penchant.language.remote.reading import estimate

        return estimate(text)

    def write(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int,
        shape: JsonShape | None = None,
        sampling: Sampling = GREEDY,
        run: Run,
    ) -> list[Reply]:
        """One reply to each prompt, several asked at once.

        Raises:
            PenchantError: The endpoint has never answered and nothing listens there, the key was
                refused, or it has no such model.
        """
        from penchant.language.remote.asking import Order
        from penchant.language.remote.writing import write_one

        order = Order(max_tokens, sampling, run)

        def write(prompt: Prompt) -> Reply:
            return write_one(self._asking, prompt, shape, order)

        return self._asking.endpoint.side_by_side(write, prompts)

    def stream(self, prompt: Prompt, *, max_tokens: int, run: Run) -> Generator[str, None, Reply]:
        """Pieces as they come; the generator returns the whole reply, or why it broke off."""
        from penchant.language.remote.asking import Order
        from penchant.language.remote.streaming import stream_one

        return stream_one(self._asking, prompt, Order(max_tokens, GREEDY, run))

    def score(
        self, prompts: Sequence[Prompt], answers: Sequence[Sequence[str]], *, run: Run
    ) -> Likelihoods:
        """Likelihoods, where the endpoint tells them; see :mod:`~.remote_scoring` for how.

        Raises:
            PenchantError: It tells none, or none of answers that are longer than a token.
        """
        from penchant.language.remote.scoring import score_all

        return score_all(self._asking, prompts, answers, run)

    def embed(self, texts: Sequence[str], *, run: Run) -> NDArray[np.float32]:
        """(n, d) unit rows.

        Raises:
            PenchantError: They could not be had.
        """
        from penchant.backbones.remote_encoder import embed_texts

        return embed_texts(self._asking.endpoint, texts, run)

    def rerank(
        self, questions: Sequence[str], documents: Sequence[Sequence[str]], *, run: Run
    ) -> list[NDArray[np.float32]]:
        """For each question, (n_documents,) relevances; nan where the call failed."""
        from penchant.language.remote.reranking import rerank_one

        def rerank(pair: tuple[str, Sequence[str]]) -> NDArray[np.float32]:
            return rerank_one(self._asking, *pair, run)

        pairs = list(zip(questions, documents, strict=True))
        return self._asking.endpoint.side_by_side(rerank, pairs)
