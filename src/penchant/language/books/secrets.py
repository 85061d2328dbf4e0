"""Keys and passwords in what a provider says: hidden before anything is written down."""

import re

_SECRETS = re.compile(
    r"(?P<shown>\bBearer\s+|\b(?:api[_-]?key|access[_-]?token|token|secret|password)\b['\"]?\s*[=:]\s*['\"]?"
    r"|://(?=[^/\s@]+@))"
    r"(?P<hidden>[^\s'\",;&@/]{4,})"
    r"|\b(?:sk|pk|rk|hf|gsk|xai|pplx|jina|key)[-_][A-Za-z0-9_*-]{6,}",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """A text with ``***`` for whatever looks like a key, a token or a password.

    >>> without_secrets("Incorrect API key provided: sk-abc123def456")
    'Incorrect API key provided: ***'
    """
    return _SECRETS.sub(lambda found: (found["shown"] or "") + "***", text)
