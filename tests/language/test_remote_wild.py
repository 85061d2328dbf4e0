"""Whatever an endpoint sends is read, or is a failure with a cause."""

from contextlib import suppress

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.backbones.endpoint_errors import CallFailed, failed_status, failed_within, pause_of
from penchant.backbones.remote_encoder import _vectors
from penchant.language import JsonShape
from penchant.language.remote.ladder import RUNGS, read_rung
from penchant.language.remote.reading import Got, estimate, likely_of, read_choice, read_event
from penchant.language.remote.reranking import _read
from penchant.language.remote.scoring import _echoed, _first_tokens, _forced_one

KEYS = [
    "choices",
    "code",
    "completion_probabilities",
    "completion_tokens",
    "content",
    "data",
    "delta",
    "embedding",
    "error",
    "finish_reason",
    "function",
    "index",
    "logprob",
    "logprobs",
    "message",
    "prompt_tokens",
    "prompt_tokens_details",
    "relevance_score",
    "results",
    "text",
    "token",
    "token_logprobs",
    "tokens",
    "tool_calls",
    "top_logprobs",
    "type",
    "usage",
]
LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-5, 600)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["length", "content_filter", '{"order": [1]}', "model not found"])
)
WILD = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=25,
)
CHOICE = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("message", "text", "delta", "finish_reason", "logprobs"), WILD)
)
ANSWER = WILD | st.fixed_dictionaries(
    {"choices": st.lists(CHOICE, max_size=2)}, optional={"usage": WILD}
)
SHAPE = JsonShape.of("order", {"type": "object", "required": ["order"]})


@settings(max_examples=200, deadline=None)
@given(ANSWER)
def test_an_answer_is_read_or_garbled(answer):
    with suppress(CallFailed):
        got = read_choice(answer, {"messages": []})
        assert isinstance(got, Got)
        assert isinstance(got.text, str)
        assert got.usage.prompt_tokens >= 0
        for rung in RUNGS:
            assert isinstance(read_rung(rung, got.message, SHAPE), str | None)
    with suppress(CallFailed):
        text, finish = read_event(answer)
        assert isinstance(text, str)
        assert finish in (None, "stop", "length")


@settings(max_examples=200, deadline=None)
@given(WILD, st.integers(300, 599))
def test_an_error_has_a_cause(answer, status):
    failed = failed_status(status, {}, "", answer)
    assert failed.cause
    assert failed.detail.startswith(str(status))
    assert isinstance(failed_within(answer), CallFailed | None)


@settings(max_examples=200, deadline=None)
@given(WILD)
def test_numbers_are_read_or_garbled(answer):
    with suppress(CallFailed):
        assert np.isfinite(_vectors(answer, 2)).all()
    with suppress(CallFailed):
        assert not np.isnan(_read(answer, 2)).any()
    with suppress(CallFailed):
        assert isinstance(_forced_one(answer, 1), float)
    told = likely_of(answer)
    assert all(isinstance(value, float) for value in told.values())
    assert isinstance(_first_tokens(told, ["1", "2"]), list | None)
    assert isinstance(_echoed(answer, "a text", 2), tuple | None)


@given(st.text(max_size=30))
def test_headers_and_texts_of_any_kind_are_taken(text):
    pause = pause_of({"retry-after": text, "retry-after-ms": text})
    assert pause is None or pause >= 0
    assert estimate(text + "\ud800") >= 1
