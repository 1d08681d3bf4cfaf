"""A model behind an endpoint as a subject: it completes prompts, and nothing else can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domains.endpoints import Chat, Question
from experiments.models.subjects.subject import Completion, Request


@dataclass(frozen=True)
class EndpointModel:
    """Access `prompt`. See `Subject`; a request's prompt is its conversation."""

    chat: Chat

    def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """See `Subject`. Which tokens were said is not known, so there are none.

        Noise is asked for as the endpoint's own `seed`: whether that makes it the same each time is the endpoint's
        affair. What is remembered is the same.
        """
        answers = self.chat.ask([_question(request) for request in requests])
        return [Completion([], answer.text, "length" if answer.finish == "length" else "stop") for answer in answers]


def _question(request: Request) -> Question:
    if request.begun:
        raise ValueError("an endpoint cannot be told how its answer begins")
    if request.calculator:
        raise ValueError("an endpoint's answer cannot be gone on with after a calculator wrote into it")
    settings: dict[str, Any] = {"max_tokens": request.max_tokens, "temperature": 0.0}
    if request.noise is not None:
        settings |= {"temperature": request.temperature, "seed": request.noise % 2**31}
    if request.stop:
        settings["stop"] = list(request.stop)
    return Question(tuple(dict(turn) for turn in request.item.conversation), settings)
