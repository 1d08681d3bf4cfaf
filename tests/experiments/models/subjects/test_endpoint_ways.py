"""What servers do with what they are not told: every one of them is told to draw from the whole distribution."""

import json

import pytest

from domains.endpoints import Chat, EndpointSpec
from domains.errors import StageError
from domains.example import Example
from experiments.models.subjects.endpoint import EndpointModel
from experiments.models.subjects.subject import Completion, Request
from tests.support.chat_server import chat_server
from tests.support.vllm_answers import openai, transformers_serve, vllm


def endpoint(url, model="smol"):
    return EndpointModel(Chat(EndpointSpec(url=url, model=model, concurrency=1)))


def asked(text="What is the capital of France?", tokens=20, plain=False, **more):
    return Request(Example(prompt=text, answer="x", plain=plain), tokens, **more)


SAID = "The capital of France is Paris."
BOTH = [asked(), asked(noise=7, temperature=0.7)]


def test_vllm_is_told_to_leave_the_models_own_settings_aside():
    with chat_server(vllm()) as (server, url):
        assert endpoint(url).complete(BOTH) == [Completion([], SAID, "stop")] * 2
        assert server.asked == 2, "trying costs no request where the first way is taken"
        for body in server.requests:
            found = {name: body[name] for name in ("top_p", "top_k", "min_p", "repetition_penalty")}
            assert found == {"top_p": 1.0, "top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}


def test_transformers_serve_is_told_so_in_its_own_way():
    with chat_server(transformers_serve(vllm())) as (server, url):
        model = endpoint(url)
        model.complete(BOTH)
        model.complete([asked("And of Spain?")])
        assert server.asked == 1 + 3, "what was refused once is not tried again"
        for body in server.requests[1:]:
            told = json.loads(body["generation_config"])
            assert told == {"do_sample": True, "top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}


def test_openai_is_asked_in_its_own_words():
    with chat_server(openai(vllm())) as (server, url):
        assert endpoint(url).complete(BOTH) == [Completion([], SAID, "stop")] * 2
        assert server.requests[-1].keys() == {"model", "messages", "max_tokens", "temperature", "seed"}


def test_what_is_wrong_in_every_way_is_told_as_ever():
    with (
        chat_server(vllm(prompt_tokens=513)) as (_, url),
        pytest.raises(StageError, match=r"refused.*maximum context length is 512 tokens"),
    ):
        endpoint(url).complete([asked()])
    with (
        chat_server(vllm()) as (_, url),
        pytest.raises(StageError, match=r"model other\) refused.*does not exist. Valid aliases: smol"),
    ):
        endpoint(url, "other").complete([asked()])


def test_an_answer_that_vllm_cut_for_want_of_room_is_no_answer():
    with (
        chat_server(vllm(finish="length", prompt_tokens=431)) as (_, url),
        pytest.raises(StageError, match=r"cut an answer after 81 of 200 tokens: its context is full. Serve it with a"),
    ):
        endpoint(url).complete([asked(tokens=200)])
    with chat_server(vllm(finish="length")) as (_, url):
        assert endpoint(url).complete([asked(tokens=8)]) == [Completion([], SAID, "length")]


def test_a_plain_item_goes_through_no_chat_template():
    with chat_server(vllm()) as (server, url):
        model = endpoint(url)
        assert model.complete([asked("abc", plain=True, stop=("\n",))]) == [Completion([], SAID, "stop")]
        assert server.requests[0]["prompt"] == "abc"
        assert server.requests[0]["stop"] == ["\n"]
        model.complete([asked("abc")])
        assert server.asked == 2, "the same words to a chat template are another question"
