"""A vLLM server that draws rollouts holds the weights of one stage at a time, so stages must come one after another."""

from __future__ import annotations

from pathlib import Path

from curricula.loader import at_line
from curricula.problem import dotted
from curricula.rollouts import by_server
from curricula.schema import Curriculum
from curricula.trainings import trainings
from domains.errors import CurriculumError


def check_served(curriculum: Curriculum, executor: str, file: Path) -> None:
    """Raise CurriculumError, with file and line, where stages that share a server could run side by side."""
    if executor == "inline":
        return
    for keys, training in trainings(curriculum):
        if by_server(training):
            key = dotted((*keys, "trl", "vllm_mode"))
            error = CurriculumError(
                "takes one stage at a time, and several run at once with --executor ray",
                key=key,
                value="server",
                hint="Add --executor inline, or leave `vllm_mode` out: colocated, each stage has a vLLM of its own.",
            )
            raise at_line(error, file, key)
