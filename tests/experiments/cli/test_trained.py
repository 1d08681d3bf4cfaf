"""What `validate` says a domain's own stage will do, which without a `training` section is a default."""

from __future__ import annotations

import pytest

from curricula.loader import load_curriculum
from experiments.cli.trained import trained
from tests.support.commands import TINY


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ((), "grpo, 4 steps of 4 prompts × 4, rate 0.001"),
        (("stages.sorting={method: sft, steps: 1, prompts: 16}",), "sft, 1 step of 16 examples, rate 0.001"),
        (("training.learning_rate=1e-5", "schedule.leave_out=[stories]"), "grpo, 4 steps of 4 prompts × 4, rate 1e-05"),
        (("schedule.leave_out=[sorting]",), "left out"),
        (
            (
                "schedule={composition: explicit, stages: [{mixture: {sorting: 1, stories: 1}, repeat: 2}, "
                "{mixture: {sorting: 1}, training: {method: sft}}, {mixture: {sorting: 1}}]}",
            ),
            "grpo, 4 steps of 4 prompts × 4, rate 0.001; sft, 4 steps of 4 examples, rate 0.001",
        ),
        (("schedule={composition: explicit, stages: [{mixture: {stories: 1}}]}",), "in no stage"),
    ],
)
def test_a_domain_s_own_stage_in_words(sets: tuple[str, ...], said: str) -> None:
    assert trained(load_curriculum(TINY, sets=sets), "sorting") == said
