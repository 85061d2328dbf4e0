"""What an endpoint's answer says: words, how it ended, what it took, what it refuses."""

import math
import re
from dataclasses import dataclass, field
from typing import Any  # answers nest freely

from penchant.backbones.endpoint_errors import CallFailed
from penchant.language.words import Finish, Prompt, Usage

OPTIONS = ("max_tokens", "temperature", "top_p", "seed", "stream_options")
"""What an endpoint may refuse and an answer can do without."""
WORDLESS = "it has no words; a model that thinks first may need more max_tokens"
"""Of an answer in which there is nothing."""
_PIECE = re.compile(r"[a-zA-Z]+|[!-@\[-`{-~\n]")
_THOUGHTS = re.compile(r"\A\s*<think>.*?(?:</think>\s*|\Z)", re.DOTALL)
_NOT_TAKEN = re.compile(
    r"unsupported|not support|unknown|unrecogni[sz]ed|extra|not permitted", re.I
)


@dataclass(frozen=True, slots=True)
class Got:
    """What came for one call."""

    message: dict[str, Any]
    finish: Finish
    usage: Usage
    likely: dict[str, float] = field(default_factory=dict)
    """The likeliest first tokens with their log-probabilities, where they are told."""

    @property
    def text(self) -> str:
        """What is said; what was thought before is not."""
        return without_thoughts(text_of(self.message.get("content")))


def read_choice(answer: Any, sent: dict[str, Any]) -> Got:
    """The message of the first choice, of a chat or of a text that is gone on with."""
    choices = answer.get("choices") if isinstance(answer, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        raise CallFailed("garbled", "an answer without choices", again=True)
    message = choice.get("message", {"content": choice.get("text")})
    if not isinstance(message, dict) or not {"content", "tool_calls"} & set(message):
        raise CallFailed("garbled", "a choice without a message", again=True)
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        raise CallFailed("refused", f"declined: {str(message.get('refusal') or '')[:200]}")
    finish: Finish = "length" if choice.get("finish_reason") == "length" else "stop"
    said = text_of(message.get("content"))
    return Got(message, finish, read_usage(answer, sent, said), likely_of(choice.get("logprobs")))


def text_of(content: Any) -> str:
    """The text of a message, which may come in parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def read_event(event: Any) -> tuple[str, Finish | None]:
    """What an event of a stream adds to the answer, and how the answer ended, once it has."""
    choices = event.get("choices") if isinstance(event, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        return "", None
    # Servers that know no streams send the whole message at once.
    delta = choice.get("delta") or choice.get("message")
    said = delta if isinstance(delta, dict) else {"content": choice.get("text")}
    content, ended = said.get("content"), choice.get("finish_reason")
    if said.get("refusal"):
        raise CallFailed("refused", f"declined: {str(said['refusal'])[:200]}")
    if ended == "content_filter":
        raise CallFailed("refused", "declined in the middle of the answer")
    return text_of(content), None if not ended else "length" if ended == "length" else "stop"


def read_usage(answer: dict[str, Any], sent: dict[str, Any], said: str) -> Usage:
    """Tokens as the provider counts them; estimated where it does not say."""
    told = answer.get("usage")
    counts = told if isinstance(told, dict) else {}
    asked, written = _count(counts, "prompt_tokens"), _count(counts, "completion_tokens")
    if asked is None:
        texts = [str(one.get("content")) for one in sent.get("messages", [])]
        prompt = "\n".join([*texts, str(sent.get("prompt", ""))])
        return Usage(estimate(prompt), estimate(said), estimated=True)
    details = counts.get("prompt_tokens_details")
    reused = _count(details, "cached_tokens") if isinstance(details, dict) else 0
    return Usage(asked, written or 0, reused or 0)


def _count(counts: dict[str, Any], name: str) -> int | None:
    value = counts.get(name)
    return value if isinstance(value, int) and value >= 0 else None


def refused_option(failed: CallFailed, sent: dict[str, Any]) -> str | None:
    """The option that the endpoint says that it does not take."""
    if not failed.unsupported or not _NOT_TAKEN.search(failed.detail):
        return None
    named = (name for name in OPTIONS if re.search(rf"\b{name}\b", failed.detail))
    return next((name for name in named if name in sent), None)


def without_thoughts(text: str) -> str:
    """What follows the thoughts with which some models begin; nothing, if they never end."""
    return _THOUGHTS.sub("", text, count=1)


def may_think(text: str) -> bool:
    """Whether an answer that has come so far may be nothing but thoughts yet."""
    begun = text.lstrip()
    return "<think>".startswith(begun[:7]) and "</think>" not in begun


def without_begun(text: str, prompt: Prompt) -> str:
    """What follows the beginning; some servers repeat it, and some models do."""
    begun = prompt.begun.strip() if prompt.messages else ""
    bare = text.lstrip()
    return bare[len(begun) :] if begun and bare.startswith(begun) else text


def estimate(text: str) -> int:
    """Tokens of a text where the tokenizer is elsewhere, rather too many than too few.

    One for each digit and sign, and for each 6 letters that a word begins; beyond ASCII, one for
    each two bytes; and a seventh more.
    """
    plain = sum(math.ceil(len(piece) / 6) for piece in _PIECE.findall(text))
    beyond = sum(len(sign.encode(errors="replace")) for sign in text if ord(sign) > 127)
    return math.ceil((plain + beyond / 2) * 8 / 7)


def likely_of(told: Any) -> dict[str, float]:
    """The likeliest first tokens of a chat's answer."""
    try:
        tops = told["content"][0]["top_logprobs"]
        pairs = [(str(one["token"]), float(one["logprob"])) for one in tops]
    except (KeyError, IndexError, TypeError, ValueError):
        return {}
    return dict(reversed(pairs))
