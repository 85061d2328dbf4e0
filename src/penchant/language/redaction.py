"""Prompts without what names a person; of texts, see :mod:`penchant.core.redaction`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from penchant.core.redaction import redact
from penchant.language.words import Message, Prompt


def redact_prompt(prompt: Prompt) -> tuple[Prompt, Mapping[str, int]]:
    """A prompt whose every turn is redacted, and how much was replaced, by kind."""
    found: Counter[str] = Counter()
    messages = []
    for message in prompt.messages:
        redacted = redact(message.content)
        found.update(redacted.found)
        messages.append(Message(message.role, redacted.text))
    begun = redact(prompt.begun)
    found.update(begun.found)
    if not found:
        return prompt, {}
    return replace(prompt, messages=tuple(messages), begun=begun.text), dict(found)
