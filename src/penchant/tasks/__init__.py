"""Interactions into words and answers back: templates, examples, prompts, parsing."""

from penchant.tasks.asking import query_prompts
from penchant.tasks.examples import Example, ExampleStream, examples
from penchant.tasks.front_matter import (
    SUFFIX,
    read_front_matter,
    read_prompt_file,
    row_of_slot,
    split_front_matter,
    used_slots,
)
from penchant.tasks.items import ItemWords, ParsedItems, read_items
from penchant.tasks.mixture import Mixture
from penchant.tasks.packing import Packs, pack
from penchant.tasks.parsing import (
    Parsed,
    as_array,
    read_choice,
    read_choices,
    read_rating,
    read_ratings,
    read_yes_no,
    read_yes_noes,
)
from penchant.tasks.prompt_template import FAMILIES, Family, Template
from penchant.tasks.sandbox import FILTERS, fill_text, variables
from penchant.tasks.situations import Scale
from penchant.tasks.slots import (
    SLOTS,
    ItemNames,
    Names,
    UserNames,
    fenced,
    names_of,
    numbered_item,
    numbered_user,
    plain,
)
from penchant.tasks.template_files import parse_template, read_template
from penchant.tasks.templates import template, templates

__all__ = [
    "FAMILIES",
    "FILTERS",
    "SLOTS",
    "SUFFIX",
    "Example",
    "ExampleStream",
    "Family",
    "ItemNames",
    "ItemWords",
    "Mixture",
    "Names",
    "Packs",
    "Parsed",
    "ParsedItems",
    "Scale",
    "Template",
    "UserNames",
    "as_array",
    "examples",
    "fenced",
    "fill_text",
    "names_of",
    "numbered_item",
    "numbered_user",
    "pack",
    "parse_template",
    "plain",
    "query_prompts",
    "read_choice",
    "read_choices",
    "read_front_matter",
    "read_items",
    "read_prompt_file",
    "read_rating",
    "read_ratings",
    "read_template",
    "read_yes_no",
    "read_yes_noes",
    "row_of_slot",
    "split_front_matter",
    "template",
    "templates",
    "used_slots",
    "variables",
]
