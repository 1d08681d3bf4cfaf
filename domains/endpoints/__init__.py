"""Models that answer over the network, at any address that speaks OpenAI's chat completions."""

from domains.endpoints.answer import Answer, AnswerCache, Bill, InMemory, Tally
from domains.endpoints.chat import Chat, Question, Refused
from domains.endpoints.spec import PLACES, EndpointSpec, key_of

__all__ = [
    "PLACES",
    "Answer",
    "AnswerCache",
    "Bill",
    "Chat",
    "EndpointSpec",
    "InMemory",
    "Question",
    "Refused",
    "Tally",
    "key_of",
]
