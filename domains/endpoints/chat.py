"""Questions to a model behind an endpoint: each is asked once, ever, and several at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import Event
from typing import TYPE_CHECKING, Any

from domains.endpoints.answer import Answer, AnswerCache, Bill, InMemory, Tally
from domains.endpoints.patience import GaveUp, RateLimit, Transient, again
from domains.endpoints.spec import EndpointSpec, key_of
from domains.errors import DataError, StageError
from domains.frozen import fingerprint
from domains.secrets import redacted

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

PASSING = frozenset({408, 409, 425, 429})
"""HTTP statuses below 500 that may be gone the next time."""
EXHAUSTED = "insufficient_quota"
"""The one kind of 429 that waiting does not mend."""


class Refused(StageError):  # noqa: N818 - as `GaveUp` is
    """The endpoint will not answer, however often it is asked."""


@dataclass(frozen=True)
class Question:
    """A conversation, or a text, that a model is to go on with."""

    messages: tuple[Mapping[str, str], ...]
    """Each with `role` and `content`; not sent where there is a `text`."""
    settings: Mapping[str, object]
    """As they are sent, e.g. temperature and max_tokens; what OpenAI has no word for stands in `extra_body`."""
    text: str | None = None
    """In place of a conversation: it goes to OpenAI's older completions, which put it into no chat template."""


@dataclass(frozen=True)
class Chat:
    """A model behind an endpoint, with a memory."""

    spec: EndpointSpec
    answers: AnswerCache = field(default_factory=InMemory)
    tally: Tally = field(default_factory=Tally)

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """An answer a question, in order; equal questions are one.

        Raises StageError("reward", …), one line without the key: Refused where the endpoint refuses, else it is down
        for longer than the spec's patience.
        """
        distinct = {self.key(question): question for question in questions}
        stop = Event()
        pool = ThreadPoolExecutor(self.spec.concurrency)
        try:
            waiting = {key: pool.submit(self._one, key, question, stop) for key, question in distinct.items()}
            given = {key: future.result() for key, future in waiting.items()}
        finally:
            # Also where one fails or a person interrupts: nobody then waits for the others.
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
        return [given[self.key(question)] for question in questions]

    def key(self, question: Question) -> str:
        """What an answer follows from: who answers, messages or the text, and settings."""
        asked = [dict(each) for each in question.messages] if question.text is None else question.text
        return fingerprint([self.spec.who, asked, dict(question.settings)])

    def _one(self, key: str, question: Question, stop: Event) -> Answer:
        known = self.answers.find(key)
        if known is not None:
            self.tally.add(Bill(remembered=1))
            return known
        try:
            answer = again(lambda: self._request(question, stop), self.spec.patience, stop)
        except GaveUp as failure:
            raise StageError("reward", self._told(f"did not answer for {self.spec.patience:g} s: {failure}")) from None
        self.tally.add(Bill(requests=1, prompt_tokens=answer.prompt_tokens, completion_tokens=answer.completion_tokens))
        return self.answers.keep(key, answer)

    def _request(self, question: Question, stop: Event) -> Answer:
        """One try. Raises Transient, and StageError for what no further try would mend."""
        import openai

        # Made first: what waits for it afterwards would all be sent at the same time.
        send = self._sender(question)
        self._pace.wait(stop)
        if stop.is_set():
            raise Transient("stopped")
        try:
            return _answer(send())
        except openai.APIStatusError as error:
            if _passes(error):
                raise Transient(self._said(error), _asked_to_wait(error)) from None
            raise Refused("reward", self._told(f"refused: {self._said(error)}")) from None
        except openai.OpenAIError as error:
            # No connection, no answer in time, or none that can be read.
            raise Transient(self._said(error)) from None
        except ValueError as error:
            raise Transient(self._said(error)) from None

    def _sender(self, question: Question) -> Callable[[], Any]:
        """Sends the question when it is called."""
        shared = {"model": self.spec.model, **question.settings}
        if question.text is not None:
            return partial(self._client.completions.create, prompt=question.text, **shared)
        return partial(
            self._client.chat.completions.create, messages=[dict(each) for each in question.messages], **shared
        )

    def _told(self, what: str) -> str:
        return f"the endpoint {self.spec.url} (model {self.spec.model}) {what}"

    def _said(self, error: Exception) -> str:
        """One line, without the key."""
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return redacted(text, self._secret)[:300]

    @cached_property
    def _secret(self) -> str | None:
        try:
            return key_of(self.spec)
        except DataError as error:
            raise StageError("reward", str(error)) from None

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI

        # The library wants a key even where nobody asks for one. Its own retries know no patience.
        return OpenAI(base_url=self.spec.url, api_key=self._secret or "none", timeout=self.spec.timeout, max_retries=0)

    @cached_property
    def _pace(self) -> RateLimit:
        return RateLimit(self.spec.requests_per_minute)


def _answer(response: Any) -> Answer:
    """Raises ValueError where what came is no completion."""
    try:
        choice, usage = response.choices[0], response.usage
        return Answer(
            text=(choice.message.content if hasattr(choice, "message") else choice.text) or "",
            finish=choice.finish_reason or "stop",
            prompt_tokens=usage.prompt_tokens if usage else 0,
            completion_tokens=usage.completion_tokens if usage else 0,
        )
    except (AttributeError, IndexError, TypeError):
        raise ValueError("what came is no chat completion") from None


def _passes(error: APIStatusError) -> bool:
    if error.code == EXHAUSTED:
        return False
    return error.status_code >= 500 or error.status_code in PASSING


def _asked_to_wait(error: APIStatusError) -> float | None:
    try:
        return float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
