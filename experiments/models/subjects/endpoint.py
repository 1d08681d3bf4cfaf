"""A model behind an endpoint as a subject: it completes prompts, and nothing else can be asked of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domains.endpoints import Answer, Chat, Question, Refused
from domains.errors import StageError
from experiments.models.subjects.subject import Completion, Request

Way = Mapping[str, Any]
WAYS: tuple[Way, ...] = (
    {"top_p": 1.0, "extra_body": {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}},
    {
        "top_p": 1.0,
        "extra_body": {
            "generation_config": json.dumps({"do_sample": True, "top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0})
        },
    },
    {},
)
"""How an endpoint is told to draw from the whole distribution, unchanged. What it is not told, a server fills in from
the model's own generation_config.json: vLLM and SGLang (the first way), `transformers serve` (the second, without which
it does not sample at all unless that file says so). OpenAI's words are the last: they know no more than `top_p`, which
is 1 there, and refuse the others."""


@dataclass(frozen=True)
class EndpointModel:
    """Access `prompt`. See `Subject`; a request's prompt is its conversation, or its text where the item is plain."""

    chat: Chat
    ways: list[Way] = field(default_factory=lambda: list(WAYS))
    """Those that the endpoint has not refused yet."""

    def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """See `Subject`. Which tokens were said is not known, so there are none.

        Noise is asked for as the endpoint's own `seed`: whether that makes it the same each time is the endpoint's
        affair. What is remembered is the same. Raises StageError also where an answer had no room.
        """
        way = self._way(requests[0]) if requests else {}
        answers = self.chat.ask([_question(request, way) for request in requests])
        return [self._completion(request, answer) for request, answer in zip(requests, answers, strict=True)]

    def _way(self, request: Request) -> Way:
        """The first that the endpoint takes, tried on the one request; the last is not tried."""
        while len(self.ways) > 1:
            try:
                self.chat.ask([_question(request, self.ways[0])])
                break
            except Refused:
                del self.ways[0]
        return self.ways[0]

    def _completion(self, request: Request, answer: Answer) -> Completion:
        if answer.finish != "length":
            return Completion([], answer.text, "stop")
        if 0 < answer.completion_tokens < request.max_tokens:
            # vLLM takes what has no room, and cuts it.
            spec, room = self.chat.spec, f"{answer.completion_tokens} of {request.max_tokens} tokens"
            cause = f"the endpoint {spec.url} (model {spec.model}) cut an answer after {room}: its context is full"
            raise StageError("evaluation", f"{cause}. Serve it with a longer one, or write a smaller `max_tokens`.")
        return Completion([], answer.text, "length")


def _question(request: Request, way: Way) -> Question:
    if request.begun:
        raise ValueError("an endpoint cannot be told how its answer begins")
    if request.calculator:
        raise ValueError("an endpoint's answer cannot be gone on with after a calculator wrote into it")
    settings: dict[str, Any] = {"max_tokens": request.max_tokens, "temperature": 0.0, **way}
    if request.noise is not None:
        settings |= {"temperature": request.temperature, "seed": request.noise % 2**31}
    if request.stop:
        settings["stop"] = list(request.stop)
    item = request.item
    if item.plain:
        return Question((), settings, text=item.prompt)
    return Question(tuple(dict(turn) for turn in item.conversation), settings)
