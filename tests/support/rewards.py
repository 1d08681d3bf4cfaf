"""A reward by its spec, asked about completions of one sum."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from domains.example import Example
from domains.rewards import RewardSpec, build_reward, with_codes

SPEC = TypeAdapter(RewardSpec)
TEN = Example(prompt="4 + 6 = ", answer="10")
TRAIN = [TEN, Example(prompt="The cat ", answer="sat on a red mat.")]


def read(spec):
    """The spec, with the code of a user's function."""
    return with_codes([SPEC.validate_python(spec)], Path())[0]


def marked(completion, example=TEN, **spec):
    return build_reward(read(spec), TRAIN)([completion], example)[0]


def reward(completion, example=TEN, **spec):
    return marked(completion, example, **spec).score


def scores_of(marks):
    return [mark.score for mark in marks]
