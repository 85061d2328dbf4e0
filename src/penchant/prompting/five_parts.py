"""A prompt built from five parts: role, task, format, boundary, examples.

Zhiyuli et al., "BookGPT: A General Framework for Book Recommendation Empowered by Large Language
Model", 2023, arXiv:2305.15673, section 3: role injection, task description, task output format,
task boundary, N-shot. The order is that of its prompts: who answers, the examples, the task, what
the answer is, and what it is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from penchant.language import text_hash
from penchant.prompting.files import parse_prompt
from penchant.prompting.template import PromptTemplate
from penchant.tasks import used_slots


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveParts:
    """The parts of a prompt, each a text in Jinja; only the task has to be there.

    >>> parts = FiveParts(
    ...     role="Suppose you are a {{ noun }} rating expert.",
    ...     task="Please rate {{ title }}.",
    ...     form="Answer with the score alone.",
    ...     boundary="Rate this {{ noun }} and no other.",
    ... )
    >>> parts.template("rate-it").fill(noun="book", title="Emma").messages[0].content
    'Suppose you are a book rating expert. Please rate Emma. Answer with the score alone. \
Rate this book and no other.'
    """

    role: str = ""
    """Who answers: "Suppose you are a book rating expert"."""
    task: str
    """What is to be done."""
    form: str = ""
    """What the answer looks like: "Only the score needs to be output"."""
    boundary: str = ""
    """What is out of bounds: "between 0 and 10 points", "without any explanation"."""
    example: str = ""
    """One of N examples, in which ``row`` is the example and ``loop.index`` its number from 1."""
    examples_before: str = ""
    """What stands before the examples: "Some known results are as follows:"."""
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Of an example: name -> what stands there."""
    system: bool = False
    """Whether the role is told apart, as the model's own, and not in front of the task."""

    def template(
        self,
        name: str,
        version: int = 1,
        *,
        slots: Mapping[str, str] | None = None,
        defaults: Mapping[str, str] | None = None,
    ) -> PromptTemplate:
        """The prompt that they make; its key in the books changes with any of its parts.

        Args:
            name: Of the prompt: small letters, digits and dashes.
            version: From 1.
            slots: Slot -> what stands there, for people who fill it; the slots themselves are
                read from the parts.
            defaults: Slot -> what stands there if nothing is given.

        Raises:
            DataError: A part is not Jinja, or does what no prompt may; the message has the place.
        """
        told = {one: one for one in self._names()} | dict(slots or {})
        head = [f"name = {_quoted(name)}", f"version = {version}", 'task = "build"']
        head += ['source = "built from five parts, after BookGPT, 2023"']
        if self.system and self.role:
            head += [f"system = {_quoted(self.role)}"]
        head += ["[slots]", *(f"{slot} = {_quoted(said)}" for slot, said in told.items())]
        if self.example:
            head += ["[rows.examples]"]
            head += [f"{column} = {_quoted(said)}" for column, said in self.columns.items()]
        given = {**(defaults or {}), **({"examples": ""} if self.example else {})}
        head += ["[defaults]", *(f"{slot} = {_quoted(said)}" for slot, said in given.items())]
        text = "\n".join(["+++", *head, "+++", self._text(), ""])
        made = parse_prompt(text, f"{name}@{version}.jinja")
        assert made.sha256 == text_hash(text)
        return made

    def _text(self) -> str:
        opening = "" if self.system else self.role
        closing = " ".join(part for part in (self.task, self.form, self.boundary) if part)
        if not self.example:
            return f"{opening} {closing}".strip()
        before = f" {self.examples_before}" if self.examples_before else ""
        shown = f"{{% for row in examples %}}\n{self.example}\n{{% endfor %}}"
        some = f"{opening}{before}\n{shown}\n{closing}".strip()
        none = f"{opening} {closing}".strip()
        return f"{{% if examples %}}\n{some}\n{{% else %}}\n{none}\n{{% endif %}}"

    def _names(self) -> list[str]:
        parts = {
            "role": self.role,
            "task": self.task,
            "form": self.form,
            "boundary": self.boundary,
            "examples_before": self.examples_before,
        }
        used = {slot for part, text in parts.items() for slot in used_slots(text, part, None)}
        return sorted(used | (used_slots(self.example, "example", None) - {"row", "loop"}))


def _quoted(text: str) -> str:
    """A text as TOML writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 32 else c for c in escaped) + '"'
