"""A model behind an endpoint, examined by what it says."""

import pytest

from domains.endpoints import Chat, EndpointSpec
from domains.example import Example
from experiments.models.subjects.endpoint import EndpointModel
from experiments.models.subjects.subject import Completion, Request
from tests.support.chat_server import chat_server


def ask(prompt):
    return Example(prompt=prompt, answer="x")


def test_it_completes_and_is_not_asked_twice():
    with chat_server(lambda body: body["messages"][0]["content"][::-1]) as (server, url):
        model = EndpointModel(Chat(EndpointSpec(url=url, model="m")))
        requests = [
            Request(ask("abc"), 5),
            Request(ask("de"), 5, noise=2**40 + 1, temperature=0.7),
            Request(ask("abc"), 5),
        ]
        said = model.complete(requests)
        assert said == [Completion([], "cba", "stop"), Completion([], "ed", "stop"), Completion([], "cba", "stop")]
        assert model.complete(requests) == said
        assert server.asked == 2
        greedy, drawn = sorted(server.requests, key=lambda body: body["temperature"])
        assert "seed" not in greedy
        assert (drawn["temperature"], drawn["seed"]) == (0.7, 1)


def test_an_answer_cannot_be_begun_for_an_endpoint():
    model = EndpointModel(Chat(EndpointSpec(url="http://localhost:1/v1", model="m")))
    with pytest.raises(ValueError, match="how its answer begins"):
        model.complete([Request(ask("abc"), 3, begun="So")])
