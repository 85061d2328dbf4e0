import json

import pytest

from penchant.core import Run, UnknownName
from penchant.testing import ScriptedLM, serve_model

openai = pytest.importorskip("openai")

RUN = Run()
SCHEMA = {
    "type": "object",
    "properties": {"order": {"type": "array", "items": {"type": "integer"}}},
    "required": ["order"],
    "additionalProperties": False,
}
ASKED = [{"role": "user", "content": "Order these by number:\n1. Heat\n2. Up\n3. Big"}]


def client_of(server, **options):
    """OpenAI's own client: what it understands is shaped as it should be."""
    options = {"api_key": "any", "max_retries": 0, "timeout": 5, **options}
    return openai.OpenAI(base_url=server.base_url, **options)


def serve(**options):
    return serve_model(ScriptedLM().open(RUN), **options)


def test_a_chat_a_text_and_the_list_of_models():
    with serve() as server, client_of(server) as client:
        answer = client.chat.completions.create(model="scripted", messages=ASKED)
        own = ScriptedLM().open(RUN).count(answer.choices[0].message.content)
        assert answer.usage.completion_tokens == own
        assert answer.choices[0].finish_reason == "stop"
        text = client.completions.create(model="scripted", prompt="Once", max_tokens=3)
        assert text.choices[0].finish_reason == "length"
        assert [one.id for one in client.models.list()] == ["scripted"]
        assert [asked.path for asked in server.asked] == ["/v1/chat/completions", "/v1/completions"]


def test_a_stream_with_its_usage_at_the_end():
    with serve() as server, client_of(server) as client:
        whole = client.chat.completions.create(model="scripted", messages=ASKED)
        events = list(
            client.chat.completions.create(
                model="scripted",
                messages=ASKED,
                stream=True,
                stream_options={"include_usage": True},
            )
        )
        said = [one.choices[0].delta.content or "" for one in events if one.choices]
        assert "".join(said) == whole.choices[0].message.content
        assert events[-1].usage == whole.usage


def test_shapes_tools_and_likeliest_tokens():
    form = {"type": "json_schema", "json_schema": {"name": "order", "schema": SCHEMA}}
    tool = {"type": "function", "function": {"name": "order", "parameters": SCHEMA}}
    with serve() as server, client_of(server) as client:

        def ask(**options):
            answer = client.chat.completions.create(model="scripted", messages=ASKED, **options)
            return answer.choices[0]

        assert sorted(json.loads(ask(response_format=form).message.content)["order"]) == [1, 2, 3]
        call = ask(tools=[tool]).message.tool_calls[0]
        assert sorted(json.loads(call.function.arguments)["order"]) == [1, 2, 3]
        tops = ask(logprobs=True, top_logprobs=3).logprobs.content[0].top_logprobs
        assert len(tops) == 3
        assert tops[0].logprob >= tops[1].logprob


def test_vectors():
    with serve() as server, client_of(server) as client:
        answer = client.embeddings.create(
            model="scripted", input=["a b", "c"], encoding_format="float"
        )
        assert sorted(row.index for row in answer.data) == [0, 1]
        assert len(answer.data[0].embedding) == 256


STATUSES = [
    ("401", "AuthenticationError"),
    ("404-model", "NotFoundError"),
    ("429", "RateLimitError"),
    ("500", "InternalServerError"),
    ("502-html", "InternalServerError"),
    ("too-long", "BadRequestError"),
    ("close", "APIConnectionError"),
]


@pytest.mark.parametrize(("fault", "error"), STATUSES)
def test_a_fault_is_one_for_other_clients_too(fault, error):
    with serve(faults=[fault]) as server, client_of(server) as client:
        with pytest.raises(getattr(openai, error)):
            client.chat.completions.create(model="scripted", messages=ASKED)
        assert client.chat.completions.create(model="scripted", messages=ASKED).choices


def test_who_has_no_key_and_who_asks_for_another_model():
    with serve(key="right") as server, client_of(server) as client:
        with pytest.raises(openai.AuthenticationError):
            client.models.list()
        assert client_of(server, api_key="right").models.list()
    with serve() as server, client_of(server) as client:
        with pytest.raises(openai.NotFoundError, match="does not exist"):
            client.chat.completions.create(model="other", messages=ASKED)


def test_an_unknown_fault_is_refused():
    with pytest.raises(UnknownName, match="no fault '501'"):
        with serve(faults=["501"]):
            pass
    with pytest.raises(UnknownName, match="did you mean 'stream'"):
        with serve(abilities=["streams"]):
            pass


def test_a_model_that_takes_one_request_at_a_time_gets_one_at_a_time(tmp_path):
    import threading

    inside, most = [], []

    class Slow:
        name, fingerprint, window = "slow", "slow", None

        def count(self, text):
            return len(text.split())

        def write(self, prompts, *, max_tokens, shape=None, sampling=None, run):
            inside.append(threading.get_ident())
            most.append(len(inside))
            replies = (
                ScriptedLM(latency_s=0.02).open(run).write(prompts, max_tokens=max_tokens, run=run)
            )
            inside.pop()
            return replies

    with serve_model(Slow()) as server, client_of(server) as client:

        def ask():
            client.chat.completions.create(model="scripted", messages=ASKED)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert most == [1, 1, 1, 1]
        assert server.most_at_once == 1
        with pytest.raises(openai.NotFoundError):
            client.embeddings.create(model="scripted", input=["a"], encoding_format="float")
