"""Where a model is asked, and how patiently."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from penchant.core import UsageError


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is asked, and how patiently."""

    base_url: str
    """Up to and with the version: ``http://localhost:8080/v1``."""
    model: str
    key_env: str = "OPENAI_API_KEY"
    """The environment variable that holds the key; the key itself stands in no option."""
    retries: int = 3
    """After the first try."""
    pause_s: float = 0.5
    """Before the first retry; later ones wait twice as long each, give or take half by chance."""
    pause_most_s: float = 60.0
    """Longest pause that is made; whoever asks for a longer one has not answered."""
    timeout_s: float = 60.0
    """Of one try, from its first byte to its last."""
    concurrency: int = 8
    """Most calls at once."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                f"base_url={self.base_url!r}: need an address such as http://localhost:8080/v1"
            )
        if parts.username or parts.password or parts.query:
            raise UsageError(
                "base_url holds a user, a password or a query: put the key into an environment "
                "variable and name it in key_env"
            )
        if self.retries < 0 or self.concurrency < 1:
            raise UsageError(
                f"retries={self.retries}, concurrency={self.concurrency}: need at least 0 and 1"
            )
        if not (self.timeout_s > 0 and self.pause_s >= 0 and self.pause_most_s >= 0):
            raise UsageError(f"timeout_s={self.timeout_s}, pause_s={self.pause_s}: need more")

    @property
    def root(self) -> str:
        """Without the version, where servers keep what is not OpenAI's."""
        return re.sub(r"/v\d+/*$", "", self.base_url.rstrip("/"))
