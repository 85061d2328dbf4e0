"""What needs no training: prompts, how they are filled, how answers are read, and planning."""

from penchant.prompting.fencing import cleaned, fenced, passage
from penchant.prompting.files import parse_prompt, read_prompt
from penchant.prompting.presets import prompt, prompts, versions
from penchant.prompting.protected import PROTECTED, protected_in
from penchant.prompting.reading import ReadOrder, count_failures, read_order, read_titles
from penchant.prompting.template import PromptTemplate, Slot

__all__ = [
    "PROTECTED",
    "PromptTemplate",
    "ReadOrder",
    "Slot",
    "cleaned",
    "count_failures",
    "fenced",
    "parse_prompt",
    "passage",
    "prompt",
    "prompts",
    "protected_in",
    "read_order",
    "read_prompt",
    "read_titles",
    "versions",
]
