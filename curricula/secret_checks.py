"""No secret key stands in a curriculum: it is copied into the store, into reports and often into a repository."""

from __future__ import annotations

from collections.abc import Iterator

from curricula.problem import Problem, texts
from curricula.schema import Curriculum
from domains.secrets import HINT, key_like


def secret_problems(curriculum: Curriculum) -> Iterator[Problem]:
    """Where a text looks like a key; which one is not told."""
    for keys, text in texts(curriculum.model_dump(mode="json", exclude_defaults=True), ()):
        if key_like(text):
            yield Problem(keys, "holds what looks like a secret key", hint=HINT)
