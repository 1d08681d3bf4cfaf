"""A model behind an endpoint, tried before anything rests on it: asked once, and remembered only where it is of use."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from domains.endpoints.answer import Answer, AnswerCache, Bill, Tally
from domains.endpoints.chat import Chat
from domains.endpoints.spec import EndpointSpec


@dataclass
class TentativeAnswers:
    """Answers that are only kept once it is known that these can be used: else they are asked for anew after a repair.

    A place that cannot be read or written costs questions, and nothing else.
    """

    kept: AnswerCache
    new: dict[str, Answer] = field(default_factory=dict)

    def find(self, key: str) -> Answer | None:
        """See `AnswerCache`."""
        with suppress(OSError):
            return self.kept.find(key) or self.new.get(key)
        return self.new.get(key)

    def keep(self, key: str, answer: Answer) -> Answer:
        """See `AnswerCache`."""
        return self.new.setdefault(key, answer)

    def settle(self) -> None:
        """They can be used."""
        with suppress(OSError):
            for key, answer in self.new.items():
                self.kept.keep(key, answer)


def impatient(spec: EndpointSpec, answers: AnswerCache, tally: Tally) -> Chat:
    """Asks as `spec` says, and does not wait for one that does not answer."""
    return Chat(spec.model_copy(update={"patience": 0.0}), answers, tally)


def billed(bill: Bill) -> str:
    """What asking cost, in brackets."""
    if not bill.requests:
        return "(asked before)"
    tokens = bill.prompt_tokens + bill.completion_tokens
    return f"({bill.requests} question{'s' * (bill.requests != 1)}, {tokens:,} tokens)"
