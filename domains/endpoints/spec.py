"""Where a model answers, and how it may be asked."""

from __future__ import annotations

import os
from typing import Any

from pydantic import Field, field_validator, model_validator

from domains.errors import DataError
from domains.frozen import Frozen, fingerprint, with_tuples
from domains.secrets import told

PLACES = frozenset({"url", "key_env", "requests_per_minute", "concurrency", "timeout", "patience"})
"""Keys that say where and how fast, never what is answered: no identity holds them, but for the `url` of a model of
which nothing else says what it is (see `EndpointSpec.weights`)."""


class EndpointSpec(Frozen):
    """A model behind an address that speaks OpenAI's chat completions."""

    url: str = Field(min_length=1)
    """Where it answers, e.g. ``http://localhost:8000/v1``."""
    model: str = Field(min_length=1)
    """What it is called there."""
    weights: str | None = Field(None, min_length=1)
    """Which weights answer there, in words of your own, e.g. a commit. Where it is given, the address is no part of any
    identity: the same model may answer elsewhere. Else two addresses are two models, whatever these are called."""
    key_env: str | None = Field(None, pattern=r"^[A-Z][A-Z0-9_]{0,63}$")
    """The environment variable that holds the key, on the machines that run stages. None: no key is needed."""
    temperature: float | None = Field(0.0, ge=0, le=2)
    """None: not sent, for models that refuse it."""
    max_tokens: int = Field(512, gt=0)
    """Longest answer."""
    requests_per_minute: float | None = Field(None, gt=0)
    """At most so many, of each worker. None: as many as there are."""
    concurrency: int = Field(4, ge=1, le=256)
    """Requests under way at once, of each worker."""
    timeout: float = Field(60.0, gt=0)
    """Seconds that one request may take before it is tried again."""
    patience: float = Field(600.0, ge=0)
    """Seconds that a question is asked again and again while nobody answers; then the stage fails."""

    @model_validator(mode="before")
    @classmethod
    def _no_key(cls, value: Any) -> Any:
        """Before all else, whose errors would show what was written."""
        if isinstance(value, dict) and (rule := told(value)):
            raise ValueError(rule)
        return with_tuples(value)

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url.rstrip("/")

    @property
    def who(self) -> list[str]:
        """What answers: the model's name there, and which weights these are or where it is."""
        return [self.model, self.weights or "", "" if self.weights else self.url]

    @property
    def settings(self) -> dict[str, object]:
        """What of it decides an answer, besides the model and the question."""
        warmth = {} if self.temperature is None else {"temperature": self.temperature}
        return {"max_tokens": self.max_tokens, **warmth}

    @property
    def identity(self) -> str:
        """Fingerprint of what decides an answer, besides the question: who answers, and how."""
        return fingerprint([self.who, self.settings])[:16]


def key_of(spec: EndpointSpec) -> str | None:
    """The key, from the environment. Raises DataError where the variable is not set."""
    if spec.key_env is None:
        return None
    key = os.environ.get(spec.key_env, "").strip()
    if not key:
        raise DataError(f"environment variable {spec.key_env} must hold the key", hint="Set it where stages run.")
    return key
