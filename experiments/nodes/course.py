"""How a stage went: what its model was worth on every domain at several of its steps, on validation."""

from __future__ import annotations

from pydantic import Field, FiniteFloat

from domains.frozen import Frozen


class PointScores(Frozen):
    """One model on the first validation items of one domain."""

    scores: tuple[FiniteFloat, ...]
    """Primary metric by item, mean over its samples."""
    nats: tuple[FiniteFloat, ...] = ()
    """−ln p of the reference answer by item; () where references are empty."""


class Point(Frozen):
    """Every domain at one step."""

    step: int
    """Steps of the stage so far; 0: the model that it starts from."""
    domains: dict[str, PointScores]


class Course(Frozen):
    """The points of one stage, first to last."""

    points: tuple[Point, ...]
    trained: dict[str, float]
    """The stage's mixture: its domains, and their shares."""
    sizes: dict[str, int] = Field(default_factory=dict)
    """Domain → UTF-8 bytes of its references together."""
    most: float
    """Most that the likelihood of any other domain's references may lose, bits per byte."""
    kept: int
    """The step whose weights the stage left."""
    tokens: int = 0
    """Read and written to measure all of it; the stage's cost holds them too."""
