"""A prompt with slots: what is asked of a model, in words that a file holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from penchant.core import UsageError, did_you_mean
from penchant.language import Message, Prompt
from penchant.prompting.fencing import MOST, MOST_IN_PASSAGE, cleaned, passage
from penchant.tasks import fill_text

SlotKind = Literal["text", "passage", "list", "rows"]
"""One line; several lines; a list of lines; a list of mappings of lines."""

SlotValue = str | int | float | Sequence[str] | Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that a prompt is filled with."""

    name: str
    kind: SlotKind
    meaning: str
    """In words, for people who fill it."""
    columns: tuple[str, ...] = ()
    """Of rows."""
    default: str | None = None
    """What stands there if nothing is given; ``None``: it has to be given."""
    most: int = MOST
    """Characters of each text in it."""
    wish: bool = False
    """What the person who asks wants: it may speak to the model, and is cleaned all the same."""


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A prompt by name and version, with the slots that it needs.

    >>> from penchant.prompting import prompt
    >>> made = prompt("rank-yes-no@1")
    >>> made.key, [slot.name for slot in made.slots if slot.default is None]
    ('rank-yes-no@1', ['candidate', 'history'])
    """

    name: str
    version: int
    task: str
    """What is done with it: rank, rate, explain …"""
    source: str
    """Where its words come from."""
    text: str
    """What the person says, in Jinja."""
    slots: tuple[Slot, ...]
    """By name"""
    sha256: str
    """Of its file."""
    preset: str = ""
    """Its number among the prompts of the literature, as ``PR14``."""
    system: str = ""
    """The role that the model plays, in Jinja."""
    begun: str = ""
    """How the answer begins already, in Jinja."""
    plain: bool = False
    """The text is gone on with as it stands, without the form of a chat."""
    protected: tuple[str, ...] = ()
    """Protected attributes that it speaks of."""
    permitted: bool = False
    """Whether somebody asked for those."""

    @property
    def key(self) -> str:
        """``rank-sequential@1``."""
        return f"{self.name}@{self.version}"

    @property
    def template(self) -> str:
        """``rank-sequential@1#sha256``, as it stands in the books."""
        return f"{self.key}#{self.sha256}"

    def fill(self, guarded: bool = True, /, **values: SlotValue) -> Prompt:
        """The prompt with its slots filled.

        Every text is cleaned on its way in (:func:`penchant.prompting.cleaned`), so that words of
        a catalogue or a person can neither end their line nor pass for the prompt's own.

        Args:
            guarded: Whether each text but a wish ends where it begins to speak to the model.
            **values: A value for each slot; those with a default may be left out.

        Raises:
            UsageError: A slot is missing, unknown, or its value of another kind; or the prompt
                speaks of protected attributes and nobody asked for that.
        """
        self.check_permitted()
        self._check_names(values)
        filled = {
            slot.name: self._cleaned(slot, values.get(slot.name, slot.default or ""), guarded)
            for slot in self.slots
        }
        text = fill_text(self.text, filled).strip()
        if not text:
            raise UsageError(f"{self.key} says nothing when filled so")
        if self.plain:
            return Prompt.plain(text, template=self.template)
        role = fill_text(self.system, filled).strip()
        told = (Message("system", role),) if role else ()
        return Prompt((*told, Message("user", text)), fill_text(self.begun, filled), self.template)

    def check_permitted(self) -> None:
        """Refuses what speaks of protected attributes, unless somebody asked for that.

        Raises:
            UsageError: Nobody did.
        """
        if self.protected and not self.permitted:
            raise UsageError(
                f"{self.key} speaks of protected attributes ({', '.join(self.protected)}): use "
                f"another prompt, or ask for it with prompt({self.key!r}, protected=True)"
            )

    def _check_names(self, values: Mapping[str, object]) -> None:
        known = {slot.name: slot for slot in self.slots}
        for name in values:
            if name not in known:
                raise UsageError(
                    f"{self.key} has no slot {name!r}{did_you_mean(name, known)} "
                    f"It has: {', '.join(known)}"
                )
        missing = [slot for slot in self.slots if slot.default is None and slot.name not in values]
        if missing:
            told = "; ".join(f"{slot.name} ({slot.meaning})" for slot in missing)
            raise UsageError(f"{self.key} needs {told}")

    def _cleaned(self, slot: Slot, value: object, guarded: bool) -> object:
        if slot.kind in ("text", "passage"):
            if not isinstance(value, str | int | float):
                raise UsageError(f"{self.key}: {slot.name} is a text, got {type(value).__name__}")
            shape = cleaned if slot.kind == "text" else passage
            return shape(str(value), most=slot.most, guarded=guarded and not slot.wish)
        if value == "":
            return []
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise UsageError(f"{self.key}: {slot.name} is a list, got {type(value).__name__}")
        if slot.kind == "list":
            return [cleaned(str(each), most=slot.most, guarded=guarded) for each in value]
        return [self._row(slot, number, row, guarded) for number, row in enumerate(value)]

    def _row(self, slot: Slot, number: int, row: object, guarded: bool) -> dict[str, str]:
        if not isinstance(row, Mapping) or set(row) != set(slot.columns):
            got = ", ".join(map(str, row)) if isinstance(row, Mapping) else type(row).__name__
            raise UsageError(
                f"{self.key}: row {number} of {slot.name} needs {', '.join(slot.columns)}, "
                f"got {got or 'nothing'}"
            )
        return {
            name: cleaned(str(row[name]), most=slot.most, guarded=guarded) for name in slot.columns
        }


def limit_of(kind: SlotKind) -> int:
    """Characters of a text in a slot of this kind, if its file does not say."""
    return MOST_IN_PASSAGE if kind == "passage" else MOST
