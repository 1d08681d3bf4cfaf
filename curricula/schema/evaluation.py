"""What is measured after every stage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from curricula.schema.embedder import Embedder
from domains.decoding import Decoding, Sampling
from domains.endpoints import EndpointSpec
from domains.frozen import Frozen

Metric = Literal["nll", "entropy", "reference_entropy", "kl"]
Inquiry = Literal["reasoning", "confidence", "calculator", "paraphrase"]
"""What is asked about answers that were given, on request: whether their reasoning carries them (of domains with
`final`), how sure the model says that it is, what they become with a calculator (of domains with `calculator`), and
after their reasoning in other words (of domains with `final`, by a `paraphraser`)."""
INQUIRED = 100


class Evaluation(Frozen):
    """What is measured after every stage, on every domain."""

    validation: int = Field(150, ge=2, le=1_000_000)
    """Validation items per domain, on which plans and searches decide."""
    test: int = Field(150, ge=2, le=1_000_000)
    """Test items per domain, on which claims are made."""
    decoding: Decoding = Sampling()
    """How answers are drawn: `{samples, temperature}`, or `greedy`; a domain may have its own.

    A creative domain's score is that of the group of its samples, so it needs at least two.
    """
    entropy_items: int = Field(48, ge=2, le=1_000_000)
    """Items per domain on which the model's own samples are drawn for entropy and KL."""
    metrics: tuple[Metric, ...] = ("nll", "entropy", "reference_entropy", "kl")
    """Metrics that are measured besides each domain's primary metric."""
    formats: int | None = Field(None, ge=20, le=1_000_000, exclude_if=lambda items: items is None)
    """Test items of each domain that are also asked in eight formats of the prompt, which differ in signs, casing and
    separators alone. null: none."""
    inquiries: tuple[Inquiry, ...] = Field((), exclude_if=lambda inquiries: not inquiries)
    """Asked about answers to test items, after these: any of `reasoning`, `confidence`, `calculator`,
    `paraphrase`; default: none."""
    inquiry_items: int = Field(INQUIRED, ge=2, le=1_000_000, exclude_if=lambda items: items == INQUIRED)
    """Test items a domain whose first answer is inquired into."""
    paraphraser: EndpointSpec | None = Field(None, exclude_if=lambda who: who is None)
    """The endpoint that says reasoning in other words for `inquiries: [paraphrase]`: `{url, model, key_env, …}`, an
    OpenAI-compatible address. What it answers is kept, and asked once. null: none."""
    embedder: Embedder | None = Field(None, exclude_if=lambda who: who is None)
    """The model by whose sentence embeddings the Vendi score is told once more: `{id, revision}`, a folder or a model
    of the hub. null: by counts of words alone."""
    way_back: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = Field((), exclude_if=lambda shares: not shares)
    """Shares of what a stage changed, e.g. [0.25, 0.5, 0.75]: for each the model that is so far from the stage's start
    to its end is measured too, of every stage of the schedule. Nothing is trained for it."""
    batch: int = Field(64, gt=0, le=1_000_000)
    """Sequences per forward pass. It decides memory and speed; no identity holds it."""
