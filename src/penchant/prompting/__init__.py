"""What needs no training: prompts, how they are filled, how answers are read, and planning."""

from penchant.prompting.calibration import (
    PastChoice,
    past_choices,
    past_questions,
    place_bias,
    platt,
)
from penchant.prompting.calls import (
    Texts,
    ask_for_texts,
    check_writer,
    note_failures,
)
from penchant.prompting.fencing import cleaned, fenced, passage
from penchant.prompting.files import parse_prompt, read_prompt
from penchant.prompting.item_lines import (
    genres_of,
    item_lines,
)
from penchant.prompting.merging import (
    MERGES,
    Merge,
    merge_ranks,
    pair_scores,
    ranks_by_scores,
    ranks_of,
)
from penchant.prompting.permutations import (
    drawn_pairs,
    independent_orders,
    question_key,
)
from penchant.prompting.pools import (
    answered,
    proposed,
)
from penchant.prompting.presets import prompt, prompts, versions
from penchant.prompting.protected import PROTECTED, protected_in
from penchant.prompting.rankers import (
    Asking,
    ask_rows,
    rank_lists,
    rank_one_by_one,
    rank_pairs,
    rank_windows,
)
from penchant.prompting.ranking import (
    ORDER_ANSWERS,
    STYLES,
    Heard,
    OrderAnswer,
    Question,
    Style,
    Wording,
    compared,
    listwise,
    scored,
    unheard,
    yes_no,
)
from penchant.prompting.reading import ReadOrder, count_failures, read_order, read_titles
from penchant.prompting.shelf import (
    Listed,
    Shelf,
)
from penchant.prompting.template import PromptTemplate, Slot
from penchant.prompting.windows import (
    slide,
    window_starts,
)

__all__ = [
    "MERGES",
    "ORDER_ANSWERS",
    "PROTECTED",
    "STYLES",
    "Asking",
    "Heard",
    "Listed",
    "Merge",
    "OrderAnswer",
    "PastChoice",
    "PromptTemplate",
    "Question",
    "ReadOrder",
    "Shelf",
    "Slot",
    "Style",
    "Texts",
    "Wording",
    "answered",
    "ask_for_texts",
    "ask_rows",
    "check_writer",
    "cleaned",
    "compared",
    "count_failures",
    "drawn_pairs",
    "fenced",
    "genres_of",
    "independent_orders",
    "item_lines",
    "listwise",
    "merge_ranks",
    "note_failures",
    "pair_scores",
    "parse_prompt",
    "passage",
    "past_choices",
    "past_questions",
    "place_bias",
    "platt",
    "prompt",
    "prompts",
    "proposed",
    "protected_in",
    "question_key",
    "rank_lists",
    "rank_one_by_one",
    "rank_pairs",
    "rank_windows",
    "ranks_by_scores",
    "ranks_of",
    "read_order",
    "read_prompt",
    "read_titles",
    "scored",
    "slide",
    "unheard",
    "versions",
    "window_starts",
    "yes_no",
]
