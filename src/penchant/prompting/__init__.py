"""What needs no training: prompts, how they are filled, how answers are read, and planning."""

from penchant.prompting.attributes import (
    Attributes,
    exact_matches,
    filled_in,
    write_attributes,
)
from penchant.prompting.bounded import ask_bounded, bounded_ranks, short_title
from penchant.prompting.calibration import (
    PastChoice,
    learned_odds,
    past_choices,
    past_questions,
    place_bias,
    platt,
)
from penchant.prompting.calls import (
    UNUSABLE,
    Texts,
    ask_for_shares,
    ask_for_texts,
    check_writer,
    note_failures,
)
from penchant.prompting.demonstrations import Demonstrations, Nearness
from penchant.prompting.enriching import (
    ENRICHMENTS,
    Enriched,
    enrich_items,
    important_neighbours,
)
from penchant.prompting.evidence import (
    GroundedAnswer,
    all_within_budget,
    answer_prompt,
    gate_of,
    grounded_answer,
    plain_answer,
    plain_reason,
    reason_evidence,
    reason_prompt,
    spoken_for,
    stream_text,
    token_counter,
)
from penchant.prompting.fencing import cleaned, fenced, passage
from penchant.prompting.files import parse_prompt, read_prompt
from penchant.prompting.five_parts import FiveParts
from penchant.prompting.grounding import (
    Evidence,
    Grounded,
)
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
from penchant.prompting.own_examples import (
    Examples,
    OwnExamples,
    own_ratings,
    rating_steps,
    texts_kept,
)
from penchant.prompting.past import Selected, newest_within, select_history, told_within
from penchant.prompting.past_texts import (
    PastText,
    PastTexts,
)
from penchant.prompting.permutations import (
    drawn_pairs,
    independent_orders,
    question_key,
)
from penchant.prompting.planning import (
    PLANNER,
    PLANNERS,
    PlanBudget,
    Planned,
    Planner,
    Thought,
)
from penchant.prompting.planning_chain import ChainOfThought, Worked
from penchant.prompting.planning_graph import GraphOfThoughts, ThoughtGraph
from penchant.prompting.planning_inspiring import SelfInspiring
from penchant.prompting.planning_tree import TreeOfThoughts
from penchant.prompting.pools import answered, first_of, proposed
from penchant.prompting.presets import prompt, prompts, versions
from penchant.prompting.profiles import (
    Profiles,
    with_profiles,
    write_profiles,
)
from penchant.prompting.protected import PROTECTED, protected_in
from penchant.prompting.rankers import (
    Asking,
    as_chances,
    ask_rows,
    learned_pair_bias,
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
    row_questions,
    scored,
    unheard,
    yes_no,
)
from penchant.prompting.reading import ReadOrder, count_failures, read_order, read_titles
from penchant.prompting.reading_scores import (
    ReadScores,
    read_scores,
)
from penchant.prompting.reading_values import (
    ReadJson,
    ReadOption,
    ReadScore,
    read_json,
    read_option,
    read_score,
)
from penchant.prompting.searching import (
    ItemSearch,
    asked_texts,
    item_descriptions,
)
from penchant.prompting.shelf import (
    Listed,
    Shelf,
)
from penchant.prompting.template import PromptTemplate, Slot
from penchant.prompting.title_likelihood import Length, TitleLikelihood
from penchant.prompting.traits import (
    ReadTraits,
    Trait,
    read_traits,
)
from penchant.prompting.windows import (
    slide,
    window_starts,
)

__all__ = [
    "ENRICHMENTS",
    "MERGES",
    "ORDER_ANSWERS",
    "PLANNER",
    "PLANNERS",
    "PROTECTED",
    "STYLES",
    "UNUSABLE",
    "Asking",
    "Attributes",
    "ChainOfThought",
    "Demonstrations",
    "Enriched",
    "Evidence",
    "Examples",
    "FiveParts",
    "GraphOfThoughts",
    "Grounded",
    "GroundedAnswer",
    "Heard",
    "ItemSearch",
    "Length",
    "Listed",
    "Merge",
    "Nearness",
    "OrderAnswer",
    "OwnExamples",
    "PastChoice",
    "PastText",
    "PastTexts",
    "PlanBudget",
    "Planned",
    "Planner",
    "Profiles",
    "PromptTemplate",
    "Question",
    "ReadJson",
    "ReadOption",
    "ReadOrder",
    "ReadScore",
    "ReadScores",
    "ReadTraits",
    "Selected",
    "SelfInspiring",
    "Shelf",
    "Slot",
    "Style",
    "Texts",
    "Thought",
    "ThoughtGraph",
    "TitleLikelihood",
    "Trait",
    "TreeOfThoughts",
    "Wording",
    "Worked",
    "all_within_budget",
    "answer_prompt",
    "answered",
    "as_chances",
    "ask_bounded",
    "ask_for_shares",
    "ask_for_texts",
    "ask_rows",
    "asked_texts",
    "bounded_ranks",
    "check_writer",
    "cleaned",
    "compared",
    "count_failures",
    "drawn_pairs",
    "enrich_items",
    "exact_matches",
    "fenced",
    "filled_in",
    "first_of",
    "gate_of",
    "genres_of",
    "grounded_answer",
    "important_neighbours",
    "independent_orders",
    "item_descriptions",
    "item_lines",
    "learned_odds",
    "learned_pair_bias",
    "listwise",
    "merge_ranks",
    "newest_within",
    "note_failures",
    "own_ratings",
    "pair_scores",
    "parse_prompt",
    "passage",
    "past_choices",
    "past_questions",
    "place_bias",
    "plain_answer",
    "plain_reason",
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
    "rating_steps",
    "read_json",
    "read_option",
    "read_order",
    "read_prompt",
    "read_score",
    "read_scores",
    "read_titles",
    "read_traits",
    "reason_evidence",
    "reason_prompt",
    "row_questions",
    "scored",
    "select_history",
    "short_title",
    "slide",
    "spoken_for",
    "stream_text",
    "texts_kept",
    "token_counter",
    "told_within",
    "unheard",
    "versions",
    "window_starts",
    "with_profiles",
    "write_attributes",
    "write_profiles",
    "yes_no",
]
