"""What a reader has to know of the rollouts that an arm was trained on."""

from __future__ import annotations

from curricula.rollouts import by_vllm
from curricula.stage import Schedule

BY_VLLM = (
    "vLLM drew the rollouts: what it draws follows also from what it computes together and from its version, so a "
    "stage that is trained again, or goes on after an interruption, need not come to the same weights."
)


def rollout_notes(schedule: Schedule) -> tuple[str, ...]:
    """One sentence where vLLM drew any of them; what is finished stays as it is."""
    return (BY_VLLM,) if any(by_vllm(stage.training) for stage in schedule.stages) else ()
